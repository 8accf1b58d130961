import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { keyObjectOf } from './key-object.ts'

/** One symmetric key with the public name under which stored records refer to it. At least 32 bytes, uniform. */
export interface Key {
  id: string
  bytes: Uint8Array
}

/**
 * `current` is used for everything new; `all` (which contains it) lets older records be read after a rotation. A ring may
 * turn while the process runs, between two turns of the event loop: ask it each time, and keep no copy.
 */
export interface KeyRing {
  readonly current: Key
  readonly all: ReadonlyMap<string, Key>
  /** The key of this name. Before it says that there is none, a ring that can turn looks whether it has turned. */
  find(id: string): Key | undefined
}

/** Throws on a key too short for HMAC-SHA-256 (RFC 2104 section 3) and on two keys of the same id. */
export function makeKeyRing(current: Key, older: readonly Key[] = []): KeyRing {
  const all = new Map<string, Key>()
  for (const key of [current, ...older]) {
    if (key.bytes.length < keyBytesMin) throw new RangeError(`key ${key.id} is shorter than 32 bytes`)
    if (all.has(key.id)) throw new RangeError(`two keys are named ${key.id}`)
    all.set(key.id, key)
  }
  return { current, all, find: (id) => all.get(id) }
}

const keyBytesMin = 32

/**
 * A key for one purpose (HKDF-SHA-256, RFC 5869, no salt because the input is already uniform). Every purpose has
 * a label of its own, so that a value made for one can never be taken for a value made for another.
 */
export function derive(key: Uint8Array, label: string, length = 32): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), label, length))
}

/**
 * HMAC-SHA-256 over parts, each preceded by its length (64 bit, big-endian), so that moving a byte from one part
 * to the next changes the result.
 */
export function mac(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hmac = createHmac('sha256', keyObjectOf(key))
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(bytes.length))
    hmac.update(length).update(bytes)
  }
  return new Uint8Array(hmac.digest())
}

/** Takes the same time wherever the first difference is. Lengths are not secret and may differ. */
export const constantTimeEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)
