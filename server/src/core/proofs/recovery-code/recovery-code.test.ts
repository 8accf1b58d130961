import { describe, expect, it } from 'vitest'
import {
  codesLeft,
  type KeptSheet,
  newCodes,
  readRecoveryCode,
  shownCode,
  spendCode,
} from './recovery-code.ts'

const seeded = () => {
  let next = 0
  return (length: number) => Uint8Array.from({ length }, () => (next += 37) % 256)
}
const now = new Date('2026-03-02T09:00:00Z')
const sheet: KeptSheet = {
  keyId: 'k1',
  salt: 'salt',
  codes: ['one', 'two', 'three'].map((digest) => ({ digest, spentAt: null })),
}

describe('a sheet of codes', () => {
  it('has ten of 80 bits, no two alike, in groups that can be read out', () => {
    const codes = newCodes(seeded())

    expect(codes).toHaveLength(10)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) {
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/)
      expect(shownCode(code)).toMatch(/^(\w{4}-){3}\w{4}$/)
      expect(readRecoveryCode(shownCode(code))).toBe(code)
    }
  })

  it.each([
    ['7K3M-9X2P-QW5T-8HND', '7k3m9x2pqw5t8hnd'],
    [' 7k3m 9x2p qw5t 8hnd ', '7k3m9x2pqw5t8hnd'],
    // What eyes take for one another.
    ['oO0i-Il1L-qw5t-8hnd', '00011111qw5t8hnd'],
    ['7k3m–9x2p—qw5t‑8hnd', '7k3m9x2pqw5t8hnd'],
  ])('is read from %j', (typed, code) => expect(readRecoveryCode(typed)).toBe(code))

  it.each(['', '7k3m-9x2p-qw5t', '7k3m-9x2p-qw5t-8hnd-1', 'uuuu-uuuu-uuuu-uuuu', '12345678'])(
    'is not read from %j',
    (typed) => expect(readRecoveryCode(typed)).toBeNull(),
  )

  it('gives each code once', () => {
    const after = spendCode(sheet, 'two', now)

    expect(after?.codes).toEqual([
      { digest: 'one', spentAt: null },
      { digest: 'two', spentAt: now },
      { digest: 'three', spentAt: null },
    ])
    expect(after && codesLeft(after)).toBe(2)
    expect(after && spendCode(after, 'two', now)).toBeNull()
    expect(spendCode(sheet, 'four', now)).toBeNull()
    expect(spendCode(sheet, '', now)).toBeNull()
  })
})
