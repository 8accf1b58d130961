import { CommanderError } from 'commander'
import type { Environment } from '../config/environment.ts'
import { isFault } from '../kernel/fault.ts'
import { makeProgram } from './commands.ts'
import { exitCodes, type Terminal } from './io.ts'
import type { Service } from './service.ts'

export { environment } from '../config/environment.ts'
export { systemTerminal } from './io.ts'

export interface CliOutside {
  env: Environment
  terminal: Terminal
  /** Loads the service. */
  service?: () => Promise<Service>
}

/** Runs one command line (without the names of program and script) and says what the process should end with. */
export async function runCli(words: readonly string[], outside: CliOutside): Promise<number> {
  const json = words.includes('--json')
  const debug = words.includes('--debug')
  let exitCode: number = exitCodes.ok
  const program = makeProgram({
    ...outside,
    json,
    service: outside.service ?? (() => import('../main.ts')),
    end: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    return explain(error, outside.terminal, { json, debug })
  }
}

/** Says what went wrong in words; a stack trace helps only those who know the code, so it needs `--debug`. */
function explain(
  error: unknown,
  terminal: Terminal,
  { json, debug }: { json: boolean; debug: boolean },
): number {
  if (error instanceof CommanderError) {
    // commander has printed its own explanation; asking for help or version is not a failure.
    if (error.exitCode === 0) return exitCodes.ok
    if (json) terminal.out(failure('usage', error.message))
    return exitCodes.failed
  }
  const message = error instanceof Error ? error.message : String(error)
  if (json) terminal.out(failure(isFault(error) ? error.code : 'unexpected', message))
  else terminal.err(message)
  if (debug && error instanceof Error) terminal.err(error.stack ?? '')
  return isFault(error, 'config-invalid', 'breach-list-damaged') ? exitCodes.wrong : exitCodes.failed
}

const failure = (code: string, message: string) =>
  JSON.stringify({ ok: false, error: { code, message } }, null, 2)
