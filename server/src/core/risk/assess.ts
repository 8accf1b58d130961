import type { Limiter } from '../recovery/ports.ts'
import {
  type AccountFacts,
  isKnown,
  type Known,
  type LocalTime,
  type RequestFacts,
  type Whereabouts,
  type WorkingHours,
} from './facts.ts'
import type {
  BreachedMailboxes,
  Geography,
  NetworkLists,
  PlaceHistory,
  RiskAssessor,
  RiskCase,
  RiskClient,
  RiskMode,
  RiskRequest,
  RiskVerdict,
} from './ports.ts'
import { nothingKnown, type Readings, readAll, readRequest } from './readings.ts'
import { score } from './score.ts'
import { climb, isFirst, type Usual } from './velocity.ts'
import { versionOf, type Weights } from './weights.ts'

/** What one tenant's risk is judged by. */
export interface RiskTenant {
  mode: RiskMode
  weights: Weights
  /** ISO 3166-1 alpha-2; none: anywhere. */
  expectedCountries: readonly string[]
  workingHours: WorkingHours | null
  localTime(at: Date): LocalTime
  /** An incident is on. */
  incident: boolean
  usual: Readonly<Record<'network' | 'namesOfNetwork' | 'account' | 'tenant', Usual>>
  /** Of all tenants together; null where there is only one. */
  usualOfInstallation: Usual | null
}

export interface RiskDeps {
  now(): Date
  limiter: Limiter
  lists: NetworkLists
  geography: Geography
  history: PlaceHistory
  mailboxes: BreachedMailboxes
  isKnownDevice(tenant: string, subject: string, deviceDigest: string): Promise<boolean>
  tenant(id: string): RiskTenant
  /** Told what could not be found out; it counts as unknown then. */
  warn(what: string, error: unknown): void
}

/** No slug: counted beside all tenants. */
const everyTenant = '*'
const notCounted: Known<number> = 'absent'

