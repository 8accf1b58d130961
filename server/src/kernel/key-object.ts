import { createSecretKey, type KeyObject } from 'node:crypto'

const known = new WeakMap<Uint8Array, KeyObject>()

/**
 * The key as Node's cryptography wants it. Given bytes, Node finds out each time what they are, which takes several
 * times as long as the HMAC or the sealing itself. Kept as long as the bytes are, which nobody changes.
 */
export function keyObjectOf(bytes: Uint8Array): KeyObject {
  const found = known.get(bytes)
  if (found !== undefined) return found
  const made = createSecretKey(bytes)
  known.set(bytes, made)
  return made
}
