import type { Command } from 'commander'
import type { Environment } from '../config/environment.ts'
import type { ExitCode, Terminal } from './io.ts'
import type { Service } from './service.ts'

/** What commands need besides their words. */
export interface CommandOutside {
  env: Environment
  terminal: Terminal
  json: boolean
  service(): Promise<Service>
  /** Told once, by the command that ran. */
  end(code: ExitCode): void
}

/** A command with the options that all have. */
export const command = (parent: Command, name: string, description: string): Command =>
  parent
    .command(name)
    .description(description)
    .option('--json', 'print the result as JSON')
    .option('--debug', 'print stack traces with errors')
