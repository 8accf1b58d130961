import { rmSync, statSync, writeFileSync } from 'node:fs'
import type { RingName } from '../core/keys/index.ts'
import { replaceFile } from '../kernel/durable-file.ts'
import { Fault } from '../kernel/fault.ts'
import type { Outside } from '../kernel/outside.ts'
import {
  formatRing,
  keyId,
  type ParsedRing,
  parseRing,
  publicHalf,
  type RingLine,
  signingKeyFrom,
} from './ring-text.ts'
import { readPrivateFile } from './secrets.ts'

/** A ring file as it is; what is wrong with it is the end of a sentence. Only its owner, or root, may have made it. */
export function readRingFile(name: RingName, path: string): ParsedRing & { hint?: string } {
  const read = readPrivateFile(path)
  if (!read.ok) return read
  const us = process.geteuid?.() ?? read.uid
  if (read.uid !== 0 && read.uid !== us) {
    return {
      ok: false,
      problem: `refers to the file ${path}, which belongs to somebody else`,
      hint: 'Whoever owns it can put keys of their own into it. Change its owner to the user that runs Rekey.',
    }
  }
  const parsed = parseRing(name, read.text)
  return parsed.ok ? parsed : { ok: false, problem: `refers to the file ${path}, which ${parsed.problem}` }
}

/** As `readRingFile`. Throws a Fault `config-invalid` instead of returning what is wrong. */
export function ringLinesOf(name: RingName, path: string): readonly RingLine[] {
  const read = readRingFile(name, path)
  if (read.ok) return read.lines
  throw new Fault('config-invalid', { detail: `keys.${name}.ringFile ${read.problem}` })
}

/**
 * Changes a ring file: whoever reads it sees the old ring or the new one, whole, and so does whoever starts after a
 * power cut. Two changes never overlap: the second one is refused. Owner and rights stay as they were, also when root
 * does it for the service. `change` returns null to leave the file alone.
 *
 * @throws Fault `config-invalid` when the ring can't be read, can't be written, or is being changed by somebody else
 */
export function changeRingFile(
  name: RingName,
  path: string,
  change: (lines: readonly RingLine[]) => readonly RingLine[] | null,
): void {
  const lock = `${path}.lock`
  takeLock(lock)
  try {
    const before = ringLinesOf(name, path)
    const after = change(before)
    if (after === null) return
    const { mode, uid, gid } = statSync(path)
    const owner = process.geteuid?.() === 0 ? { uid, gid } : null
    // A power cut must not bring the old ring back after others used the new key.
    replaceFile(path, formatRing(after), { mode: mode & 0o770, owner })
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('config-invalid', { detail: `${path} can't be written`, cause })
  } finally {
    rmSync(lock, { force: true })
  }
}

/** `wx`: of two at the same time one gets it. */
function takeLock(lock: string): void {
  try {
    writeFileSync(lock, '', { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    const detail = taken
      ? `somebody else is changing this ring; if nobody is, remove ${lock}`
      : `the folder of ${lock} can't be written to`
    throw new Fault('config-invalid', { detail, cause })
  }
}

/** A new key for a ring, drawn now. */
export function drawKey(name: RingName, from: Date, outside: Pick<Outside, 'randomBytes'>): RingLine {
  const bytes = outside.randomBytes(32)
  const text = Buffer.from(bytes).toString('base64')
  return { id: name === 'audit' ? signingKeyFrom(text, from).id : keyId(bytes), from, text }
}

export interface NextKey {
  path: string
  /** The moment from which it is used; not before that of the newest key. */
  from: Date
  outside: Pick<Outside, 'randomBytes'>
  /** The id of the newest key; where another one is, somebody was faster. Absent: whatever the newest is. */
  after?: string
}

/** Adds a key, and returns it; null when somebody was faster. */
export function addKey(name: RingName, { path, from, outside, after }: NextKey): RingLine | null {
  const added: RingLine[] = []
  changeRingFile(name, path, (before) => {
    const newest = before.at(-1)
    if (newest === undefined || (after !== undefined && newest.id !== after)) return null
    added.push(drawKey(name, new Date(Math.max(from.getTime(), newest.from.getTime() + 1)), outside))
    return [...before, ...added]
  })
  return added[0] ?? null
}

/** Takes keys out. Of a signing key the public half stays, because what it signed must stay verifiable. */
export function dropKeys(name: RingName, path: string, ids: readonly string[]): void {
  changeRingFile(name, path, (lines) =>
    lines.flatMap((line) => {
      if (!ids.includes(line.id)) return [line]
      return name === 'audit' ? [publicHalf(line)] : []
    }),
  )
}
