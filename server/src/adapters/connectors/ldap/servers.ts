import { Fault, isFault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { ConnectionLost, type LdapConnection } from './connection.ts'
import { makePool, type Pool } from './pool.ts'
import { ServerUnusable, type Target } from './socket.ts'
import { endpointOf, type Patience, patienceOf } from './words.ts'

/** A server that failed is asked last for so long. */
const restMilliseconds = 10_000

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

/** Several servers with the same content, in order of preference. */
export interface Servers {
  use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T>
  close(): void
}

interface Server {
  target: Target
  pool: Pool
  restsUntil: number
}

export function makeServers(options: {
  targets: readonly Target[]
  open(target: Target, signal: AbortSignal): Promise<LdapConnection>
  connectionsMax: number
  idleMilliseconds: number
  readSeconds: number
  outside: Pick<Outside, 'now'>
}): Servers {
  const now = () => options.outside.now().getTime()
  const servers: Server[] = options.targets.map((target) => ({
    target,
    pool: makePool({ ...options, open: (signal) => options.open(target, signal) }),
    restsUntil: 0,
  }))

  const inOrder = () => {
    const rests = (server: Server) => server.restsUntil > now()
    return [...servers.filter((server) => !rests(server)), ...servers.filter(rests)]
  }

  return {
    async use(signal, work) {
      const failures: Fault[] = []
      for (const server of inOrder()) {
        const outcome = await attempt({ server, signal, readSeconds: options.readSeconds, work })
        if (outcome.ok) {
          server.restsUntil = 0
          return outcome.value
        }
        failures.push(outcome.fault)
        if (signal.aborted) break
        server.restsUntil = now() + restMilliseconds
      }
      throw allFailed(failures)
    },
    close() {
      for (const { pool } of servers) pool.close()
    },
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault }

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
    if (error instanceof ServerUnusable) return { ok: false, fault: error.fault }
    if (isFault(error, 'directory-unreachable')) return { ok: false, fault: error }
    if (!(error instanceof ConnectionLost)) throw error
    // It died while it idled, which says nothing about the server. Each round uses one such connection up.
    if (progress.reused && !readSignal.aborted) return attempt(options)
    return { ok: false, fault: lostFault(error, server, patience) }
  }
}

function lostFault(lost: ConnectionLost, { target }: Server, { signal, ranOut }: Patience): Fault {
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