/** See `RiskAssessor`. */
export function makeRiskAssessor(deps: RiskDeps): RiskAssessor {
  const { now, history } = deps
  /** What breaks is one thing less that is known, and no reason to let anybody pass. */
  const found = async <Value>(
    what: string,
    ask: () => Value | Promise<Value>,
  ): Promise<Value | 'unknown'> => {
    try {
      return await ask()
    } catch (error) {
      deps.warn(what, error)
      return 'unknown'
    }
  }

  const whereIs = (client: RiskClient) => found('place', () => deps.geography.whereIs(client.network))

  async function requestFacts({ tenant: id, name, client }: RiskRequest): Promise<RequestFacts> {
    const tenant = deps.tenant(id)
    const { network } = client
    const { usual, usualOfInstallation } = tenant
    const count = (what: string, key: string, of: Usual, counted = id): Promise<Known<number>> =>
      found<number>(what, () => climb(deps.limiter, { tenant: counted, key }, of))
    const whereabouts = await whereIs(client)
    const asn = isKnown(whereabouts) ? whereabouts.asn : null
    const lists = await found('network lists', () => deps.lists.labelsOf(id, network, asn))
    const [ofNetwork, namesOfNetwork, ofTenant, installation] = await Promise.all([
      count('requests of a network', `network:${network}`, usual.network),
      name === null
        ? notCounted
        : found<number>('names of a network', () => countNames({ tenant: id, name, client }, usual)),
      count('requests of a tenant', 'tenant', usual.tenant),
      usualOfInstallation === null
        ? notCounted
        : count('requests of all tenants', 'all', usualOfInstallation, everyTenant),
    ])
    return {
      lists: lists === 'unknown' ? noListAnswers : lists,
      whereabouts,
      expectedCountries: tenant.expectedCountries,
      localTime: tenant.localTime(now()),
      workingHours: tenant.workingHours,
      automation: client.automation ?? 'absent',
      incident: tenant.incident,
      velocity: { network: ofNetwork, namesOfNetwork, tenant: ofTenant, installation },
    }
  }

  async function countNames(
    { tenant, name, client: { network } }: RiskRequest & { name: string },
    usual: RiskTenant['usual'],
  ): Promise<number> {
    const { windowSeconds } = usual.namesOfNetwork
    const key = `names:${network}`
    const isNew = await isFirst(deps.limiter, { tenant, key: `${key}:${name}` }, windowSeconds)
    // A name that was typed before is no new one, and is told from how many there are by its first time alone.
    return isNew ? climb(deps.limiter, { tenant, key }, usual.namesOfNetwork) : 0
  }

  async function accountFacts(about: RiskCase): Promise<AccountFacts> {
    const { tenant, subject, client, mailboxes } = about
    const { deviceDigest } = client
    const { usual } = deps.tenant(tenant)
    const [isKnownDevice, places, accountVelocity, breached] = await Promise.all([
      deviceDigest === null
        ? false
        : found('device', () => deps.isKnownDevice(tenant, subject, deviceDigest)),
      found('places', () => history.placesOf(tenant, subject)),
      found('requests of an account', () =>
        climb(deps.limiter, { tenant, key: `account:${subject}` }, usual.account),
      ),
      found('breached mailboxes', () =>
        anyOf(mailboxes.map((address) => deps.mailboxes.has(tenant, address))),
      ),
    ])
    return {
      at: now(),
      isKnownDevice,
      places,
      accountVelocity,
      failedProofs: about.failedProofs,
      isPrivileged: about.isPrivileged,
      isMailboxBreached: breached,
    }
  }

  /** Nothing at all could be measured: then all of it is unknown. */
  const judge = async (id: string, read: () => Promise<Readings>): Promise<RiskVerdict> => {
    const { mode, weights } = deps.tenant(id)
    if (mode === 'off') return unjudged
    const readings = await found('risk', read)
    const scored = readings === 'unknown' ? failedClosed : { ...score(readings, weights), readings }
    return {
      ...scored,
      mode,
      acting: mode === 'act' ? scored.band : 'low',
      weights: versionOf(weights),
    }
  }

  return {
    ofRequest: (request) => judge(request.tenant, async () => readRequest(await requestFacts(request))),
    assess: (about) =>
      judge(about.tenant, async () => {
        const [request, account] = await Promise.all([requestFacts(about), accountFacts(about)])
        return readAll({ ...request, ...account })
      }),
    async remember({ tenant, subject, client }) {
      if (deps.tenant(tenant).mode === 'off') return
      const whereabouts = await whereIs(client)
      if (!isKnown(whereabouts)) return
      await found('places', () => history.remember(tenant, subject, { ...coarse(whereabouts), at: now() }))
    },
  }
}

/** To half degrees, some fifty kilometres: enough to tell journeys, too little to tell homes. */
function coarse({ point, ...place }: Whereabouts): Whereabouts {
  const half = (degrees: number) => Math.round(degrees * 2) / 2
  return {
    ...place,
    point: point === null ? null : { latitude: half(point.latitude), longitude: half(point.longitude) },
  }
}

const unjudged: RiskVerdict = {
  mode: 'off',
  score: 0,
  band: 'low',
  acting: 'low',
  reasons: [],
  readings: {},
  weights: 'none',
}

const failedClosed = {
  score: 100,
  band: 'high',
  reasons: [{ signal: 'baseline', points: 100, because: 'Nothing could be found out.' }],
  readings: nothingKnown,
} as const satisfies Partial<RiskVerdict>

const noListAnswers: RequestFacts['lists'] = {
  tor: 'unknown',
  vpn: 'unknown',
  hosting: 'unknown',
  reputation: 'unknown',
  own: 'unknown',
}

/** One that is known to be so decides; otherwise one that is not known does. */
function anyOf(facts: readonly Known<boolean>[]): Known<boolean> {
  if (facts.includes(true)) return true
  if (facts.includes('unknown')) return 'unknown'
  return facts.includes(false) ? false : 'absent'
}
