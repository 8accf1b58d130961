import { describe, expect, it } from 'vitest'
import { constantTimeEqual, derive, mac, makeKeyRing } from './keys.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const key = (fill: number) => new Uint8Array(32).fill(fill)

describe('keys', () => {
  it('are derived as RFC 5869 says (appendix A.3: no salt, no info)', () => {
    const derived = derive(new Uint8Array(22).fill(0x0b), '', 42)

    expect(hex(derived)).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    )
  })

  it('differ for every purpose', () => {
    expect(hex(derive(key(1), 'link'))).not.toBe(hex(derive(key(1), 'code')))
  })

  it('make a code over parts that depends on where one part ends', () => {
    const codes = [mac(key(1), 'ab', 'c'), mac(key(1), 'a', 'bc'), mac(key(1), 'abc'), mac(key(1), 'abc', '')]

    expect(new Set(codes.map(hex)).size).toBe(4)
  })

  it('read text and its UTF-8 bytes as the same part', () => {
    expect(hex(mac(key(1), 'Jürgen'))).toBe(hex(mac(key(1), new TextEncoder().encode('Jürgen'))))
  })

  it('compare by content, whatever the lengths', () => {
    expect(constantTimeEqual(key(1), key(1))).toBe(true)
    expect(constantTimeEqual(key(1), key(2))).toBe(false)
    expect(constantTimeEqual(key(1), key(1).slice(1))).toBe(false)
  })

  it('stay readable after a rotation', () => {
    const ring = makeKeyRing({ id: 'new', bytes: key(2) }, [{ id: 'old', bytes: key(1) }])

    expect([...ring.all.keys()]).toEqual(['new', 'old'])
  })

  it('are refused when short or named alike', () => {
    expect(() => makeKeyRing({ id: 'a', bytes: new Uint8Array(31) })).toThrow('shorter than 32 bytes')
    expect(() => makeKeyRing({ id: 'a', bytes: key(1) }, [{ id: 'a', bytes: key(2) }])).toThrow('named a')
  })
})
