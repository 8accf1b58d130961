import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, foldMail, readIdentifier, sameMail, sameName } from './identifier.ts'

const queries = (typed: string) => readIdentifier(typed)?.queries.map(({ by, value }) => `${by} ${value}`)

describe('what a person typed is read', () => {
  it.each([
    ['ada', ['username ada']],
    ['  ada\t', ['username ada']],
    ['\u00a0Ada Lovelace\u2003', ['username Ada Lovelace']],
    ['ada@example.test', ['mail ada@example.test', 'upn ada@example.test', 'username ada@example.test']],
    ['@', ['mail @', 'upn @', 'username @']],
    ['jose\u0301', ['username josé']],
    ['*)(uid=*', ['username *)(uid=*']],
    ["'; drop table flow; --", ["username '; drop table flow; --"]],
  ])('%j as a name or an address', (typed, expected) => {
    expect(queries(typed)).toEqual(expected)
    expect(readIdentifier(typed)?.domain).toBeNull()
  })

  it.each([
    ['NORTHWIND\\ada', 'northwind', 'ada'],
    ['northwind\\Ada', 'northwind', 'Ada'],
    ['north wind\\ada@corp.example', 'north wind', 'ada@corp.example'],
    ['a\\b\\c', 'a', 'b\\c'],
  ])('%j as a user name in a domain', (typed, domain, value) => {
    expect(readIdentifier(typed)).toEqual({ domain, queries: [{ by: 'username', value }] })
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \t\u3000 '],
    ['a NUL', 'ada\u0000'],
    ['a line break', 'ada\nbob'],
    ['an escape', 'ada\u001b[2J'],
    ['a C1 control', 'ada\u0085bob'],
    ['DEL', 'ada\u007f'],
    ['a lone surrogate', 'ada\ud800'],
    ['257 code points', '\u{1f600}'.repeat(257)],
    ['a domain without a name', 'northwind\\'],
    ['a name without a domain', '\\ada'],
  ])('never when it is %s', (_, typed) => {
    expect(readIdentifier(typed)).toBeNull()
  })

  it('up to 256 code points, however many bytes they have', () => {
    expect(queries('\u{1f600}'.repeat(256))).toEqual([`username ${'\u{1f600}'.repeat(256)}`])
  })

  it('or refused, but never breaks, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        for (const query of readIdentifier(typed)?.queries ?? []) expect(query.value).not.toBe('')
      }),
    )
  })
})

describe('two names are the same', () => {
  it.each([
    ['whatever the case', 'ADA', 'ada'],
    ['whatever the case, outside ASCII', 'ÅSA.ÖBERG', 'åsa.öberg'],
    ['composed or not', 'jose\u0301', 'jos\u00e9'],
    ['in Greek capitals', 'ΣΟΦΙΑ', 'σοφια'],
    ['as Ångström sign and as letter', '\u212b', '\u00e5'],
  ])('%s', (_, one, other) => {
    expect(sameName(one, other)).toBe(true)
  })

  it.each([
    ['dotless i', 'adm\u0131n', 'admin'],
    ['capital I with dot', 'adm\u0130n', 'admin'],
    ['the Kelvin sign', '\u212aate', 'kate'],
    ['the Greek question mark', 'a\u037eb', 'a;b'],
    ['the Greek varia', 'a\u1fefb', 'a`b'],
    ['long s', 'ada\u017f', 'adas'],
    ['sharp s', 'stra\u00dfe', 'strasse'],
    ['a ligature', 'je\ufb00', 'jeff'],
    ['full width', '\uff41\uff44\uff41', 'ada'],
    ['Cyrillic', '\u0430da', 'ada'],
    ['a soft hyphen', 'a\u00adda', 'ada'],
    ['a zero-width joiner', 'a\u200dda', 'ada'],
    ['a right-to-left override', '\u202eada', 'ada'],
    ['another accent', 'jose', 'jos\u00e9'],
    ['mathematical letters', '\u{1d41a}da', 'ada'],
    ['superscript', 'ada\u00b2', 'ada2'],
  ])('never for %s', (_, one, other) => {
    expect(sameName(one, other)).toBe(false)
    expect(sameMail(`${one}@example.test`, `${other}@example.test`)).toBe(false)
  })

  it('for no code point outside ASCII and one inside', () => {
    for (let point = 0x80; point <= 0x10ffff; point += 1) {
      if (point === 0xd800) point = 0xe000
      const folded = fold(String.fromCodePoint(point))
      if (/^[\u0000-\u007f]/.test(folded)) expect.fail(`U+${point.toString(16)} became ${folded}`)
    }
  })

  it('when they are read from what was typed as well: reading folds nothing more than comparing', () => {
    for (const [typed, stored] of [
      ['\u212aate', 'kate'],
      ['a\u037eb', 'a;b'],
    ] as const) {
      expect(sameName(readIdentifier(typed)?.queries[0]?.value ?? '', stored)).toBe(false)
    }
  })

  it('however often they are folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
        expect(foldMail(foldMail(text))).toBe(foldMail(text))
      }),
    )
  })
})

describe('two mail addresses are the same', () => {
  it.each([
    ['whatever the case of either part', 'Ada@EXAMPLE.Test', 'ada@example.test'],
    ['in Unicode and in Punycode', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['in capitals outside ASCII', 'ADA@BÜCHER.example', 'ada@bücher.example'],
    ['with a local part that is quoted', '"a@b"@example.test', '"A@B"@example.test'],
  ])('%s', (_, one, other) => {
    expect(sameMail(one, other)).toBe(true)
  })

  it.each([
    ['another local part', 'ada+1@example.test', 'ada@example.test'],
    ['dots in the local part', 'a.d.a@example.test', 'ada@example.test'],
    ['a path behind the domain', 'ada@example.test/evil', 'ada@example.test'],
    ['a port', 'ada@example.test:443', 'ada@example.test'],
    ['a query', 'ada@example.test?x', 'ada@example.test'],
    ['a fragment', 'ada@bücher.example#x', 'ada@bücher.example'],
    ['a path behind a domain outside ASCII', 'ada@bücher.example/x', 'ada@bücher.example'],
    ['percent signs', 'ada@ex%61mple.test', 'ada@example.test'],
    ['percent signs beside letters outside ASCII', 'ada@b%C3%BCcher.ä.example', 'ada@bücher.ä.example'],
    ['another spelling of a number', 'ada@0x7f.1', 'ada@127.0.0.1'],
    ['a final dot', 'ada@example.test.', 'ada@example.test'],
    ['sharp s in the domain', 'ada@stra\u00dfe.example', 'ada@strasse.example'],
  ])('never for %s', (_, one, other) => {
    expect(sameMail(one, other)).toBe(false)
  })
})
