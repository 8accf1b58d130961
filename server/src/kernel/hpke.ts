import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto'
import type { Outside } from './outside.ts'

/** What is sealed, and what it is bound to: whoever opens it has to say the same `info` and `aad`. */
export interface SealedFor {
  /** What such messages are for: the protocol and its version. */
  info: string
  /** What this one belongs to. */
  aad: string
  /** AES-256-GCM without it. The vectors that RFC 9180 prints for X25519 are of the other. */
  aead?: Aead
}

const aeads = {
  'aes-128-gcm': { id: 0x0001, keyBytes: 16 },
  'aes-256-gcm': { id: 0x0002, keyBytes: 32 },
} as const
type Aead = keyof typeof aeads
const usual: Aead = 'aes-256-gcm'

/**
 * Hybrid public key encryption (RFC 9180) in base mode, a fresh key for every message: DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. Only who has the private key opens it; it does not say who sealed.
 *
 * @returns the encapsulated key (32 bytes) and the ciphertext behind it
 */
export function sealTo(
  publicKey: Uint8Array,
  plaintext: Uint8Array,
  { info, aad, aead = usual, randomBytes }: SealedFor & Pick<Outside, 'randomBytes'>,
): Uint8Array {
  const ephemeral = randomBytes(keyBytes)
  const enc = publicHalfOf(ephemeral)
  const shared = sharedSecret(agree(ephemeral, publicKey), enc, publicKey)
  const { key, nonce } = schedule(shared, Buffer.from(info, 'utf8'), aead)
  const cipher = createCipheriv(aead, key, nonce).setAAD(Buffer.from(aad, 'utf8'))
  return Buffer.concat([enc, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Throws when it was changed, sealed to another key, or belongs elsewhere. */
export function openSealed(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  { info, aad, aead = usual }: SealedFor,
): Uint8Array {
  if (sealed.length < keyBytes + tagBytes) throw new RangeError('too short to be sealed')
  const enc = sealed.subarray(0, keyBytes)
  const shared = sharedSecret(agree(privateKey, enc), enc, publicHalfOf(privateKey))
  const { key, nonce } = schedule(shared, Buffer.from(info, 'utf8'), aead)
  const decipher = createDecipheriv(aead, key, nonce)
  decipher.setAAD(Buffer.from(aad, 'utf8')).setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(keyBytes, -tagBytes)), decipher.final()])
}

const keyBytes = 32
const tagBytes = 16

/** RFC 8410: what comes before the 32 bytes of an X25519 key in DER. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')

const privateKeyOf = (bytes: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, bytes]), format: 'der', type: 'pkcs8' })

const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })

/** The 32 bytes of the public key that belongs to a private one. Any 32 uniform bytes are a private key (RFC 7748). */
export const publicHalfOf = (privateKey: Uint8Array): Uint8Array =>
  createPublicKey(privateKeyOf(privateKey))
    .export({ format: 'der', type: 'spki' })
    .subarray(publicPrefix.length)

/** RFC 9180 section 7.1.4: a shared secret of zeros comes from a key that nobody drew by chance. */
function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== keyBytes) throw new RangeError('no X25519 key')
  const secret = diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: publicKeyOf(publicKey) })
  if (secret.every((byte) => byte === 0)) throw new RangeError('no X25519 key to agree with')
  return secret
}

/** DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256 (RFC 9180 sections 7.1 and 7.2). */
const ids = { kem: 0x0020, kdf: 0x0001 }
const inTwo = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
const nothing = new Uint8Array(0)
const kemSuite = Buffer.concat([Buffer.from('KEM'), inTwo(ids.kem)])
const suiteWith = (aead: Aead) =>
  Buffer.concat([Buffer.from('HPKE'), inTwo(ids.kem), inTwo(ids.kdf), inTwo(aeads[aead].id)])

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest()

/** RFC 9180 section 4, over HKDF-Extract of RFC 5869. */
const extract = (salt: Uint8Array, of: { suite: Uint8Array; label: string }, input: Uint8Array): Buffer =>
  hmac(salt, Buffer.from('HPKE-v1'), of.suite, Buffer.from(of.label), input)

/** RFC 9180 section 4, over HKDF-Expand of RFC 5869; up to one block of SHA-256, more is not asked for. */
function expand(
  key: Uint8Array,
  of: { suite: Uint8Array; label: string; length: number },
  info: Uint8Array,
): Buffer {
  const labeled = [inTwo(of.length), Buffer.from('HPKE-v1'), of.suite, Buffer.from(of.label), info]
  return hmac(key, ...labeled, Uint8Array.of(1)).subarray(0, of.length)
}

/** ExtractAndExpand, RFC 9180 section 4.1. */
function sharedSecret(agreed: Uint8Array, enc: Uint8Array, publicKey: Uint8Array): Buffer {
  const prk = extract(nothing, { suite: kemSuite, label: 'eae_prk' }, agreed)
  const context = Buffer.concat([enc, publicKey])
  return expand(prk, { suite: kemSuite, label: 'shared_secret', length: 32 }, context)
}

/** KeySchedule of the base mode, RFC 9180 section 5.1. The first message's nonce is the base nonce. */
function schedule(shared: Uint8Array, info: Uint8Array, aead: Aead): { key: Buffer; nonce: Buffer } {
  const suite = suiteWith(aead)
  const baseMode = Uint8Array.of(0)
  const pskIdHash = extract(nothing, { suite, label: 'psk_id_hash' }, nothing)
  const infoHash = extract(nothing, { suite, label: 'info_hash' }, info)
  const context = Buffer.concat([baseMode, pskIdHash, infoHash])
  const secret = extract(shared, { suite, label: 'secret' }, nothing)
  return {
    key: expand(secret, { suite, label: 'key', length: aeads[aead].keyBytes }, context),
    nonce: expand(secret, { suite, label: 'base_nonce', length: 12 }, context),
  }
}
