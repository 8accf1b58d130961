import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { publicKeyFrom, rawPublicKey, readSigningKey } from '../core/audit/index.ts'
import type { KnownKey, RingName } from '../core/keys/index.ts'
import { Fault } from '../kernel/fault.ts'
import { Secret } from '../kernel/secret.ts'
import { keyBytes, weakness } from './key-text.ts'

/** A key that derives or encrypts. */
export interface SymmetricKey extends KnownKey {
  bytes: Uint8Array
}

/** A key that signs; once it is retired its private half may be gone, and the public one is kept to verify with. */
export interface RingSigningKey extends KnownKey {
  publicKey: KeyObject
  privateKey: KeyObject | null
}

/** A line of a ring file. */
export interface RingLine extends KnownKey {
  /** The key as it is written: base64, or `public:` and the base64 of a public key. */
  text: string
}

/** Keys are named by a digest, so that one keeps its name wherever it stands. */
export const keyId = (bytes: Uint8Array): string =>
  createHash('sha256').update('rekey/key-id/v1').update(bytes).digest('hex').slice(0, 8)

const rawBytes = 32

/** Throws a Fault `config-invalid` when the text is no signing key. */
export function signingKeyFrom(text: string, from: Date): RingSigningKey {
  if (text.startsWith('public:')) {
    const raw = Buffer.from(text.slice('public:'.length), 'base64')
    return { id: keyId(raw), from, publicKey: publicKeyFrom(raw), privateKey: null }
  }
  const privateKey = readSigningKey(new Secret(text))
  const publicKey = createPublicKey(privateKey)
  return { id: keyId(rawPublicKey(publicKey)), from, publicKey, privateKey }
}

/** A key as it is configured by itself, as a line of a ring. Throws a Fault `config-invalid` when it is no key. */
export function ringLineOf(name: RingName, text: string, from: Date): RingLine {
  if (name !== 'audit') {
    const bytes = keyBytes(text)
    if (bytes === null) throw new Fault('config-invalid', { detail: 'a key is neither base64 nor hex' })
    return { id: keyId(bytes), from, text: Buffer.from(bytes).toString('base64') }
  }
  const { id, privateKey } = signingKeyFrom(text, from)
  // The 32 bytes that everything about the key follows from (RFC 8032 section 5.1.5): PEM has too many lines.
  const d = privateKey?.export({ format: 'jwk' }).d
  if (d === undefined) throw new Fault('config-invalid', { detail: 'a signing key has no private half' })
  return { id, from, text: Buffer.from(d, 'base64url').toString('base64') }
}

/** A signing key as it stands in a ring when only what it signed has to be verified. */
export function publicHalf({ id, from, text }: RingLine): RingLine {
  const raw = rawPublicKey(signingKeyFrom(text, from).publicKey)
  return { id, from, text: `public:${Buffer.from(raw).toString('base64')}` }
}

const header = [
  '# A key ring of Rekey: name, moment from which the key is used, key. Kept by `rekey keys`.',
  '# Whoever can read this file can make links, read what is personal, or sign the log in place of Rekey.',
]

export function formatRing(lines: readonly RingLine[]): string {
  const rows = lines.map(({ id, from, text }) => `${id} ${from.toISOString()} ${text}`)
  return [...header, ...rows, ''].join('\n')
}

export type ParsedRing = { ok: true; lines: readonly RingLine[] } | { ok: false; problem: string }

/** Reads a ring, oldest key first. What is wrong is said by line number; no line is ever quoted. */
export function parseRing(name: RingName, text: string): ParsedRing {
  const lines: RingLine[] = []
  for (const [index, row] of text.split('\n').entries()) {
    const trimmed = row.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const read = parseLine(name, trimmed)
    if (typeof read === 'string') return { ok: false, problem: `${read} in line ${index + 1}` }
    if (lines.some(({ id }) => id === read.id)) {
      return { ok: false, problem: `has the same key twice, in line ${index + 1} again` }
    }
    lines.push(read)
  }
  if (!lines.some(canWrite)) return { ok: false, problem: 'holds no key that can be written with' }
  return { ok: true, lines: lines.toSorted((a, b) => a.from.getTime() - b.from.getTime()) }
}

export const canWrite = ({ text }: Pick<RingLine, 'text'>): boolean => !text.startsWith('public:')

function parseLine(name: RingName, row: string): RingLine | string {
  const [id, moment, text, ...rest] = row.split(/\s+/)
  if (id === undefined || moment === undefined || text === undefined || rest.length > 0) {
    return 'does not have name, moment and key'
  }
  const from = new Date(moment)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(moment) || Number.isNaN(from.getTime())) {
    return 'has no moment in UTC such as 2026-05-04T10:00:00.000Z'
  }
  const named = nameOf(name, text)
  if (typeof named === 'string') return named
  return named.id === id
    ? { id, from, text }
    : 'has a key that its name does not belong to (a slip of the hand?)'
}

function nameOf(name: RingName, text: string): { id: string } | string {
  const bytes = keyBytes(text.replace(/^public:/, ''))
  if (bytes === null || (text.startsWith('public:') && name !== 'audit')) return 'has what is no key'
  if (name !== 'audit') return noted(weakness(bytes)) ?? { id: keyId(bytes) }
  if (bytes.length !== rawBytes) return 'has what is no Ed25519 key'
  if (text.startsWith('public:')) return { id: keyId(bytes) }
  return noted(weakness(bytes)) ?? { id: signingKeyFrom(text, new Date(0)).id }
}

const noted = (why: string | null): string | null => (why === null ? null : `has a key that ${why}`)
