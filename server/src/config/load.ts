import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Type } from 'typebox'
import { checkSource, deepFreeze, judge } from './check.ts'
import { demoFile } from './demo.ts'
import { type Environment, readShortcuts, type Shortcuts } from './environment.ts'
import { ConfigInvalid, type Finding, type Mistake, pathText } from './mistakes.ts'
import { type Config, ConfigFile } from './schema.ts'
import { isMapping } from './schema-walk.ts'
import { readSmtpShortcut, type SmtpShortcut } from './smtp-shortcut.ts'
import { readYaml, type Source } from './yaml-source.ts'

export interface LoadedConfig {
  config: Config
  /** True without a configuration file: loopback only, keys made by the caller inside the data folder. */
  demo: boolean
  /** Absolute path of the configuration file; null in the demo. */
  file: string | null
  /** What is allowed and probably not meant. */
  warnings: readonly Mistake[]
}

const configBytesMax = 1024 * 1024

/** Everything the demo has: what a configuration file has but keys, which the demo makes itself. */
const DemoFile = Type.Omit(ConfigFile, ['keys'])

/**
 * The configuration that the environment asks for, complete, checked and frozen.
 * @throws ConfigInvalid with every mistake at once
 */
export function loadConfig(env: Environment): LoadedConfig {
  const { shortcuts, findings } = readShortcuts(env)
  const smtp = readSmtpShortcut(env)
  const given: Given = { env, shortcuts, smtp, mistakes: [...findings, ...smtp.findings].map(unplaced) }
  return shortcuts.config === null ? loadDemo(given) : loadFile(resolve(shortcuts.config), given)
}

/** What the environment says, and what is wrong with it. */
interface Given {
  env: Environment
  shortcuts: Shortcuts
  smtp: SmtpShortcut
  mistakes: readonly Mistake[]
}

function loadDemo({ env, shortcuts, smtp, mistakes: earlier }: Given): LoadedConfig {
  // Links name the port, so it has to be known before the listener picks one.
  const noPort: Finding[] =
    shortcuts.portalPort === 0 ? [{ path: ['REKEY_PORTAL_PORT'], problem: 'must not be 0 in the demo' }] : []
  const file = demoFile(shortcuts, smtp.entry)
  const judged = judge(DemoFile, file, { env, files: 'read', folder: process.cwd() })
  const mistakes = [...earlier, ...[...noPort, ...judged.findings].map(unplaced)]
  if (mistakes.length > 0) throw new ConfigInvalid('demo', mistakes)
  // Checked against the schema of the demo, to which the absent keys are added.
  const config: Config = { ...(judged.value as Omit<Config, 'keys'>), keys: null }
  return { config: deepFreeze(smtp.complete(config)), demo: true, file: null, warnings: [] }
}

function loadFile(file: string, { env, shortcuts, smtp, mistakes: earlier }: Given): LoadedConfig {
  const read = readConfigFile(file)
  if (!read.ok) throw new ConfigInvalid(file, [...earlier, read.mistake])
  const checked = checkSource(read.source, file, { env, files: 'read' }, (value) =>
    overridden(value, shortcuts, smtp.entry),
  )
  const mistakes = checked.ok ? earlier : [...earlier, ...checked.mistakes]
  if (!checked.ok || mistakes.length > 0) throw new ConfigInvalid(file, mistakes)
  const { warnings } = checked
  return { config: deepFreeze(smtp.complete(checked.config)), demo: false, file, warnings }
}

/** Reads and parses the file; a file that others may write is refused, because it decides who gets mails. */
export function readConfigFile(file: string): { ok: true; source: Source } | { ok: false; mistake: Mistake } {
  const no = (problem: string, hint?: string) => ({
    ok: false as const,
    mistake: unplaced({ path: [file], problem, ...(hint !== undefined && { hint }) }),
  })
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return no(missing ? 'does not exist' : "can't be read")
  }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) return no('is not a file')
    if (status.size > configBytesMax) return no('is larger than 1 MiB')
    if ((status.mode & 0o002) !== 0) return no('can be changed by everybody', `Run \`chmod o-w ${file}\`.`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor))
    return { ok: true, source: readYaml(text) }
  } catch {
    return no('is not UTF-8 text')
  } finally {
    closeSync(descriptor)
  }
}

/** What the environment says goes before the file. Paths of the environment are relative to the working folder. */
function overridden(value: unknown, shortcuts: Shortcuts, smtp: object | null): unknown {
  if (!isMapping(value)) return value
  const listen = isMapping(value['listen']) ? value['listen'] : {}
  const within = (key: string) => (isMapping(listen[key]) ? listen[key] : {})
  const { portalPort, consolePort } = shortcuts
  return {
    ...value,
    ...(shortcuts.data !== null && { data: resolve(shortcuts.data) }),
    ...((portalPort !== null || consolePort !== null) && {
      listen: {
        ...listen,
        ...(portalPort !== null && { portal: { ...within('portal'), port: portalPort } }),
        ...(consolePort !== null && { console: { ...within('console'), port: consolePort } }),
      },
    }),
    ...(smtp !== null && isMapping(value['mail']) && { mail: { ...value['mail'], providers: [smtp] } }),
    ...(shortcuts.logLevel !== null && { log: { level: shortcuts.logLevel } }),
  }
}

const unplaced = ({ path, problem, hint }: Finding): Mistake => ({
  path: pathText(path),
  line: null,
  column: null,
  problem,
  hint: hint ?? null,
})
