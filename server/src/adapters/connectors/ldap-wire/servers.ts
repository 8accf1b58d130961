import {
  admitted,
  afterCall,
  afterCheck,
  type Breaker,
  type CallResult,
  freshBreaker,
  isDue,
} from '../../../kernel/breaker.ts'
import { Fault, isFault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { AnswerTooLong, ConnectionLost, type LdapConnection } from './connection.ts'
import { makePool, NoTurn, type Pool } from './pool.ts'
import { ServerUnusable, type Target } from './socket.ts'
import { endpointOf, type Patience, patienceOf } from './words.ts'

/** There are others, so one failure is enough. */
const rules = { failuresMax: 1, coolDownSeconds: 10, coolDownSecondsMax: 60 }

/** A breaker for each server, known to everybody who asks them. It says who is asked first, and shuts nobody out. */
export interface Health {
  /**
   * Whether a server is asked in its place; otherwise it comes after all others. One whose rest is over is on trial with
   * whoever gets this yes: it has its place for nobody else before that has ended.
   */
  admits(target: Target): boolean
  ended(target: Target, result: CallResult): void
}

export interface HealthDeps extends Outside {
  /** Told of every server that is used, and of every change. Must not throw. */
  serverChanged?(server: string, state: Breaker['state']): void
}

export function makeHealth({ now, randomBytes, serverChanged }: HealthDeps): Health {
  const breakers = new Map<Target, Breaker>()
  const put = (target: Target, next: Breaker) => {
    const before = breakers.get(target)?.state
    breakers.set(target, next)
    if (next.state !== before) serverChanged?.(endpointOf(target), next.state)
  }
  const of = (target: Target): Breaker => breakers.get(target) ?? freshBreaker
  const at = () => ({ rules, moment: { now: now(), chance: (randomBytes(1)[0] ?? 0) / 256 } })
  return {
    admits(target) {
      const breaker = of(target)
      const next = admitted(isDue(breaker, now()) ? afterCheck(breaker, true, at()) : breaker)
      if (next !== null) put(target, next)
      return next !== null
    },
    ended: (target, result) =>
      put(target, result === 'good' ? freshBreaker : afterCall(of(target), result, at())),
  }
}

export interface Session {
  connection: LdapConnection
  /** For reads: ends before the caller's deadline, so that another server can still be asked. */
  readSignal: AbortSignal
  /**
   * Says that what comes next must happen at most once. From here on whatever goes wrong is final; neither this
   * server nor another one is asked again.
   */
  pointOfNoReturn(): void
}

export interface Where {
  /** For what a replica can't do, or does not know yet. */
  providersOnly?: boolean
  /** `host:port`, for what has to happen where something else does. */
  only?: string
}

/** Several servers with the same content, in order of preference. */
export interface Servers {
  use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>, options?: Where): Promise<T>
  close(): void
}

interface Server {
  target: Target
  pool: Pool
}

export function makeServers(options: {
  targets: readonly Target[]
  /** So many of the targets, from the first on, take writes. */
  providers: number
  health: Health
  open(target: Target, signal: AbortSignal): Promise<LdapConnection>
  connectionsMax: number
  idleMilliseconds: number
  readSeconds: number
}): Servers {
  const { health } = options
  const servers: Server[] = options.targets.map((target) => ({
    target,
    pool: makePool({ ...options, open: (signal) => options.open(target, signal) }),
  }))

  /** Whether a server has its place is asked when it is reached: only then is a trial one. */
  function* inOrder({ providersOnly, only }: Where): Generator<Server, undefined> {
    const able = providersOnly === true ? servers.slice(0, options.providers) : servers
    const asked = only === undefined ? able : able.filter(({ target }) => endpointOf(target) === only)
    const resting: Server[] = []
    for (const server of asked) {
      if (health.admits(server.target)) yield server
      else resting.push(server)
    }
    yield* resting
  }

  return {
    async use(signal, work, where = {}) {
      const failures: Fault[] = []
      for (const server of inOrder(where)) {
        let result: CallResult = 'unjudged'
        try {
          const outcome = await attempt({ server, signal, readSeconds: options.readSeconds, work })
          if (outcome.ok) {
            result = 'good'
            return outcome.value
          }
          failures.push(outcome.fault)
          if (signal.aborted) break
          if (outcome.wasAsked) result = 'bad'
        } finally {
          health.ended(server.target, result)
        }
      }
      throw allFailed(failures)
    },
    close() {
      for (const { pool } of servers) pool.close()
    },
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault; wasAsked: boolean }

/** Asks one server. Returns a failure that another server may not have; throws one that is final. */
async function attempt<T>(options: {
  server: Server
  signal: AbortSignal
  readSeconds: number
  work: (session: Session) => Promise<T>
}): Promise<Outcome<T>> {
  const { server, signal } = options
  const progress = { final: false, reused: false }
  const patience = patienceOf(signal, options.readSeconds)
  const readSignal = patience.signal
  const pointOfNoReturn = () => void (progress.final = true)
  try {
    const value = await server.pool.use(readSignal, (lent) => {
      progress.reused = lent.reused
      return options.work({ connection: lent.connection, readSignal, pointOfNoReturn })
    })
    return { ok: true, value }
  } catch (error) {
    if (progress.final) throw error instanceof ConnectionLost ? lostFault(error, server, patience) : error
    if (error instanceof ServerUnusable) return { ok: false, fault: error.fault, wasAsked: true }
    if (isFault(error, 'directory-unreachable')) return { ok: false, fault: error, wasAsked: true }
    if (!(error instanceof ConnectionLost)) throw error
    // It died while it idled, which says nothing about the server. Each round uses one such connection up.
    const isIll = error.cause instanceof AnswerTooLong
    if (progress.reused && !readSignal.aborted && !isIll) return attempt(options)
    return { ok: false, fault: lostFault(error, server, patience), wasAsked: !(error instanceof NoTurn) }
  }
}

function lostFault(lost: ConnectionLost, { target }: Server, { signal, ranOut }: Patience): Fault {
  const { cause } = lost
  if (cause instanceof AnswerTooLong) {
    const detail = `${endpointOf(target)}: ${cause.message}`
    return new Fault('directory-answer-unusable', { cause: lost, detail })
  }
  const because = signal.aborted ? ranOut() : 'hung up before it answered'
  return new Fault('directory-unreachable', { cause: lost, detail: `${endpointOf(target)}: ${because}` })
}

/** Of several failures the one that needs an operator; a server that is down may come back by itself. */
function allFailed(failures: readonly Fault[]): Fault {
  const worst = failures.find((fault) => fault.code === 'directory-misconfigured') ?? failures[0]
  if (worst !== undefined && failures.length === 1) return worst
  return new Fault(worst?.code ?? 'directory-unreachable', {
    cause: new AggregateError(failures, 'no server could be used'),
    detail: failures.map(({ detail, code }) => detail ?? code).join('; '),
  })
}
