import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Environment } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import {
  finding,
  findingText,
  type HeldCheckpoint,
  type LogCopy,
  type LogVerdict,
  type NoteVerifier,
  readCheckpoints,
  readVerifierKey,
  tenantOf,
  verifyLog,
} from '../core/audit/index.ts'
import { isFault } from '../kernel/fault.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** What `rekey audit verify` asks of the running installation's log. */
export interface VerifiableStore {
  tenants(): Promise<readonly string[]>
  verifierKeys(tenant: string): readonly string[]
  withCopy<Result>(tenant: string, use: (copy: LogCopy) => Promise<Result>): Promise<Result>
}

export interface VerifyDatabaseCommand {
  store: VerifiableStore
  /** The configured origin, below which every tenant has its log. */
  origin: string
  /** All tenants of the database and of the checkpoints when null. */
  tenant: string | null
  /** A file with checkpoints that were held outside, a folder of such files, or several of them. */
  checkpointFile: string | readonly string[]
  json: boolean
  terminal: Terminal
}

/**
 * Where the configured file witnesses keep their checkpoints; null, and the reason said, when there is none. Mails and
 * HTTP receivers can't be read back, so what they hold has to be named.
 */
export function configuredCheckpoints(
  env: Environment,
  { json, terminal }: { json: boolean; terminal: Terminal },
): readonly string[] | null {
  const { witnesses } = loadConfig(env).config.audit
  const folders = witnesses.flatMap((witness) => (witness.kind === 'file' ? [witness.folder] : []))
  if (folders.length === 0) {
    sayUnchecked('There is no file witness: name what a witness holds with --checkpoints.', {
      json,
      terminal,
    })
    return null
  }
  terminal.err(
    `Comparing with the file witness in ${folders.join(' and ')}. If whoever runs the database can write there ` +
      'too, name checkpoints from elsewhere with --checkpoints.',
  )
  return folders
}

function sayUnchecked(because: string, { json, terminal }: { json: boolean; terminal: Terminal }): void {
  if (json) terminal.out(JSON.stringify({ outcome: 'unchecked', because }, null, 2))
  else terminal.err(because)
}

/**
 * `rekey audit verify`: compares the log in the database with checkpoints held outside. Ends with 0 when it is intact,
 * 1 when anything was changed, 2 when it could not be checked.
 */
export async function verifyDatabase(command: VerifyDatabaseCommand): Promise<ExitCode> {
  return attempt(command, async () => {
    const held = await readHeld(command.checkpointFile)
    const named = held.checkpoints.flatMap(({ origin }) => tenantOf(command.origin, origin) ?? [])
    const tenants =
      command.tenant === null ? [...(await command.store.tenants()), ...named] : [command.tenant]
    const verdicts: LogVerdict[] = []
    for (const tenant of new Set(tenants)) {
      const trusted = command.store.verifierKeys(tenant).map(verifierFrom)
      const verdict = await command.store.withCopy(tenant, (copy) =>
        verifyLog({ copy, trusted, held: held.checkpoints, progress: progressTo(command.terminal) }),
      )
      verdicts.push(verdict)
    }
    return report(verdicts, held, command)
  })
}

export interface OpenedExport {
  verifierKeys: readonly string[]
  copy(origin: string): LogCopy
}

export interface VerifyExportCommand {
  folder: string
  checkpointFile: string | readonly string[]
  /**
   * The log's public key (`name+id+key`) as it was published, or the path of a file that holds it or several of them.
   * Without one the keys in the export are used, which only shows that export and checkpoint belong together.
   */
  verifierKey: string | null
  open(folder: string): Promise<OpenedExport | null>
  json: boolean
  terminal: Terminal
}

/** `rekey audit verify --export`: the same for an export, without any database. */
export async function verifyExport(command: VerifyExportCommand): Promise<ExitCode> {
  return attempt(command, async () => {
    const held = await readHeld(command.checkpointFile)
    const opened = await command.open(command.folder)
    if (opened === null) throw new CannotCheck(`${command.folder} holds no export of a log.`)
    const published = command.verifierKey === null ? null : await publishedKeys(command.verifierKey)
    const trusted = (published ?? opened.verifierKeys).map(verifierFrom)
    const [first] = trusted
    if (first === undefined)
      throw new CannotCheck('The export has no public key. Name the published one with --key.')
    const copy = opened.copy(first.name)
    const verdict = await verifyLog({
      copy,
      trusted,
      held: held.checkpoints,
      progress: progressTo(command.terminal),
    })
    return report(
      [published === null ? verdict : withKeyFinding(verdict, opened.verifierKeys)],
      held,
      command,
    )
  })
}

