import type { Chance } from './chance.ts'
import type { Network, Person, Visit, World } from './world.ts'

/** People are there for so long before the month, so that something is known of them when it begins. */
export const daysBefore = 14

const hourMs = 3_600_000
const visitsADay = 0.28

/** What people do: most on workdays, most of all on Monday mornings, from the office, from home and on the road. */
export function visitsOfPeople(chance: Chance, world: World): Visit[] {
  const visits: Visit[] = []
  for (let day = -daysBefore; day < world.days; day += 1) {
    const midnight = world.begin.getTime() + day * 24 * hourMs
    const weekday = new Date(midnight).getUTCDay()
    const likely = visitsADay * (weekday === 1 ? 2 : weekday === 0 || weekday === 6 ? 0.25 : 1)
    for (const person of world.people) {
      if (!chance.is(likely)) continue
      visits.push(...visitOf(chance, world, { person, day, at: midnight + hourOf(chance, weekday) * hourMs }))
    }
  }
  return visits
}

/** On Mondays most come between eight and ten. */
function hourOf(chance: Chance, weekday: number): number {
  if (weekday === 1 && chance.is(0.6)) return 8 + chance.share() * 2
  return chance.is(0.85) ? 7 + chance.share() * 11 : chance.share() * 24
}

/** Somebody who mistypes tries again after a minute. */
function visitOf(
  chance: Chance,
  world: World,
  { person, day, at }: { person: Person; day: number; at: number },
): Visit[] {
  const isAway = person.journey !== null && day >= person.journey.from && day <= person.journey.to
  const network = placeOf(chance, world, person, isAway)
  const forgot = chance.is(0.15)
  const visit: Visit = {
    at: new Date(at),
    network,
    person,
    // Browsers lose their cookies, and people get new ones.
    device: forgot ? `device/new/${person.subject}/${at}` : chance.oneOf(person.devices),
    automation: chance.is(0.06) ? 'unusual' : 'browser',
    label: 'genuine',
    kind: isAway ? 'away' : network.labels.includes('vpn') ? 'by-vpn' : forgot ? 'new-browser' : 'usual',
    steps: person.steps,
    failed: 0,
  }
  const again = Array.from({ length: chance.is(0.12) ? chance.whole(1, 4) : 0 }, (_, number) => ({
    ...visit,
    at: new Date(at + (number + 1) * 60_000),
    failed: number + 1,
  }))
  return [visit, ...again]
}

function placeOf(chance: Chance, { office }: World, person: Person, isAway: boolean): Network {
  if (isAway && person.journey !== null) return person.journey.network
  if (person.vpn !== null && chance.is(0.5)) return person.vpn
  if (chance.is(0.45)) return office
  return chance.is(0.55) ? person.home : person.mobile
}
