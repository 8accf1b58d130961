import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grouped, nameCharactersMax, plainName } from './plain.ts'

describe('a name in a sentence', () => {
  it('stays as it is in any living script', () => {
    for (const name of [
      'ada',
      'Łukasz Żółć',
      '山田 太郎',
      'محمد',
      'می‌خواهم',
      'Nguyễn Thị',
      'O’Neill-Smith',
    ]) {
      expect(plainName(name)).toBe(name)
    }
  })

  it.each([
    [
      'a line break, which would forge a line of a mail',
      'ada\r\nAccount: eve',
      'ada\uFFFD\uFFFDAccount: eve',
    ],
    ['an override, which would show the rest backwards', 'ada\u202Efdp.exe', 'ada\uFFFDfdp.exe'],
    ['an isolate', 'a\u2066b\u2069', 'a\uFFFDb\uFFFD'],
    ['NUL', 'a\0b', 'a\uFFFDb'],
    ['half a surrogate pair', 'a\uD800b', 'a\uFFFDb'],
    ['a paragraph separator', 'a\u2029b', 'a\uFFFDb'],
    ['a tower of combining marks', `a${'\u0301'.repeat(40)}b`, 'a\u0301\u0301b'],
  ])('loses %s', (_what, name, shown) => {
    expect(plainName(name)).toBe(shown)
  })

  it('is one well-formed line of at most 64 characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const shown = plainName(name)

        expect(shown.isWellFormed()).toBe(true)
        expect([...shown].length).toBeLessThanOrEqual(nameCharactersMax)
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u)
      }),
    )
  })

  it('is cut between characters and says so', () => {
    expect(plainName('😀'.repeat(100), 5)).toBe('😀😀😀😀…')
  })
})

describe('a code', () => {
  it('stands in groups of four', () => {
    expect(grouped('48217093')).toBe('4821 7093')
    expect(grouped('7k3m9x2pqw5t8hnd')).toBe('7k3m 9x2p qw5t 8hnd')
  })
})
