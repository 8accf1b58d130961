import { ConnectionLost, type LdapConnection } from './connection.ts'

export interface Lent {
  connection: LdapConnection
  /** It idled before: it may have died without anybody noticing. */
  reused: boolean
}

/** No connection came free in time, which says nothing about the server. */
export class NoTurn extends ConnectionLost {}

/** A bounded number of connections to one server, each lent to one user at a time. */
export interface Pool {
  use<T>(signal: AbortSignal, work: (lent: Lent) => Promise<T>): Promise<T>
  close(): void
}

export function makePool(options: {
  open(signal: AbortSignal): Promise<LdapConnection>
  connectionsMax: number
  /** Zero: a connection serves once. */
  idleMilliseconds: number
}): Pool {
  const idle: { connection: LdapConnection; timer: NodeJS.Timeout }[] = []
  const waiting: (() => void)[] = []
  let open = 0
  let closed = false

  const gone = (connection: LdapConnection) => {
    open -= 1
    connection.close()
    waiting.shift()?.()
  }

  const takeIdle = (): LdapConnection | null => {
    // The youngest first: the others get the chance to grow old and be closed.
    const found = idle.pop()
    if (found === undefined) return null
    clearTimeout(found.timer)
    if (found.connection.isAlive()) return found.connection
    gone(found.connection)
    return takeIdle()
  }

  const acquire = async (signal: AbortSignal): Promise<Lent> => {
    for (;;) {
      if (signal.aborted || closed) throw new NoTurn({ sent: false, cause: signal.reason })
      const connection = takeIdle()
      if (connection !== null) return { connection, reused: true }
      if (open < options.connectionsMax) break
      await turn(waiting, signal)
    }
    open += 1
    try {
      return { connection: await options.open(signal), reused: false }
    } catch (error) {
      open -= 1
      waiting.shift()?.()
      throw error
    }
  }

  const release = (connection: LdapConnection) => {
    if (closed || options.idleMilliseconds === 0 || !connection.isAlive()) {
      gone(connection)
      return
    }
    const entry = { connection, timer: setTimeout(() => expire(entry), options.idleMilliseconds).unref() }
    idle.push(entry)
    waiting.shift()?.()
  }

  const expire = (entry: (typeof idle)[number]) => {
    idle.splice(idle.indexOf(entry), 1)
    gone(entry.connection)
  }

  return {
    async use(signal, work) {
      const lent = await acquire(signal)
      try {
        return await work(lent)
      } finally {
        release(lent.connection)
      }
    },
    close() {
      closed = true
      for (const { connection, timer } of idle.splice(0)) {
        clearTimeout(timer)
        gone(connection)
      }
      for (const wake of waiting.splice(0)) wake()
    },
  }
}

/** Waits until somebody gives a connection back. Being woken is no promise: the caller looks again. */
function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = () => {
      waiting.splice(waiting.indexOf(wake), 1)
      reject(new NoTurn({ sent: false, cause: signal.reason }))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    waiting.push(wake)
  })
}
