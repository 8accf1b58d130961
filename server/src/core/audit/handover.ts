import { type KeyObject, verify } from 'node:crypto'
import { checkpointIsSigned, type SignedCheckpoint } from './checkpoint.ts'
import { decodeEntry } from './entry.ts'
import { makeNoteSigner, type NoteSigner, type NoteVerifier, parseNote, readVerifierKey } from './note.ts'
import type { AuditEvent } from './ports.ts'

/** A key of the signing ring. One that is retired may have its public half left only. */
export interface SigningKey {
  publicKey: KeyObject
  privateKey: KeyObject | null
}

/** The ring that signs checkpoints. It may turn while the process runs. */
export interface SigningKeys {
  /** Oldest first. */
  all(): readonly SigningKey[]
  /** One of `all`, with its private half. */
  current(): SigningKey
}

/** What seals one log. */
export interface LogSigner {
  name: string
  /** The checkpoint's text, signed by the newest key first and by all older ones that still can. */
  sign(text: string): string
  /** The record of a change of keys that has to be the log's next leaf; null when there was none. */
  handover(about: { tenant: string; leaf: number; at: Date }): AuditEvent | null
}

const version = 'rekey-key-handover/v1'

/** The second line is no number, so that no handover can be taken for a checkpoint, nor the other way round. */
const statement = (origin: string, leaf: number, to: string): string =>
  `${origin}\n${version}\n${leaf}\n${to}\n`

/**
 * What signs the next checkpoint of a log, after `newest`. A log never goes back to a key that was replaced: a process
 * that has not turned its ring yet signs with the key that the log has come to.
 */
export function makeLogSigner(origin: string, keys: SigningKeys, newest: SignedCheckpoint | null): LogSigner {
  const ring = keys.all().map((key) => ({ key, signer: signerOf(origin, key) }))
  const signedBefore = newest === null ? [] : keyIdsOf(newest, origin)
  const reached = ring.findLastIndex(
    ({ key, signer }) => key.privateKey !== null && signedBefore.includes(idOf(signer.verifierKey)),
  )
  const at = Math.max(
    ring.findIndex(({ key }) => key === keys.current()),
    reached,
  )
  const next = ring[at]
  if (next === undefined) throw new RangeError('the current signing key is not in its ring')
  const able = ring.slice(0, at + 1).filter(({ key }) => key.privateKey !== null)
  return {
    name: origin,
    sign: (text) => joined(able.toReversed().map(({ signer }) => signer.sign(text))),
    handover({ tenant, leaf, at: moment }) {
      const to = next.signer.verifierKey
      if (newest === null || signedBefore.includes(idOf(to))) return null
      const old = ring[reached]
      const from = old === undefined ? (signedBefore[0] ?? 'none') : idOf(old.signer.verifierKey)
      const signature = old === undefined ? '' : bareSignature(old.signer.sign(statement(origin, leaf, to)))
      const facts = { from, to, signature }
      return { name: 'log.key-changed', tenant, at: moment, subject: null, flow: null, facts }
    },
  }
}

/** What outsiders verify a log with, oldest key first: those up to the newest that signed this checkpoint. */
export function verifierKeysOf(origin: string, keys: SigningKeys, newest: SignedCheckpoint | null): string[] {
  const all = keys.all().map((key) => signerOf(origin, key).verifierKey)
  const signed = newest === null ? [] : keyIdsOf(newest, origin)
  const reached = all.findLastIndex((key) => signed.includes(idOf(key)))
  return reached === -1 ? all : all.slice(0, reached + 1)
}

/** True when this key is among those that signed the checkpoint, by name. The signature itself is not checked. */
export const isSignedWith = (checkpoint: SignedCheckpoint, key: SigningKey): boolean =>
  keyIdsOf(checkpoint, checkpoint.origin).includes(idOf(signerOf(checkpoint.origin, key).verifierKey))

const signerOf = (origin: string, { privateKey, publicKey }: SigningKey): NoteSigner =>
  makeNoteSigner(origin, privateKey ?? publicKey)

/** A name has no plus sign, a key in base64 may. */
const idOf = (verifierKey: string): string => verifierKey.split('+')[1] ?? ''

const keyIdsOf = ({ note }: SignedCheckpoint, origin: string): readonly string[] =>
  (parseNote(note)?.signatures ?? []).filter(({ name }) => name === origin).map(({ id }) => id)

/** One text with several signatures: the first note, and the last line of each other one. */
const joined = ([first = '', ...others]: readonly string[]): string =>
  first + others.map((note) => note.slice(note.lastIndexOf('\n— ') + 1)).join('')

const bareSignature = (note: string): string =>
  Buffer.from(parseNote(note)?.signatures[0]?.bytes ?? []).toString('base64')

/** Who may have signed a log's checkpoints, as far as a verifier can tell. */
export interface LogKeys {
  /** Looks at a row of the log on the way; says what is wrong with a change of keys, as a sentence, or null. */
  see(leaf: number, entry: Uint8Array): string | null
  isGenuine(checkpoint: SignedCheckpoint): boolean
  /** Everything trusted, as verifier keys. */
  trusted(): readonly string[]
}

const mark = Buffer.from('"name":"log.key-changed"')

/**
 * Follows the log from the keys that a verifier was given to those they handed over to. A statement holds for its own
 * leaf of its own log, so it can't be moved; and a new key counts for checkpoints that cover it, not for earlier ones.
 */
export function makeLogKeys(origin: string, given: readonly NoteVerifier[]): LogKeys {
  const trusted = given.map((verifier) => ({ verifier, fromSize: 0 }))
  const knows = (text: string) => trusted.some(({ verifier }) => verifier.text === text)
  return {
    see(leaf, entry) {
      if (!Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).includes(mark)) return null
      const decoded = decodeEntry(Buffer.from(entry).toString('utf8'))
      if (decoded?.name !== 'log.key-changed') return null
      const { from, to, signature } = decoded.facts
      const next = typeof to === 'string' ? readVerifierKey(to) : null
      if (next?.name !== origin) return `leaf ${leaf} names no key of this log as the next one`
      if (knows(next.text)) return null
      const old = trusted.find(({ verifier }) => verifier.id === from)
      // Of before the keys that this verifier was given: there is nothing to check it with, and nothing follows from it.
      if (old === undefined) return null
      const text = Buffer.from(statement(origin, leaf, next.text), 'utf8')
      const bytes = Buffer.from(typeof signature === 'string' ? signature : '', 'base64')
      if (bytes.length === 0)
        return `at leaf ${leaf} the log went on under a key that the old one did not vouch for`
      if (bytes.length !== 64 || !verify(null, text, old.verifier.key, bytes)) {
        return `leaf ${leaf} hands the log over to another key, and the old key did not sign that`
      }
      trusted.push({ verifier: next, fromSize: leaf + 1 })
      return null
    },
    isGenuine: (checkpoint) =>
      trusted.some(
        ({ verifier, fromSize }) => checkpoint.size >= fromSize && checkpointIsSigned(checkpoint, verifier),
      ),
    trusted: () => trusted.map(({ verifier }) => verifier.text),
  }
}
