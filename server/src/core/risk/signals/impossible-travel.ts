import { isKnown, type Point } from '../facts.ts'
import { accountSignal, ramp } from '../signal.ts'

/** Places are kept rounded and files of places err: what is nearer than this is the same place. */
const sameKilometres = 300
/** An airliner flies at some 900; twice that is nobody's journey. */
const kilometresAnHour = { from: 900, to: 1_800 }

export const impossibleTravel = accountSignal({
  name: 'impossible-travel',
  says: 'Nobody travels so fast from where the owner of this account was last.',
  weight: 25,
  unknown: 1,
  measure({ whereabouts, places, at }) {
    if (!isKnown(whereabouts)) return whereabouts
    if (!isKnown(places)) return places
    const { point } = whereabouts
    const last = places.find((place) => place.point !== null)
    if (last === undefined || last.point === null) return 0
    if (point === null) return 'unknown'
    const kilometres = kilometresBetween(last.point, point)
    const hours = Math.max(0, (at.getTime() - last.at.getTime()) / 3_600_000)
    return kilometres <= sameKilometres ? 0 : ramp(kilometres / Math.max(hours, 1 / 60), kilometresAnHour)
  },
})

const earthRadiusKilometres = 6_371

/** Along a great circle (haversine formula). */
function kilometresBetween(from: Point, to: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2
  const chord =
    half(to.latitude - from.latitude) +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * half(to.longitude - from.longitude)
  return 2 * earthRadiusKilometres * Math.asin(Math.sqrt(Math.min(1, chord)))
}
