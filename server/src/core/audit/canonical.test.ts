import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json } from './canonical.ts'

describe('canonical JSON', () => {
  it('writes the example of RFC 8785 section 3.2.2 as section 3.2.3 sorts it', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\u0022/",
      literals: [null, true, false],
    }

    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts by UTF-16 code units, as the RFC’s second example asks', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
    const value = Object.fromEntries(names.map((name) => [name, 0]))

    expect(Object.keys(JSON.parse(canonicalJson(value)) as object).filter((name) => name !== '1')).toEqual([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\u{1f600}',
      '\ufb33',
    ])
    expect(canonicalJson(value).startsWith('{"\\r":0,"1":0')).toBe(true)
  })

  it('says the same for the same value in whatever order it was built', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
        (value) => {
          const backwards = Object.fromEntries(Object.entries(value).reverse()) as Json

          expect(canonicalJson(backwards)).toBe(canonicalJson(value as Json))
          expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
        },
      ),
    )
  })

  it('refuses what has no JSON or UTF-8 form', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'a\ud800', { '\udc00': 1 }]) {
      expect(() => canonicalJson(value)).toThrow(RangeError)
    }
  })
})
