import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTooSimilar } from './similarity.ts'

describe('a password is too much like the one before', () => {
  it.each([
    ['the same', 'violet tundra kettle', 'violet tundra kettle'],
    ['in case and look-alike characters', 'v10let Tundra k3ttl€', 'Violet tundra kettle'],
    ['with another year behind it', 'Kestrel2026!', 'Kestrel2025!'],
    ['counted on', 'violet tundra 9', 'violet tundra 10'],
    ['with something put around it', '!!Kestrel 123456', 'kestrel'],
    ['backwards', 'elttek ardnut teloiv', 'violet tundra kettle'],
    ['with a word more', 'violet tundra kettle mill', 'violet tundra kettle'],
    ['with a word less', 'violet tundra kettle', 'violet tundra kettle mill'],
    ['with a few letters changed', 'violet tandra cettle', 'violet tundra kettle'],
    ['accents apart', 'cafe\u0301 tundra kettle', 'cafe tundra kettle'],
  ])('%s', (_, password, before) => {
    expect(isTooSimilar(password, before)).toBe(true)
    expect(isTooSimilar(before, password)).toBe(true)
  })

  it.each([
    ['other words', 'seven otters borrow umbrellas', 'violet tundra kettle'],
    ['one word of four kept', 'violet otters borrow umbrellas', 'violet tundra kettle mill'],
    ['a short one inside a long one', 'kestrels over the mill pond', 'kestrel'],
    ['digits alone, all of them others', '4829017365920184', '7716253849905312'],
    ['a beginning in common', 'ab12', 'abcdefghijklmnop'],
  ])('but not with %s', (_, password, before) => {
    expect(isTooSimilar(password, before)).toBe(false)
    expect(isTooSimilar(before, password)).toBe(false)
  })

  it('by whatever one or two edits do to fifteen characters or more', () => {
    const password = fc.string({ unit: 'grapheme-ascii', minLength: 15, maxLength: 256 })
    fc.assert(
      fc.property(password, fc.nat(), fc.constantFrom('', 'x', '#'), (before, place, put) => {
        const characters = [...before]
        const at = place % characters.length
        const changed = [...characters.slice(0, at), put, ...characters.slice(at + 1)].join('')

        expect(isTooSimilar(changed, before)).toBe(true)
        expect(isTooSimilar(before, before)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('is told of texts of any size', () => {
    expect(isTooSimilar('\ufdfa'.repeat(256), 'x'.repeat(256))).toBe(false)
    expect(isTooSimilar('', 'violet tundra kettle')).toBe(false)
  })
})
