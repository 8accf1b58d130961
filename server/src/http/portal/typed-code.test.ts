import { expect, it } from 'vitest'
import { typedCode } from './typed-code.ts'

it.each([
  ['48217093', 'as it is'],
  ['4821 7093', 'in groups'],
  ['4821-7093', 'with a dash'],
  ['4821\u20117093', 'with a dash that keeps lines together'],
  ['\u20664821 7093\u2069', 'with the marks of a mail in Arabic'],
  ['４８２１　７０９３', 'in full-width digits'],
  ['٤٨٢١ ٧٠٩٣', 'in Arabic digits'],
  ['۴۸۲۱ ۷۰۹۳', 'in Persian digits'],
])('%s is the code, %s', (typed) => {
  expect(typedCode(typed)).toBe('48217093')
})

it('letters and other signs stay, so that what is no code is told apart from a wrong one', () => {
  expect(typedCode('7K3m 9x2p')).toBe('7K3m9x2p')
  expect(typedCode('4821/7093')).toBe('4821/7093')
})
