import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyRefused, parseStrictJson } from './strict-json.ts'

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(
          !text.includes('\\u0000') &&
            !text.includes('__proto__') &&
            text.isWellFormed() &&
            !/\\ud[89a-f]/i.test(text),
        )
        expect(parseStrictJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['the same key twice', '{"a":1,"a":2}'],
    ['the same key twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['the same key twice further inside', '{"x":[{"b":{"c":1,"c":1}}]}'],
    ['the same key behind a nested object', '{"a":{"b":1},"a":2}'],
    ['a key that reaches the prototype', '{"__proto__":{}}'],
    ['NUL in a text', '{"a":"\\u0000"}'],
    ['NUL in a key', '{"\\u0000":1}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['half a surrogate pair in a list', '["\\udc00"]'],
    ['no JSON', '{a:1}'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['nesting deeper than any request', `${'['.repeat(40)}${']'.repeat(40)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(text)).toThrow(BodyRefused)
  })

  it('allows the same key in two objects, and text that looks like a key', () => {
    const text = '{"a":{"k":1},"b":{"k":2},"c":"\\"k\\":1, \\"k\\":2","d":["k","k"]}'

    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })

  it('points at what it refuses', () => {
    const refused = () => parseStrictJson('{"a":{"b/c":["x","\\u0000"]}}')

    expect(refused).toThrow(expect.objectContaining({ pointer: '/a/b~1c/1' }))
  })
})
