import { Secret as Seed, TOTP } from 'otpauth'

/** What is kept of an authenticator app, sealed. */
export interface KeptSeed {
  /** Base 32 (RFC 4648 section 6), without padding. */
  seed: string
  algorithm: 'SHA1' | 'SHA256' | 'SHA512'
  digits: 6 | 8
  periodSeconds: 30 | 60
  /** Number of the latest time step that was accepted; none at or before it is accepted again (RFC 6238 section 5.2). */
  lastStep: number | null
}

/** RFC 4226 section 4 wants 128 bits and recommends 160, which every app takes. */
const seedBytes = 20

/**
 * Steps to either side whose codes are taken: one. RFC 6238 section 5.2 recommends one for the time that typing takes; the
 * other way is for telephones whose clock is ahead.
 */
const drift = 1

/** What apps understand without being told: SHA-1, six digits, thirty seconds. */
export const newSeed = (randomBytes: (length: number) => Uint8Array): KeptSeed => ({
  seed: new Seed({ buffer: Uint8Array.from(randomBytes(seedBytes)).buffer }).base32,
  algorithm: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  lastStep: null,
})

/** A seed as people and other products write it; null for what is no base 32, or has fewer than 128 bits (RFC 4226 section 4). */
export function readSeed(text: string): string | null {
  const seed = text.replaceAll(/[\s=-]/g, '').toUpperCase()
  return /^[A-Z2-7]{26,128}$/.test(seed) ? seed : null
}

/** Compared with where nothing is enrolled, so that both are the same work; what it says counts for nothing. */
export const nobodysSeed: KeptSeed = newSeed((length) => new Uint8Array(length).fill(7))

/** What is kept from now on when the code is right, and null when it is wrong, used or of another time. */
export function checkTotp(kept: KeptSeed, typed: string, now: Date): KeptSeed | null {
  const code = typed.replaceAll(/\D/g, '')
  const totp = totpOf(kept, {})
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: drift })
  if (delta === null) return null
  const step = Math.floor(now.getTime() / 1_000 / kept.periodSeconds) + delta
  return kept.lastStep !== null && step <= kept.lastStep ? null : { ...kept, lastStep: step }
}

/** What a QR code carries: `otpauth://totp/Issuer:account?secret=…&issuer=Issuer`. */
export const keyUriOf = (kept: KeptSeed, named: { issuer: string; account: string }): string =>
  totpOf(kept, named).toString()

function totpOf(
  { seed, algorithm, digits, periodSeconds }: KeptSeed,
  { issuer = '', account = '' }: { issuer?: string; account?: string },
): TOTP {
  return new TOTP({
    secret: Seed.fromBase32(seed),
    algorithm,
    digits,
    period: periodSeconds,
    issuer,
    label: account,
  })
}
