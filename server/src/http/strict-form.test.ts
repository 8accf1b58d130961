import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictForm } from './strict-form.ts'
import { BodyRefused } from './strict-json.ts'

describe('strict forms', () => {
  it('reads what browsers send, whatever was typed', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(text, text, (name, value) => {
        fc.pre(name !== 'other' && name !== '__proto__')
        const sent = new URLSearchParams([
          [name, value],
          ['other', 'x'],
        ])
        expect(parseStrictForm(sent.toString())).toEqual({ [name]: value, other: 'x' })
      }),
    )
  })

  it.each([
    ['a field twice', 'a=1&a=2'],
    ['a field twice, once encoded', 'a=1&%61=2'],
    ['half a percent sign', 'a=%4'],
    ['bytes that are no UTF-8', 'a=%ff'],
    ['an overlong encoding', 'a=%c0%af'],
    ['half a surrogate pair in UTF-8', 'a=%ed%a0%80'],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictForm(text)).toThrow(BodyRefused)
  })

  it('keeps a byte order mark, blanks and plus signs of a password', () => {
    expect(parseStrictForm('password=%EF%BB%BF+a%2Bb+')).toEqual({ password: '\ufeff a+b ' })
  })

  it('has no prototype to reach', () => {
    const fields = parseStrictForm('__proto__=x&a=1')

    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(fields['a']).toBe('1')
  })
})
