import pg from 'pg'
import { Fault } from '../../../kernel/fault.ts'

/**
 * What a failed call of the database means for a directory. `maybeWritten`: the statement that writes had been
 * sent. An answer with a reason says that the statement did not happen; only when the connection went away, or
 * the server was shut down in the middle, nobody knows.
 */
export function databaseFault(error: unknown, { maybeWritten }: { maybeWritten: boolean }): Fault {
  if (error instanceof Fault) return error
  const code = maybeWritten && !isRefusal(error) ? 'directory-outcome-unknown' : 'directory-unreachable'
  const sqlState = error instanceof pg.DatabaseError ? (error.code ?? '') : ''
  // The detail of a PostgreSQL error quotes rows; the code says enough.
  return new Fault(code, { cause: error, detail: sqlState === '' ? 'database' : `database ${sqlState}` })
}

/** The server answered that the statement did not happen, and goes on. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && !leavesItOpen(error.code ?? '')

/** Connection exceptions, "statement completion unknown", and the server's shutdown or crash. */
const leavesItOpen = (sqlState: string) =>
  sqlState.startsWith('08') || sqlState === '40003' || sqlState.startsWith('57P')