/** The newest key of the export has to be a published one, or one that such a key handed over to. */
function withKeyFinding(verdict: LogVerdict, found: readonly string[]): LogVerdict {
  if (verdict.keys.includes(found.at(-1) ?? '')) return verdict
  const detail = 'the public key in the export is not the published one, nor one that it handed over to'
  return {
    ...verdict,
    outcome: 'tampered',
    findings: [...verdict.findings, finding('key-changed', { detail })],
  }
}

/** Nothing was found out; the reason is for the person at the terminal. */
class CannotCheck extends Error {}

interface Held {
  checkpoints: (HeldCheckpoint & { file: string })[]
  unreadable: number
}

async function readHeld(places: string | readonly string[]): Promise<Held> {
  const paths = typeof places === 'string' ? [places] : places
  const files = (await Promise.all(paths.map(filesAt))).flat()
  const held: Held = { checkpoints: [], unreadable: 0 }
  for (const file of files) {
    const read = readCheckpoints(await readFile(file, 'utf8'))
    for (const checkpoint of read.held) held.checkpoints.push({ ...checkpoint, file: basename(file) })
    held.unreadable += read.unreadable
  }
  if (held.checkpoints.length === 0) throw new CannotCheck(`${paths.join(', ')} holds no checkpoint.`)
  return held
}

async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    return (await readdir(path))
      .filter((name) => name.endsWith('.checkpoints'))
      .map((name) => join(path, name))
  } catch {
    throw new CannotCheck(`${path} can not be read.`)
  }
}

/** A path is what is no key: a key has two plus signs and an id of eight hex digits between them. */
async function publishedKeys(keyOrFile: string): Promise<readonly string[]> {
  const key = keyOrFile.trim()
  if (readVerifierKey(key) !== null) return [key]
  try {
    return (await readFile(keyOrFile, 'utf8')).trim().split(/\r?\n/)
  } catch {
    throw new CannotCheck('--key is neither a public key (name+id+key) nor a file that can be read.')
  }
}

function verifierFrom(key: string): NoteVerifier {
  const verifier = readVerifierKey(key)
  if (verifier === null) throw new CannotCheck('The public key is not an Ed25519 verifier key (name+id+key).')
  return verifier
}

const progressStep = 100_000

function progressTo(terminal: Terminal): (leaves: number) => void {
  let next = progressStep
  return (leaves) => {
    if (leaves < next) return
    terminal.err(`${leaves.toLocaleString('en')} events read`)
    next = leaves - (leaves % progressStep) + progressStep
  }
}

async function attempt(
  { json, terminal }: { json: boolean; terminal: Terminal },
  check: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof CannotCheck) && !isFault(error)) throw error
    sayUnchecked(error.message, { json, terminal })
    return exitCodes.failed
  }
}

function report(
  verdicts: readonly LogVerdict[],
  held: Held,
  { json, terminal }: { json: boolean; terminal: Terminal },
): ExitCode {
  const outcome = worstOf(verdicts)
  const { unreadable } = held
  if (json)
    terminal.out(JSON.stringify({ outcome, logs: verdicts, unreadableCheckpoints: unreadable }, null, 2))
  else for (const verdict of verdicts) say(verdict, terminal)
  if (!json && unreadable > 0) terminal.err(`${unreadable} parts of the checkpoint file are not checkpoints.`)
  return { intact: exitCodes.ok, tampered: exitCodes.wrong, unchecked: exitCodes.failed }[outcome]
}

function worstOf(verdicts: readonly LogVerdict[]): LogVerdict['outcome'] {
  const has = (outcome: LogVerdict['outcome']) => verdicts.some((verdict) => verdict.outcome === outcome)
  if (has('tampered')) return 'tampered'
  return verdicts.length === 0 || has('unchecked') ? 'unchecked' : 'intact'
}

const headlines = {
  intact: 'is intact',
  tampered: 'was tampered with',
  unchecked: 'could not be checked: no checkpoint held outside vouches for it',
} as const

function say(verdict: LogVerdict, terminal: Terminal): void {
  const { origin, outcome, leaves, provenSize, provenBy, findings, unusableHeld } = verdict
  terminal.out(`${origin} ${headlines[outcome]}.`)
  for (const one of findings) terminal.out(`  ${findingText(one)}`)
  const newer = Math.max(leaves - provenSize, 0)
  if (outcome === 'intact') {
    terminal.out(`  ${provenSize} events are vouched for by ${provenBy}.`)
    if (newer > 0) terminal.out(`  ${newer} newer ones only by the log's own signature.`)
  }
  for (const where of unusableHeld)
    terminal.err(`  ${where} was not signed by this log's key and was not used.`)
}
