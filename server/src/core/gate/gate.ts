import { networksAround } from '../../kernel/client-network.ts'
import { base32 } from '../../kernel/ids.ts'
import { derive, type KeyRing, mac } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { AuditEvent } from '../audit/ports.ts'
import type { Client } from '../recovery/index.ts'
import type { Limiter } from '../recovery/ports.ts'
import { quotaFactor } from './channels.ts'
import { mayPass, waitFor } from './may-pass.ts'
import type { Asked, Channel, HumanCheck, Purpose, SharedTally, Shown, Wait, Work } from './ports.ts'
import {
  factorMax,
  type GateRules,
  type Thresholds,
  waitedSeconds,
  waitSecondsMax,
  waitsPerNetwork,
  workSeconds,
} from './rules.ts'
import { type Counted, makeTally } from './tally.ts'
import { makeWaitTokens } from './wait-tokens.ts'

export interface GateTenant {
  rules: GateRules
  humanCheck: HumanCheck | null
}

export interface GateDeps extends Outside {
  keys: KeyRing
  work: Work
  limiter: Limiter
  shared: SharedTally
  record(events: readonly AuditEvent[]): Promise<void>
  tenant(id: string): GateTenant
  everywhere: Thresholds
  warn(error: unknown): void
}

export interface GateCall {
  tenant: string
  purpose: Purpose
  client: Pick<Client, 'network' | 'place'>
}

export type GateRefused =
  | { ok: false; because: 'work-needed'; asked: Asked }
  | { ok: false; because: 'too-many-requests'; retryAfterSeconds: number }

/**
 * What stands before everything that a stranger may ask for. It looks at the request, at its networks and at how much there
 * is to do for the tenant and for everybody: never at an account, so that its answers are the same whoever was named.
 */
export interface Gate {
  /** Counts a start or a sign-in, and says whether it may go on. `name`: a keyed digest of what was typed. */
  pass(call: GateCall & { name: string; shown: Shown }): Promise<{ ok: true } | GateRefused>
  /** Something was guessed wrong, as whoever guessed was told. */
  failed(call: Omit<GateCall, 'purpose'>): void
  /** What a page should make ready before its form is sent; null while nothing is asked. Counts nothing. */
  look(call: GateCall): Wait | null
  /** A task for a client that wants to have it done before it asks. */
  issue(call: GateCall): Promise<Asked | Extract<GateRefused, { because: 'too-many-requests' }>>
  quotaFactor(tenant: string, channel: Channel): number
  /** How hard the work is that a tenant's troubles ask for at the moment; 0: none. */
  pressure(tenant: string): number
}

const everybody = '*'
const minute = 60
const hour = 3_600
/** A slow guesser stays below every minute's threshold; an hour allows ten minutes' worth. */
const minutesPerHour = 10

