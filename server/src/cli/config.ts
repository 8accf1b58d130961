import { resolve } from 'node:path'
import { checkSource } from '../config/check.ts'
import { describeConfig } from '../config/describe.ts'
import type { Environment } from '../config/environment.ts'
import { readConfigFile } from '../config/load.ts'
import { type Mistake, mistakeText } from '../config/mistakes.ts'
import type { Check } from '../core/operations/checks.ts'
import { asJson, connectAll, exitCodeOf, printTable } from './connect.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

export interface CheckCommand {
  /** Path of the configuration; that of `REKEY_CONFIG` when null. */
  file: string | null
  json: boolean
  /** False leaves secrets and other files on disk unread. */
  files: boolean
  /** Says what the service would have to reach; null leaves everything outside alone. */
  connect: ((env: Environment) => Promise<readonly Check[]>) | null
  env: Environment
  terminal: Terminal
}

/** `rekey config check`: prints every mistake with line, column and hint, and what can't be reached if asked to. */
export async function configCheck(command: CheckCommand): Promise<ExitCode> {
  const { file, json, files, connect, env, terminal } = command
  const named = file ?? env['REKEY_CONFIG'] ?? null
  if (named === null || named === '') {
    terminal.err('Which file? Name it, or set REKEY_CONFIG: rekey config check <file>')
    return exitCodes.failed
  }
  if (connect !== null && !files) {
    terminal.err('--connect signs in with the secrets that --no-files leaves unread: choose one of the two.')
    return exitCodes.failed
  }
  const path = resolve(named)
  const read = readConfigFile(path)
  const checked = read.ok
    ? checkSource(read.source, path, { env, files: files ? 'read' : 'skip' }, (value) => value)
    : { ok: false as const, mistakes: [read.mistake] }
  const mistakes = checked.ok ? [] : checked.mistakes
  const warnings = checked.ok ? checked.warnings : []
  if (!json) report(named, { mistakes, warnings }, terminal)
  // As the service would start with it: what the environment says goes before the file.
  const checks = checked.ok && connect !== null ? await connect({ ...env, REKEY_CONFIG: path }) : null
  const connections = checks === null ? null : await connectAll(checks)
  if (json) {
    const reached = connections === null ? {} : { connections: asJson(connections) }
    const ok = checked.ok && exitCodeOf(connections ?? []) === exitCodes.ok
    terminal.out(JSON.stringify({ ok, file: path, mistakes, warnings, ...reached }, null, 2))
  } else if (connections !== null) {
    printTable(connections, terminal)
  }
  return checked.ok ? exitCodeOf(connections ?? []) : exitCodes.wrong
}

interface Found {
  mistakes: readonly Mistake[]
  warnings: readonly Mistake[]
}

function report(file: string, { mistakes, warnings }: Found, terminal: Terminal): void {
  for (const warning of warnings) terminal.err(`warning: ${mistakeText(file, warning)}`)
  if (mistakes.length === 0) {
    terminal.out(`${file} is right.`)
    return
  }
  for (const mistake of mistakes) terminal.err(mistakeText(file, mistake))
  terminal.err(
    `\n${mistakes.length.toString()} ${mistakes.length === 1 ? 'mistake' : 'mistakes'} in ${file}.`,
  )
}

/** `rekey config reference`: everything that can be configured, as Markdown or as JSON Schema. */
export function configReference({ json, terminal }: { json: boolean; terminal: Terminal }): ExitCode {
  const { reference, jsonSchema } = describeConfig()
  terminal.out(json ? JSON.stringify(jsonSchema, null, 2) : reference.trimEnd())
  return exitCodes.ok
}
