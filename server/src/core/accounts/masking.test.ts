import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskAddress, maskName } from './masking.ts'

describe('an address is shown', () => {
  it.each([
    ['ada@northwind.example', 'a•••@n•••.example'],
    ['a@n.example', 'a•••@n•••.example'],
    ['ada@mail.northwind.example', 'a•••@m•••.example'],
    ['ada@localhost', 'a•••@l•••'],
    ['"a@b"@northwind.example', '"•••@n•••.example'],
    ['ada', 'a•••'],
    ['', ''],
    ['\u{1f600}da@northwind.example', '\u{1f600}•••@n•••.example'],
  ])('%s as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })

  it('without a hint at how long its parts are', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), (one, other) => {
        expect(maskName(`a${'b'.repeat(one)}`)).toBe(maskName(`a${'c'.repeat(other)}`))
      }),
    )
  })
})