export function makeGate(deps: GateDeps): Gate {
  const tally = makeTally(deps)
  const waits = makeWaitTokens(deps)
  const names = makeNames(deps)

  const windows = (tenant: string, key: keyof Thresholds): Counted[] =>
    [tenant, everybody].flatMap((of) => [
      { tenant: of, key: `gate:${key}`, windowSeconds: minute },
      { tenant: of, key: `gate:${key}`, windowSeconds: hour },
    ])
  const count = (tenant: string, key: keyof Thresholds) => {
    for (const counted of windows(tenant, key)) tally.add(counted)
  }
  /** Of one network: what it asks for, and what it guessed wrong. */
  const ofNetwork = (tenant: string, network: string, what: 'asked' | 'wrong' | 'tasks'): Counted => ({
    tenant,
    key: `gate:${what}:${network}`,
    windowSeconds: minute,
  })
  const pressure = (tenant: string): number => {
    const { rules } = deps.tenant(tenant)
    const keys = ['requests', 'names', 'failures'] as const
    return Math.max(
      ...keys.flatMap((key) =>
        windows(tenant, key).map((counted) => {
          const free = (counted.tenant === everybody ? deps.everywhere : rules.tenant)[key]
          return tally.factor(counted, counted.windowSeconds === hour ? free * minutesPerHour : free)
        }),
      ),
    )
  }
  const ofNetworks = (tenant: string, client: GateCall['client']): number => {
    const { perNetwork } = deps.tenant(tenant).rules
    const asked = Math.max(askedMin, perNetwork / 2)
    const wrong = Math.max(wrongMin, perNetwork / 4)
    return Math.max(
      ...widths(client).flatMap(({ network, times }) => [
        tally.factor(ofNetwork(tenant, network, 'asked'), asked * times),
        tally.factor(ofNetwork(tenant, network, 'wrong'), wrong * times),
      ]),
    )
  }
  const countNetworks = (tenant: string, client: GateCall['client'], what: 'asked' | 'wrong') => {
    for (const { network } of widths(client)) tally.add(ofNetwork(tenant, network, what))
  }
  const note = (
    name: 'gate.challenged' | 'gate.passed' | 'gate.replayed',
    { tenant, purpose }: GateCall,
    facts: Record<string, string> = {},
  ) =>
    deps.record([{ name, tenant, at: deps.now(), subject: null, flow: null, facts: { purpose, ...facts } }])
  const ask = async (call: GateCall, factor: number, wait?: Wait): Promise<Asked> => {
    const expiresAt = new Date(deps.now().getTime() + workSeconds * 1_000)
    const { tenant, purpose } = call
    return {
      challenge: await deps.work.issue({ tenant, purpose, factor, expiresAt }),
      wait: wait ?? waitOf(call, factor),
    }
  }
  const waitOf = ({ tenant, purpose }: Pick<GateCall, 'tenant' | 'purpose'>, factor: number): Wait => {
    const seconds = waitFor(factor, deps.tenant(tenant).rules)
    return { token: waits.issue({ tenant, purpose, factor, seconds }), seconds }
  }
  /** Whoever uses one up takes it from nobody else: everybody has their own. */
  const useUp = async (call: GateCall, key: string, windowSeconds: number): Promise<boolean> => {
    const taken = await deps.limiter.take(call.tenant, key, { max: 1, windowSeconds })
    if (!taken.ok) await note('gate.replayed', call)
    return taken.ok
  }

  const byWork = async (call: GateCall, solved: string): Promise<number> => {
    const done = await deps.work.read(solved)
    if (done === null || done.tenant !== call.tenant || done.purpose !== call.purpose) return 0
    if (done.expiresAt <= deps.now()) return 0
    return (await useUp(call, `work:${done.nonce}`, workSeconds + clockSeconds)) ? done.factor : 0
  }
  const byWaiting = async (call: GateCall, text: string): Promise<Waited> => {
    const token = waits.read(call, text)
    if (token === null) return { factor: 0 }
    const left = Math.ceil((token.readyAt.getTime() - deps.now().getTime()) / 1_000)
    if (left > 0) return { factor: 0, wait: { token: text, seconds: left } }
    const of = await deps.limiter.take(call.tenant, `waits:${call.client.network}`, waitsPerNetwork)
    if (!of.ok) return { factor: 0, retryAfterSeconds: of.retryAfterSeconds }
    const isNew = await useUp(call, `wait:${token.id}`, waitedSeconds + waitSecondsMax + clockSeconds)
    return { factor: isNew ? token.factor : 0 }
  }

  const byHumanCheck = async (call: GateCall, token: string): Promise<boolean> => {
    const { humanCheck } = deps.tenant(call.tenant)
    if (humanCheck === null) return false
    const digest = base32(mac(derive(deps.keys.current.bytes, 'rekey/human-check/v1'), token).subarray(0, 20))
    return (await useUp(call, `human:${digest}`, workSeconds)) && humanCheck.isPassed(token)
  }
  /** What the request brings, looked at in turn until something is good. */
  const weigh = async (call: GateCall, { work, human, wait }: Shown): Promise<Weighed> => {
    const worked = work === undefined ? 0 : await byWork(call, work)
    if (worked > 0) return { by: 'work', factor: worked }
    if (human !== undefined && (await byHumanCheck(call, human)))
      return { by: 'human-check', factor: factorMax }
    return wait === undefined ? { by: 'wait', factor: 0 } : { by: 'wait', ...(await byWaiting(call, wait)) }
  }

  return {
    async pass(call) {
      const { tenant, client, shown } = call
      const { rules } = deps.tenant(tenant)
      count(tenant, 'requests')
      if (names.isNew(tenant, call.name)) count(tenant, 'names')
      countNetworks(tenant, client, 'asked')
      const facts = {
        pressure: pressure(tenant),
        network: ofNetworks(tenant, client),
        requests: tally.rate(ofNetwork(tenant, client.network, 'asked')),
      }
      if (mayPass({ ...facts, shown: 0 }, rules).is === 'pass') return { ok: true }
      const weighed = await weigh(call, shown)
      const decided = mayPass({ ...facts, shown: weighed.factor }, rules)
      if (decided.is === 'pass') {
        await note('gate.passed', call, { by: weighed.by })
        return { ok: true }
      }
      await note('gate.challenged', call, { because: facts.pressure > 0 ? 'pressure' : 'network' })
      const retryAfterSeconds = decided.is === 'wait' ? decided.seconds : weighed.retryAfterSeconds
      if (decided.is === 'wait' || retryAfterSeconds !== undefined)
        return { ok: false, because: 'too-many-requests', retryAfterSeconds: retryAfterSeconds ?? minute }
      return { ok: false, because: 'work-needed', asked: await ask(call, decided.factor, weighed.wait) }
    },
    failed({ tenant, client }) {
      count(tenant, 'failures')
      countNetworks(tenant, client, 'wrong')
    },
    look(call) {
      const factor = Math.max(pressure(call.tenant), ofNetworks(call.tenant, call.client))
      return factor === 0 ? null : waitOf(call, factor)
    },
    async issue(call) {
      const { tenant, client } = call
      const tasks = ofNetwork(tenant, client.network, 'tasks')
      tally.add(tasks)
      if (tally.rate(tasks) > 2 * deps.tenant(tenant).rules.perNetwork)
        return { ok: false, because: 'too-many-requests', retryAfterSeconds: minute }
      return ask(call, Math.max(1, pressure(tenant), ofNetworks(tenant, client)))
    },
    quotaFactor: (tenant, channel) => quotaFactor(channel, pressure(tenant)),
    pressure,
  }
}

