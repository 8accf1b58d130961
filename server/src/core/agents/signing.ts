import { createHash, sign, verify } from 'node:crypto'
import type { Secret } from '../../kernel/secret.ts'
import { publicKeyFrom, rawPublicKey, readSigningKey } from '../audit/index.ts'

/** What a text was signed as. A signature for one of these is none for another. */
export type SignedAs =
  | 'challenge'
  | 'proof'
  | 'order'
  | 'answer'
  | 'beat'
  | 'enrolment'
  | 'enrolled'
  | 'rotation'
  | 'known-key'
  | 'succession'

/** An Ed25519 key (RFC 8032) with the raw public half, base64url, that others know it by. */
export interface Signer {
  publicKey: string
  sign(as: SignedAs, text: string): string
}

/** From a seed: 32 bytes as base64. */
export function makeSigner(seed: Secret): Signer {
  const key = readSigningKey(seed)
  return {
    publicKey: Buffer.from(rawPublicKey(key)).toString('base64url'),
    sign: (as, text) => sign(null, bytesOf(as, text), key).toString('base64url'),
  }
}

/** False for what is no key or no signature as well: both come from the other side. */
export function isSigned(publicKey: string, as: SignedAs, text: string, signature: string): boolean {
  const raw = Buffer.from(publicKey, 'base64url')
  const bytes = Buffer.from(signature, 'base64url')
  // A lone surrogate has no UTF-8 form: two texts would then have one signature.
  if (raw.length !== 32 || bytes.length !== 64 || !text.isWellFormed()) return false
  return verify(null, bytesOf(as, text), publicKeyFrom(raw), bytes)
}

const bytesOf = (as: SignedAs, text: string): Buffer => Buffer.from(`rekey-agent/1 ${as}\n${text}`, 'utf8')

/** SHA-256, base64url. */
export const digestOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url')
