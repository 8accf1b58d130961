import { hashRaw } from '@node-rs/argon2'
import type { SlowDigests } from '../../core/passwords/ports.ts'
import { derive, type Key, type KeyRing, mac } from '../../kernel/keys.ts'
import { makeTurns } from '../../kernel/turns.ts'

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }

/**
 * So many at a time in this process: the library works on the four threads that Node has for such things, and
 * sign-ins at the local directory need some of them.
 */
const atOnce = 2

/**
 * argon2id (RFC 9106) with a secret value K (section 3.1), off the event loop. K is made for each account from a key of
 * the ring, so that a digest that was copied to another account fits no password there: who can write to the database
 * gets no place to guess at.
 */
export function makeSlowDigests(
  ring: KeyRing,
  /** Tests that compute thousands take less memory and one pass. */
  { memoryCost, timeCost }: { memoryCost: number; timeCost: number } = cost,
): SlowDigests {
  const derived = new WeakMap<Key, Uint8Array>()
  const purposeOf = (key: Key): Uint8Array => {
    const bytes = derived.get(key) ?? derive(key.bytes, 'rekey/remembered-password/v1')
    derived.set(key, bytes)
    return bytes
  }
  const takeTurn = makeTurns(atOnce)
  return {
    get keyId() {
      return ring.current.id
    },
    async of(password, { tenant, subject, keyId, salt }, signal) {
      const key = ring.find(keyId)
      if (key === undefined) return null
      const secret = mac(purposeOf(key), tenant, subject)
      const options = { ...cost, memoryCost, timeCost, secret, salt: Buffer.from(salt, 'base64url') }
      const digest = await takeTurn(signal, () => hashRaw(Buffer.from(password.reveal(), 'utf8'), options))
      return digest.toString('base64url')
    },
  }
}
