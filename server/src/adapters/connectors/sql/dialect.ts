import type { SqlConfig } from './config.ts'

/** What a value may be on its way to the server: always beside the statement, never within its text. */
export type Value = string | number | boolean | null

/** Text as the server writes it; null where there is none; a list for an array type. */
export type Cell = string | readonly string[] | null
export type Row = Readonly<Record<string, Cell>>

export interface Answer {
  rows: readonly Row[]
  /** Rows that a write has met. */
  met: number
}

/** One connection. Its errors are the driver's own; `Dialect.troubleOf` reads them. */
export interface Connection {
  run(text: string, values: readonly Value[]): Promise<Answer>
  /** Ends at the server what is under way, over a connection of its own. */
  cancel(signal: AbortSignal): Promise<void>
  /** At once: whatever is under way is rejected. */
  destroy(): void
  /** True once nothing can be asked any more. */
  readonly isOver: boolean
}

/**
 * What an error says about the statement. All but `lost` are answers: the statement did not happen, and the server
 * goes on.
 */
export type Trouble =
  /** No answer: nobody knows what happened. */
  | 'lost'
  /** Name or password of the service account. */
  | 'signed-out'
  | 'no-right'
  /** A table, a column or a type that is not what the configuration says, or a statement that is none. */
  | 'no-such'
  /** The server made way for another transaction; the whole may be tried again. */
  | 'conflict'
  /** A statement took too long, or there are too many connections. */
  | 'busy'
  /** The value can't be one of this column, so nothing can be found by it. */
  | 'no-such-value'
  /** The column does not take what was written: too short, a constraint. */
  | 'does-not-fit'
  /** A replica, or a server that was switched to reading. */
  | 'read-only'
  | 'other'

/** Where a server is and how to sign in there; TLS as it was decided for this address. */
export interface Target {
  config: Pick<SqlConfig, 'database' | 'user' | 'password' | 'statementSeconds'>
  /** `db.example.org:5432`, for people. */
  endpoint: string
  socket: string | null
  host: string
  port: number
  tls: { serverName: string; authorities: string | null } | null
}

/** What differs between the servers. */
export interface Dialect {
  name: SqlConfig['dialect']
  defaultPort: number
  /** A name as the server takes it literally. */
  quote(name: string): string
  /** The place of the value number `at`, from 1 on. */
  placeholder(at: number): string
  /** Two values are the same, or both are none. */
  same(a: string, b: string): string
  /** A transaction that sees what others have committed, statement by statement. */
  begin: string
  connect(target: Target, signal: AbortSignal): Promise<Connection>
  troubleOf(error: unknown): Trouble
  /** The server's own code of an error; empty when it is none of the server's. */
  codeOf(error: unknown): string
  yes: Value
  no: Value
}
