import { describe, expect, it } from 'vitest'
import { checkTotp, type KeptSeed, keyUriOf, newSeed } from './totp.ts'

/** Appendix B of RFC 6238: the secret is "12345678901234567890", as often as the algorithm needs, and codes have eight digits. */
const of = (algorithm: KeptSeed['algorithm'], seed: string): KeptSeed => ({
  ...{ algorithm, seed, digits: 8, periodSeconds: 30, lastStep: null },
})
const sha1 = of('SHA1', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
const sha256 = of('SHA256', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA')
const at = (seconds: number) => new Date(seconds * 1_000)

describe('a code of an authenticator app', () => {
  it.each([
    [sha1, 59, '94287082'],
    [sha1, 1_111_111_109, '07081804'],
    [sha1, 20_000_000_000, '65353130'],
    [sha256, 59, '46119246'],
    [sha256, 1_234_567_890, '91819424'],
  ])('is the one that RFC 6238 gives', (kept, seconds, code) => {
    expect(checkTotp(kept, code, at(seconds))).toEqual({ ...kept, lastStep: Math.floor(seconds / 30) })
    expect(
      checkTotp(
        kept,
        code.replace(/.$/, (last) => String((Number(last) + 1) % 10)),
        at(seconds),
      ),
    ).toBeNull()
  })

  it('works one step early and one step late, and not two', () => {
    const step = 1_111_111_110
    const works = (seconds: number) => checkTotp(sha1, '14050471', at(step + seconds)) !== null

    expect([-31, -30, 0, 29, 30, 59, 60].map(works)).toEqual([false, true, true, true, true, true, false])
  })

  it('works once, and none before it works any more', () => {
    const kept = checkTotp(sha1, '14050471', at(1_111_111_111))

    expect(kept?.lastStep).toBe(37_037_037)
    if (kept === null) return
    expect(checkTotp(kept, '14050471', at(1_111_111_111))).toBeNull()
    // The one of the step before, which the drift would let in.
    expect(checkTotp(kept, '07081804', at(1_111_111_111))).toBeNull()
  })

  it.each(['', ' ', '0', '942870820', '9428708a', 'ninety'])('is not %j', (typed) => {
    expect(checkTotp(sha1, typed, at(59))).toBeNull()
  })

  it('may be typed with blanks', () => {
    expect(checkTotp(sha1, ' 9428 7082 ', at(59))).not.toBeNull()
  })

  it('comes from 160 random bits, in the form that every app reads', () => {
    const kept = newSeed((length) => new Uint8Array(length).fill(0xff))

    expect(kept).toEqual({
      seed: '7'.repeat(32),
      algorithm: 'SHA1',
      digits: 6,
      periodSeconds: 30,
      lastStep: null,
    })
    const uri = new URL(keyUriOf(kept, { issuer: 'Café: Nord', account: 'ada@northwind.example' }))
    expect(uri.protocol + uri.host).toBe('otpauth:totp')
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({
      secret: kept.seed,
      issuer: 'Café: Nord',
      digits: '6',
    })
  })
})
