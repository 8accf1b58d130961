import type { Limiter } from '../../recovery/ports.ts'
import { makeRiskAssessor, type RiskTenant } from '../assess.ts'
import { type ListLabel, listLabels, type PastPlace } from '../facts.ts'
import { makeLocalTime } from '../local-time.ts'
import type { PlaceHistory, RiskAssessor } from '../ports.ts'
import type { Sample } from '../recording.ts'
import { handWeights, type Weights } from '../weights.ts'
import { attacks } from './attacks.ts'
import { makeChance } from './chance.ts'
import { visitsOfPeople } from './people.ts'
import { expectedCountries, makeWorld, type Network, type Visit } from './world.ts'

export interface MonthOptions {
  /** The same seed gives the same month. */
  seed: number
  people: number
  days: number
  weights?: Weights
}

const tenant = 'northwind'
/** A Monday. */
const begin = new Date('2026-06-01T00:00:00Z')
/** The number of attacks in the texts of `attacks.ts` is for so many people. */
const peopleOfAttacks = 1_000

/**
 * A month of a made-up company, with everything that is done to it, judged request by request by the same code that judges real
 * ones. Every sample says what it was. Attacks that get in are taken back at once: they leave no known device and no place.
 */
export async function makeMonth({
  seed,
  people,
  days,
  weights = handWeights,
}: MonthOptions): Promise<Sample[]> {
  const chance = makeChance(seed)
  const world = makeWorld(chance, { people, begin, days })
  const visits = [
    ...visitsOfPeople(chance, world),
    ...attacks.flatMap((attack) => attack(chance, world, people / peopleOfAttacks)),
  ].toSorted((one, other) => one.at.getTime() - other.at.getTime())
  const played = play(visits, tenantOf(people, weights))
  const samples: Sample[] = []
  for (const visit of visits) {
    const sample = await played(visit)
    if (visit.at >= begin) samples.push(sample)
  }
  return samples
}

const tenantOf = (people: number, weights: Weights): RiskTenant => ({
  mode: 'shadow',
  weights,
  expectedCountries,
  workingHours: { from: 6, to: 20, days: [1, 2, 3, 4, 5] },
  localTime: makeLocalTime('UTC'),
  incident: false,
  usual: {
    network: { count: 10, windowSeconds: 600 },
    namesOfNetwork: { count: 5, windowSeconds: 3_600 },
    account: { count: 3, windowSeconds: 3_600 },
    tenant: { count: Math.ceil(people / 25), windowSeconds: 600 },
  },
  usualOfInstallation: null,
})

function play(visits: readonly Visit[], settings: RiskTenant): (visit: Visit) => Promise<Sample> {
  let now = begin
  const networks = new Map<string, Network>(visits.map(({ network }) => [network.key, network]))
  const lost = new Set(visits.flatMap(({ person }) => (person.isOnList ? [person.mailbox] : [])))
  const devices = new Set<string>()
  const history = memoryHistory()
  const assessor: RiskAssessor = makeRiskAssessor({
    now: () => now,
    limiter: countingBy(() => now),
    lists: { labelsOf: (_, key) => labelsOf(networks.get(key)?.labels ?? []) },
    geography: { whereIs: (key) => networks.get(key) ?? 'unknown' },
    history,
    mailboxes: { has: (_, address) => lost.has(address) },
    isKnownDevice: async (_, subject, device) => Promise.resolve(devices.has(`${subject} ${device}`)),
    tenant: () => settings,
    warn: () => undefined,
  })
  return async (visit) => {
    now = visit.at
    const { person, network, device, label, kind, steps, automation } = visit
    const client = { network: network.key, deviceDigest: device, automation }
    const { subject, isPrivileged, mailbox } = person
    const about = { tenant, subject, client }
    const { readings, score, band, weights } = await assessor.assess({
      ...about,
      name: subject,
      isPrivileged,
      failedProofs: { count: visit.failed, max: 10 },
      mailboxes: [mailbox],
    })
    if (label === 'genuine') {
      devices.add(`${subject} ${device ?? ''}`)
      await assessor.remember(about)
    }
    return { at: now, readings, label, kind, steps, decided: { score, band, weights } }
  }
}

const labelsOf = (labels: readonly ListLabel[]) =>
  Object.fromEntries(listLabels.map((label) => [label, labels.includes(label)])) as Record<ListLabel, boolean>

function memoryHistory(): PlaceHistory {
  const places = new Map<string, PastPlace[]>()
  return {
    placesOf: async (_, subject) => Promise.resolve(places.get(subject) ?? []),
    async remember(_, subject, place) {
      const others = (places.get(subject) ?? []).filter(
        ({ country, asn }) => country !== place.country || asn !== place.asn,
      )
      await Promise.resolve(places.set(subject, [place, ...others]))
    },
    forget: async () => Promise.resolve(0),
  }
}

/** Windows that begin with their first request, as all counters of ours. */
function countingBy(now: () => Date): Limiter {
  const windows = new Map<string, { endsAt: number; count: number }>()
  return {
    async take(_, key, { max, windowSeconds }) {
      const ms = (await Promise.resolve(now())).getTime()
      const before = windows.get(key)
      const isOpen = before !== undefined && before.endsAt > ms
      const window = isOpen ? before : { endsAt: ms + windowSeconds * 1_000, count: 0 }
      if (window.count >= max)
        return { ok: false, retryAfterSeconds: Math.ceil((window.endsAt - ms) / 1_000) }
      windows.set(key, { ...window, count: window.count + 1 })
      return { ok: true }
    },
  }
}
