import { describe, expect, it } from 'vitest'
import { typedAnswer } from './typed-answer.ts'

describe('a typed answer', () => {
  it.each([
    ['email_code', ' 1234-5678 ', '12345678'],
    ['email_code', '١٢٣٤ ٥٦٧٨', '12345678'],
    ['totp', '123 456', '123456'],
    ['totp', '۱۲۳۴۵۶', '123456'],
    ['totp', '12345678', '12345678'],
    ['recovery_code', '7K3M–9X2P QW5T-8hnd', '7k3m9x2pqw5t8hnd'],
    ['recovery_code', '\u20667k3m-9x2p-qw5t-8hnd\u2069', '7k3m9x2pqw5t8hnd'],
  ] as const)('of %s is read from %j', (method, typed, read) => {
    expect(typedAnswer[method](typed)).toBe(read)
  })

  it.each([
    ['email_code', '1234567'],
    ['totp', '12345'],
    ['totp', '123456789'],
    ['totp', 'abcdef'],
    ['recovery_code', '123456'],
    ['recovery_code', ''],
  ] as const)('of %s is not read from %j', (method, typed) => {
    expect(typedAnswer[method](typed)).toBeNull()
  })
})