/** What a household may do in a minute, however low the limit of a network is set. */
const askedMin = 20
const wrongMin = 10

/** What another node's clock may be ahead; a token is remembered for as long as any node takes it. */
const clockSeconds = 60

interface Waited {
  factor: number
  /** The token that was brought, with what is left of it. */
  wait?: Wait
  retryAfterSeconds?: number
}

type Weighed = Waited & { by: 'work' | 'human-check' | 'wait' }

/** A network, what is around it, and the country, with how many times one network's share each may ask for freely. */
function widths({ network, place }: GateCall['client']): readonly { network: string; times: number }[] {
  const [near, far] = networksAround(network)
  const country = place?.country ?? null
  return [
    { network, times: 1 },
    ...(near === undefined ? [] : [{ network: near, times: 4 }]),
    ...(far === undefined ? [] : [{ network: far, times: 20 }]),
    ...(country === null ? [] : [{ network: `country ${country}`, times: 100 }]),
  ]
}

/** More names than that within an hour say no more than so many. */
const namesMax = 200_000

/** Which names are new within the hour, over all tenants of this node. Keyed digests; what was typed is kept nowhere. */
function makeNames({ now }: Pick<Outside, 'now'>) {
  let hourOf = 0
  let seen = new Set<string>()
  return {
    isNew(tenant: string, name: string): boolean {
      const current = Math.floor(now().getTime() / (hour * 1_000))
      if (current !== hourOf) seen = new Set()
      hourOf = current
      const of = `${tenant} ${name}`
      if (seen.has(of)) return false
      if (seen.size < namesMax) seen.add(of)
      return true
    },
  }
}
