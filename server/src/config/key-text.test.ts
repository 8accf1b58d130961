import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyBytes, weakness } from './key-text.ts'

describe('the text of a key', () => {
  it('is hex, base64 or base64url, with or without padding', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 64 })
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom('hex' as const, 'base64' as const, 'base64url' as const),
        (key, form) => {
          const text = Buffer.from(key).toString(form)
          fc.pre(form === 'hex' || !/^([0-9a-f]{2})+$/i.test(text))
          expect(keyBytes(text)).toEqual(Buffer.from(key))
          expect(keyBytes(text.replace(/=+$/, ''))).toEqual(Buffer.from(key))
        },
      ),
    )
  })

  it.each(['', 'correct horse battery staple', 'ab=c', 'äöü', 'A'])('is not %j', (text) => {
    expect(keyBytes(text)).toBeNull()
  })
})

describe('a key that nobody drew at random', () => {
  it.each([
    ['16 bytes', randomBytes(16)],
    ['zeroes', Buffer.alloc(32)],
    ['two bytes repeated', Buffer.from('ab'.repeat(32), 'hex')],
    ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
    ['a phrase', Buffer.from('a phrase that somebody typed, then encoded')],
  ])('is refused: %s', (_, bytes) => {
    expect(weakness(bytes)).not.toBeNull()
  })

  it('is not mistaken for a random one, nor the other way round', () => {
    for (let i = 0; i < 10_000; i++) expect(weakness(randomBytes(32))).toBeNull()
  })
})
