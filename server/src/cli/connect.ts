import { type Check, type CheckResult, runCheck } from '../core/operations/checks.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** One line of the table. */
export interface Connection {
  what: Check['what']
  tenant: string | null
  name: string
  result: CheckResult
}

/** Asks all at once: a newcomer with three mistakes waits for the slowest and not for their sum. */
export const connectAll = (checks: readonly Check[]): Promise<Connection[]> =>
  Promise.all(
    checks.map(async (check) => {
      const { what, tenant, name } = check
      return { what, tenant, name, result: await runCheck(check) }
    }),
  )

export const exitCodeOf = (connections: readonly Connection[]): ExitCode =>
  connections.every(({ result }) => result.ok) ? exitCodes.ok : exitCodes.wrong

/** For `--json`. */
export const asJson = (connections: readonly Connection[]): object[] =>
  connections.map(({ result, ...connection }) => ({ ...connection, ...result }))

/** What is asked in the first columns, what came of it in the last. */
export function printTable(connections: readonly Connection[], terminal: Terminal): void {
  const rows = connections.map(({ what, tenant, name, result }) => ({
    what,
    name: tenant === null ? name : `${tenant}/${name}`,
    result: result.ok ? 'ok' : `${result.problem} [${result.code}]`,
  }))
  const width = (column: 'what' | 'name') => Math.max(...rows.map((row) => row[column].length))
  for (const { what, name, result } of rows) {
    terminal.out(`${what.padEnd(width('what'))}  ${name.padEnd(width('name'))}  ${result}`)
  }
  const bad = connections.filter(({ result }) => !result.ok).length
  if (bad > 0) terminal.err(`\n${bad.toString()} of ${rows.length.toString()} can't be worked with.`)
}
