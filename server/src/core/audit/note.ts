import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { Fault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'

/** Signed notes (C2SP signed-note), with signature type 0x01: Ed25519 over the note's text. */
const ed25519 = 0x01

export interface NoteSigner {
  name: string
  /** The verifier key (vkey) that outsiders need: `name+id+key`. */
  verifierKey: string
  sign(text: string): string
}

export interface NoteVerifier {
  name: string
  id: string
  key: KeyObject
  /** The verifier key itself; two with the same id need not be the same. */
  text: string
}

export interface Note {
  /** With its final newline, without the blank line that follows. */
  text: string
  signatures: readonly { name: string; id: string; bytes: Uint8Array }[]
}

/** SHA-256(name || 0x0A || type || public key), the first four bytes. */
function keyId(name: string, publicKey: Uint8Array): Buffer {
  const input = Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.from([ed25519]), publicKey])
  return hash('sha256', input, 'buffer').subarray(0, 4)
}

/** Names are shown to people and split on spaces and plus signs, so neither may occur (C2SP signed-note). */
const nameIsUsable = (name: string): boolean => /^[^\s\p{Z}\p{Cc}+]+$/u.test(name) && name.isWellFormed()

/** RFC 8410: what comes before the 32 bytes of an Ed25519 seed or public key in DER. */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Reads the log's private key: PKCS#8 PEM, or a seed of 32 bytes as hex or base64.
 * Throws `config-invalid` without ever repeating the text.
 */
export function readSigningKey(secret: Secret): KeyObject {
  const text = secret.reveal().trim()
  try {
    if (text.startsWith('-----BEGIN')) return ed25519Only(createPrivateKey(text))
    const seed = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
    if (seed.length !== 32) throw new RangeError('not 32 bytes')
    return createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: 'der', type: 'pkcs8' })
  } catch {
    // The cause is dropped on purpose: parsers quote what they could not read.
    throw new Fault('config-invalid', { detail: 'the audit signing key is not an Ed25519 key' })
  }
}

function ed25519Only(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('not Ed25519')
  return key
}

/** The 32 bytes of the public half of a private or public key. */
export const rawPublicKey = (key: KeyObject): Uint8Array =>
  (key.type === 'public' ? key : createPublicKey(key))
    .export({ format: 'der', type: 'spki' })
    .subarray(publicPrefix.length)

/** With a public key alone it can tell its verifier key, and signing throws. */
export function makeNoteSigner(name: string, key: KeyObject): NoteSigner {
  if (!nameIsUsable(name)) throw new RangeError('a key name has no spaces and no plus sign')
  const raw = rawPublicKey(key)
  const id = keyId(name, raw)
  const typed = Buffer.concat([Buffer.from([ed25519]), raw])
  return {
    name,
    verifierKey: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    sign: (text) => {
      const signature = Buffer.concat([id, sign(null, Buffer.from(text, 'utf8'), key)])
      return `${text}\n— ${name} ${signature.toString('base64')}\n`
    },
  }
}

/** Null when the text is no Ed25519 verifier key, or its id does not belong to its name and key. */
export function readVerifierKey(verifierKey: string): NoteVerifier | null {
  const match = /^([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(verifierKey.trim())
  const [, name, id, encoded] = match ?? []
  if (name === undefined || id === undefined || encoded === undefined || !nameIsUsable(name)) return null
  const bytes = Buffer.from(encoded, 'base64')
  const raw = bytes.subarray(1)
  if (bytes[0] !== ed25519 || raw.length !== 32 || keyId(name, raw).toString('hex') !== id) return null
  return { name, id, key: publicKeyFrom(raw), text: verifierKey.trim() }
}

/** The public key of these 32 bytes (RFC 8410). */
export const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })

/** Signed notes with more are not read (the specification asks for at least 16). */
const signaturesMax = 64

/** Null when the text is not a signed note. Signatures are *not* checked: see `noteIsSignedBy`. */
export function parseNote(note: string): Note | null {
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n') || hasControlCharacter(note) || !note.isWellFormed()) return null
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > signaturesMax) return null
  const signatures = lines.map(parseSignature)
  const read = signatures.filter((signature) => signature !== null)
  return read.length === lines.length ? { text: note.slice(0, split + 1), signatures: read } : null
}

const hasControlCharacter = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x0a) return true
  }
  return false
}

function parseSignature(line: string): Note['signatures'][number] | null {
  const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
  if (name === undefined || encoded === undefined || !nameIsUsable(name)) return null
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length < 5 || bytes.toString('base64') !== encoded) return null
  return { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) }
}

/**
 * True when the verifier's key signed the text. Signatures of others are ignored, as the specification demands; one
 * of this key that does not verify spoils the note, even beside one that does.
 */
export function noteIsSignedBy(note: Note, { name, id, key }: NoteVerifier): boolean {
  const own = note.signatures.filter((signature) => signature.name === name && signature.id === id)
  const text = Buffer.from(note.text, 'utf8')
  return own.length > 0 && own.every(({ bytes }) => bytes.length === 64 && verify(null, text, key, bytes))
}
