import { resolve } from 'node:path'
import { checkSource } from '../config/check.ts'
import { describeConfig } from '../config/describe.ts'
import type { Environment } from '../config/environment.ts'
import { readConfigFile } from '../config/load.ts'
import { type Mistake, mistakeText } from '../config/mistakes.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

export interface CheckCommand {
  /** Path of the configuration; that of `REKEY_CONFIG` when null. */
  file: string | null
  json: boolean
  /** False leaves secrets and other files on disk unread. */
  files: boolean
  env: Environment
  terminal: Terminal
}

/** `rekey config check`: prints every mistake with line, column and hint. */
export function configCheck({ file, json, files, env, terminal }: CheckCommand): ExitCode {
  const named = file ?? env['REKEY_CONFIG'] ?? null
  if (named === null || named === '') {
    terminal.err('Which file? Name it, or set REKEY_CONFIG: rekey config check <file>')
    return exitCodes.failed
  }
  const path = resolve(named)
  const read = readConfigFile(path)
  const checked = read.ok
    ? checkSource(read.source, path, { env, files: files ? 'read' : 'skip' }, (value) => value)
    : { ok: false as const, mistakes: [read.mistake] }
  const mistakes = checked.ok ? [] : checked.mistakes
  if (json) terminal.out(JSON.stringify({ ok: checked.ok, file: path, mistakes }, null, 2))
  else report(named, mistakes, terminal)
  return checked.ok ? exitCodes.ok : exitCodes.wrong
}

function report(file: string, mistakes: readonly Mistake[], terminal: Terminal): void {
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
