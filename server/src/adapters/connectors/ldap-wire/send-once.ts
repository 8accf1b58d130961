import type { Client, ResultCodeError } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import { ConnectionLost, type LdapConnection } from './connection.ts'
import { isResultCodeError } from './result-codes.ts'

/**
 * One write, sent at most once. Null when it was done, else what the server answered. Throws
 * `directory-outcome-unknown` when it was sent and no answer came, and `directory-unreachable` when it certainly was
 * not sent. `what`: "a password write".
 */
export async function sendOnce(
  connection: LdapConnection,
  { what, signal }: { what: string; signal: AbortSignal },
  send: (client: Client) => Promise<unknown>,
): Promise<ResultCodeError | null> {
  try {
    await connection.ask(signal, send)
    return null
  } catch (error) {
    if (error instanceof ConnectionLost) {
      const [code, because] = error.sent
        ? (['directory-outcome-unknown', 'no answer to'] as const)
        : (['directory-unreachable', 'lost before'] as const)
      throw new Fault(code, { cause: error, detail: `${connection.server}: ${because} ${what}` })
    }
    if (!isResultCodeError(error)) throw error
    return error
  }
}
