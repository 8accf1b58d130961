import { createHash } from 'node:crypto'
import { constantTimeEqual } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'

/** Lets one browser in, once. */
export interface EntryGate {
  /** True for the one call that brings the token, while it is valid. A wrong token spends nothing. */
  spend(presented: string): boolean
}

export interface Entry {
  /** 256 bits, base64url. */
  token: Secret
  /** `/enter#<token>`: in the fragment, which browsers send to nobody. */
  path: Secret
  gate: EntryGate
}

const tokenBytes = 32
/** As long as an operator's session may last. */
export const entryLifetimeSeconds = 8 * 60 * 60

/**
 * The first way into the console: an address that is printed where the service was started, and that works once.
 * Whoever can read that terminal may come in. The gate knows the digest only, so that nothing but the terminal
 * ever holds the token; drop `token` and `path` once they are printed.
 */
export function makeEntry(outside: Outside): Entry {
  const token = Buffer.from(outside.randomBytes(tokenBytes)).toString('base64url')
  return {
    token: new Secret(token),
    path: new Secret(`/enter#${token}`),
    gate: gateFor(digestOf(token), outside),
  }
}

/** A function of its own: a closure made inside `makeEntry` would keep the token alive beside the digest. */
function gateFor(expected: Uint8Array, { now }: Pick<Outside, 'now'>): EntryGate {
  const validUntil = now().getTime() + entryLifetimeSeconds * 1000
  let left: Uint8Array | null = expected
  return {
    // Looks and spends without giving way in between: of many racers one finds it.
    spend(presented) {
      if (left === null || now().getTime() >= validUntil) return false
      if (!constantTimeEqual(digestOf(presented), left)) return false
      left = null
      return true
    },
  }
}

/** Plain SHA-256: 256 random bits can't be guessed from their digest, so it needs neither salt nor stretching. */
export const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()
