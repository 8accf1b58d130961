import { hashBytes } from './merkle.ts'
import { type NoteSigner, type NoteVerifier, noteIsSignedBy, parseNote } from './note.ts'

/** The head of a log: so many leaves have this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
}

/** A checkpoint as it is published, stored and handed to witnesses: the text of a signed note. */
export interface SignedCheckpoint extends Checkpoint {
  note: string
}

/** Every tenant has a log of its own, named below the configured origin; the name is also that of its key. */
export const originOf = (base: string, tenant: string): string => `${base}/${encodeURIComponent(tenant)}`

export function tenantOf(base: string, origin: string): string | null {
  if (!origin.startsWith(`${base}/`)) return null
  try {
    const tenant = decodeURIComponent(origin.slice(base.length + 1))
    return originOf(base, tenant) === origin ? tenant : null
  } catch {
    return null
  }
}

export function signCheckpoint(checkpoint: Checkpoint, signer: Pick<NoteSigner, 'sign'>): SignedCheckpoint {
  const root = Buffer.from(checkpoint.root).toString('base64')
  return { ...checkpoint, note: signer.sign(`${checkpoint.origin}\n${checkpoint.size}\n${root}\n`) }
}

/** Null when the note is no checkpoint. The signature is *not* checked: see `checkpointIsSigned`. */
export function parseCheckpoint(note: string): SignedCheckpoint | null {
  const lines = parseNote(note)?.text.slice(0, -1).split('\n') ?? []
  const [origin, size, root] = lines
  if (origin === undefined || size === undefined || root === undefined || lines.includes('')) return null
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return null
  const hashed = Buffer.from(root, 'base64')
  if (hashed.length !== hashBytes || hashed.toString('base64') !== root) return null
  return { origin, size: Number(size), root: hashed, note }
}

/** True when the log's own key signed it. The key's name must be the origin, or one log could speak for another. */
export function checkpointIsSigned(checkpoint: SignedCheckpoint, verifier: NoteVerifier): boolean {
  const note = parseNote(checkpoint.note)
  return note !== null && verifier.name === checkpoint.origin && noteIsSignedBy(note, verifier)
}

/** A checkpoint found in a file that holds several, one after the other. */
export interface HeldCheckpoint extends SignedCheckpoint {
  /** Number of its first line, from 1. */
  line: number
}

/**
 * Reads every checkpoint of a text in which notes follow each other (a witness file, a mailbox export). Whatever is
 * not a checkpoint is skipped and counted: a torn last write must not hide the good ones before it.
 */
export function readCheckpoints(text: string): { held: HeldCheckpoint[]; unreadable: number } {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const held: HeldCheckpoint[] = []
  let unreadable = 0
  let start = 0
  while (start < lines.length) {
    if (lines[start]?.trim() === '') {
      start += 1
      continue
    }
    const end = noteEnd(lines, start)
    const checkpoint = parseCheckpoint(`${lines.slice(start, end).join('\n')}\n`)
    if (checkpoint === null) unreadable += 1
    else held.push({ ...checkpoint, line: start + 1 })
    start = end
  }
  return { held, unreadable }
}

/** A note ends after its signature lines; a text without any ends before the next blank line. */
function noteEnd(lines: readonly string[], start: number): number {
  let end = start
  while (end < lines.length && lines[end]?.trim() !== '') end += 1
  if (!lines[end + 1]?.startsWith('— ')) return end
  end += 1
  while (lines[end]?.startsWith('— ')) end += 1
  return end
}
