import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ringLinesFrom } from '../config/key-rings.ts'
import { drawKey } from '../config/ring-file.ts'
import { formatRing } from '../config/ring-text.ts'
import type { KeysConfig } from '../config/schema.ts'
import { readSigningKey } from '../core/audit/index.ts'
import { ringNames } from '../core/keys/index.ts'
import { Fault } from '../kernel/fault.ts'
import type { Outside } from '../kernel/outside.ts'
import { Secret } from '../kernel/secret.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

export interface KeysCommand {
  /** Where the three files go; created when missing. */
  folder: string
  /** Writes ring files, which can be rotated while the service runs, in place of single keys. */
  rings: boolean
  json: boolean
  terminal: Terminal
  outside: Outside
}

/** Why keys of the demo can't be looked after by command. */
export const demoKeepsItsKeys = 'the demo keeps its keys; name a configuration with REKEY_CONFIG'

/** Names of the files, and of the keys in the configuration. */
const names = ringNames

/**
 * `rekey keys generate`: draws the three keys an installation needs, one file each, and prints what the configuration
 * has to say about them. Nothing is ever overwritten: links, personal data and checkpoints that were made under a key
 * are worthless without it. Either all three files are there afterwards, or none that was not there before.
 */
export function keysGenerate({ folder, rings, json, terminal, outside }: KeysCommand): ExitCode {
  const files = names.map((name) => ({
    name: rings ? `${name}.ring` : name,
    text: rings ? formatRing([drawKey(name, outside.now(), outside)]) : newKey(name, outside),
  }))
  return writeKeys(files, { folder, json, terminal, explain: (place) => explanation(place, rings) })
}

export interface RingsCommand extends Pick<KeysCommand, 'folder' | 'json' | 'terminal'> {
  /** Of the configuration; null for the demo. */
  keys: KeysConfig | null
}

/**
 * `rekey keys rings`: puts keys that the configuration names one by one into ring files, so that they can be rotated
 * while the service runs. They keep their names, so nothing that was made under them notices.
 */
export function keysRings({ folder, keys, json, terminal }: RingsCommand): ExitCode {
  if (keys === null) throw new Fault('config-invalid', { detail: demoKeepsItsKeys })
  const single = names.filter((name) => keys[name].ringFile === undefined)
  if (single.length === 0) {
    throw new Fault('config-invalid', { detail: 'all keys of this configuration are in ring files already' })
  }
  const files = single.map((name) => ({
    name: `${name}.ring`,
    text: formatRing(ringLinesFrom(name, keys[name])),
  }))
  const explain = (place: string) =>
    [
      `# The keys of the configuration are in ${place} as well. Put this into the configuration in place of what is`,
      '# there, on every node, and take the old files away when all of them have been started with it. The user that',
      '# runs Rekey has to own the new ones:',
      'keys:',
      ...names.map((name) => (single.includes(name) ? row(place, name, true) : ringRow(name, keys[name]))),
    ].join('\n')
  return writeKeys(files, { folder, json, terminal, explain })
}

function writeKeys(
  files: readonly { name: string; text: string }[],
  to: Pick<KeysCommand, 'folder' | 'json' | 'terminal'> & { explain(place: string): string },
): ExitCode {
  const { folder, json, terminal, explain } = to
  const place = resolve(folder)
  const written: string[] = []
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
    refuseOpenFolder(place)
    for (const { name, text } of files) {
      const path = join(place, name)
      // `wx` refuses what exists already, a dangling link too; `flush` because a key must survive the next power cut.
      writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true })
      written.push(path)
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true })
    const message = reason(error, folder)
    if (message === null) throw error
    if (json)
      terminal.out(JSON.stringify({ ok: false, error: { code: 'keys-not-written', message } }, null, 2))
    else terminal.err(message)
    return exitCodes.failed
  }
  if (json) terminal.out(JSON.stringify({ ok: true, folder: place, files: written }, null, 2))
  else terminal.out(explain(place))
  return exitCodes.ok
}

/** Whoever can write to the folder can put keys of their own in place of ours. */
function refuseOpenFolder(place: string): void {
  if ((statSync(place).mode & 0o022) !== 0) throw new FolderIsOpen()
}

class FolderIsOpen extends Error {}

/** 32 random bytes as base64; the signing key as PKCS#8 PEM, which other tools read as well. */
function newKey(name: (typeof names)[number], { randomBytes }: Outside): string {
  const text = Buffer.from(randomBytes(32)).toString('base64')
  if (name !== 'audit') return `${text}\n`
  return readSigningKey(new Secret(text)).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** For what people can put right; null for everything else. */
function reason(error: unknown, folder: string): string | null {
  if (error instanceof FolderIsOpen) {
    return `Others may write to ${folder}, so nothing was written. Run \`chmod 700 ${folder}\`, or name another folder.`
  }
  if (!(error instanceof Error) || !('code' in error)) return null
  switch (error.code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `There are keys in ${folder} already, or something else is in the way. Nothing was written: name another folder.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${folder} can't be written to.`
    default:
      return null
  }
}

function explanation(place: string, rings: boolean): string {
  return [
    `# Three keys were written to ${place}. Keep a copy apart from the database and its backups:`,
    '# without `token` open links and codes die, without `data` what is personal is lost, and without `audit`',
    '# the log goes on under another key. Put this into the configuration:',
    'keys:',
    ...names.map((name) => row(place, name, rings)),
  ].join('\n')
}

/** A ring file that is configured already. */
const ringRow = (name: string, { ringFile, rotateEveryDays: days }: KeysConfig['token']): string => {
  const schedule = days === undefined ? '' : `, rotateEveryDays: ${days}`
  return `  ${name}: { ringFile: ${JSON.stringify(ringFile)}${schedule} }`
}

/** JSON strings are YAML strings, whatever is in the path. */
const row = (place: string, name: string, isRing: boolean): string =>
  isRing
    ? `  ${name}: { ringFile: ${JSON.stringify(join(place, `${name}.ring`))} }`
    : `  ${name}: { current: { file: ${JSON.stringify(join(place, name))} } }`
