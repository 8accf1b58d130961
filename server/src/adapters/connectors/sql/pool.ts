import { makeTurns, NoTurnCame } from '../../../kernel/turns.ts'
import type { Answer, Connection, Dialect, Target } from './dialect.ts'
import type { Statement } from './statements.ts'
import type { Values } from './template.ts'

/** What can be asked while a connection is held. */
export interface Session {
  run(statement: Statement, values: Values): Promise<Answer>
  /** A statement of our own, without values. */
  tell(text: string): Promise<void>
}

export interface Pool {
  /**
   * Lends a connection for one piece of work. When the signal fires, whatever is under way is cancelled at the
   * server and the connection is given up, so that nothing of the work can happen later.
   */
  use<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result>
  close(): void
}

const cancelMilliseconds = 2_000

/** The last statement that was sent, for whoever has to say what failed. */
export class StatementFailed extends Error {
  readonly statement: Statement | null

  constructor(cause: unknown, statement: Statement | null) {
    super('a statement failed', { cause })
    this.name = 'StatementFailed'
    this.statement = statement
  }
}

/** At most `connections` at a time; the others wait in line until their signal fires. */
export function makePool(options: {
  dialect: Dialect
  target: Target
  connections: number
  connectSeconds: number
  idleSeconds: number
}): Pool {
  const { dialect, target } = options
  const takeTurn = makeTurns(options.connections)
  // What is cancelled comes in swarms, when a server is slow: one at a time asks for it, and with patience.
  const takeCancelTurn = makeTurns(1)
  const idle: { connection: Connection; timer: NodeJS.Timeout }[] = []
  let closed = false

  const borrow = (): Connection | null => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      clearTimeout(last.timer)
      if (!last.connection.isOver) return last.connection
    }
    return null
  }
  const giveBack = (connection: Connection) => {
    if (closed || connection.isOver) {
      connection.destroy()
      return
    }
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((each) => each.connection === connection),
        1,
      )
      connection.destroy()
    }, options.idleSeconds * 1000)
    timer.unref()
    idle.push({ connection, timer })
  }
  const cancel = (connection: Connection) => {
    const patience = AbortSignal.timeout(cancelMilliseconds)
    // The statement ends by its own time limit otherwise.
    takeCancelTurn(patience, () => connection.cancel(patience)).catch(() => {})
  }

  const lend = async <Result>(
    signal: AbortSignal,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(options.connectSeconds * 1000)])
    const connection = borrow() ?? (await dialect.connect(target, patience))
    let underWay = 0
    const send = async <Answer>(statement: Statement | null, ask: () => Promise<Answer>): Promise<Answer> => {
      signal.throwIfAborted()
      underWay += 1
      try {
        return await ask()
      } catch (error) {
        throw new StatementFailed(error, statement)
      } finally {
        underWay -= 1
      }
    }
    const stop = () => {
      if (underWay > 0) cancel(connection)
      connection.destroy()
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const result = await work({
        run: (statement, values) =>
          send(statement, () => connection.run(statement.text, statement.valuesOf(values))),
        async tell(text) {
          await send(null, () => connection.run(text, []))
        },
      })
      giveBack(connection)
      return result
    } catch (error) {
      // In what state it is would have to be asked; another one is made in milliseconds.
      connection.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  return {
    use: (signal, work) => takeTurn(signal, () => lend(signal, work)),
    close() {
      closed = true
      for (const { connection, timer } of idle.splice(0)) {
        clearTimeout(timer)
        connection.destroy()
      }
    },
  }
}

export const isNoTurn = (error: unknown): boolean => error instanceof NoTurnCame
