import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPlainMailbox } from './delivery-address.ts'

describe('a plain mailbox', () => {
  it('may use all the space that the standard gives it, and no more', () => {
    const domain = `${'d'.repeat(63)}.${'e'.repeat(63)}.test`

    expect(isPlainMailbox(`${'a'.repeat(64)}@${domain}`)).toBe(true)
    expect(isPlainMailbox(`${'a'.repeat(65)}@${domain}`)).toBe(false)
    expect(isPlainMailbox(`a@${'d'.repeat(64)}.test`)).toBe(false)
    expect(isPlainMailbox(`${'é'.repeat(32)}@${domain}`)).toBe(true)
    expect(isPlainMailbox(`${'é'.repeat(33)}@${domain}`)).toBe(false)
    expect(isPlainMailbox(`a@${'d.'.repeat(130)}test`)).toBe(false)
  })

  it('never contains what any parser between us and the mailbox could stumble over', () => {
    const part = fc.string({
      unit: fc.constantFrom(...'ab.@-_+<>()[]:;,"\\ \t\r\n\u0000é漢％＠．\u200b\u202e'),
    })
    fc.assert(
      fc.property(part, part, (local, domain) => {
        const address = `${local}@${domain}`
        if (!isPlainMailbox(address)) return

        expect(address).toMatch(/^[^\s<>()[\]:;,"\\@\p{C}]+@[^\s<>()[\]:;,"\\@\p{C}]+$/u)
        expect(address.normalize('NFKC').split('@')).toHaveLength(2)
      }),
      { numRuns: 20_000 },
    )
  })

  it('accepts every ordinary address', () => {
    fc.assert(
      fc.property(fc.emailAddress({ size: 'small' }), (address) => {
        fc.pre(!address.startsWith('-'))

        expect(isPlainMailbox(address)).toBe(true)
      }),
    )
  })
})
