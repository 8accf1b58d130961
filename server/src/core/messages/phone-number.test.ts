import { describe, expect, it } from 'vitest'
import { hasNumberingPlan, maskNumber, readNumber } from './phone-number.ts'

describe('a number that a directory holds', () => {
  it.each([
    ['+4520123456', '+4520123456', 'DK', 'fixed-or-mobile'],
    ['+45 20 12 34 56', '+4520123456', 'DK', 'fixed-or-mobile'],
    ['+49 (171) 123-4567', '+491711234567', 'DE', 'mobile'],
    ['+49 30 123456', '+4930123456', 'DE', 'fixed'],
    ['+1 212 555 2368', '+12125552368', 'US', 'fixed-or-mobile'],
    ['+44 7911 123456', '+447911123456', 'GG', 'mobile'],
    ['+49 900 1 234567', '+499001234567', 'DE', 'other'],
    ['+44 56 1234 5678', '+445612345678', 'GB', 'voip'],
  ])('%s is read once and for all', (stored, e164, country, kind) => {
    expect(readNumber(stored)).toEqual({ e164, country, kind })
  })

  it.each([
    ['one without a country', '20123456'],
    ['one with the way to dial abroad', '0045 20123456'],
    ['one with a trunk zero', '+49 (0) 171 1234567'],
    ['one with an extension', '+45 20123456 ext. 5'],
    ['two', '+4520123456, +4520123457'],
    ['one with a header behind it', '+4520123456\r\nTo: +4520123457'],
    ['an address of the web', 'tel:+4520123456'],
    ['one over two lines', '+4520\n123456'],
    ['one with a mark that nobody sees', '+4520\u200b123456'],
    ['letters', '+1 800 FLOWERS'],
    ['digits of another script', '+٤٥٢٠١٢٣٤٥٦'],
    ['full-width digits', '+４５２０１２３４５６'],
    ['one that no numbering plan has', '+4500000000'],
    ['one too long for any', '+452012345678901234'],
    ['a country that there is not', '+9992012345'],
    ['a megabyte', `+45${'2'.repeat(1_000_000)}`],
    ['nothing', ''],
  ])('is refused when it is %s', (_, stored) => {
    expect(readNumber(stored)).toBeNull()
  })

  it('is shown by its last two digits', () => {
    expect(maskNumber('+45 20 12 34 56')).toBe('•••• 56')
  })

  it('belongs to a country with a plan, which misspelt ones have not', () => {
    expect(['DK', 'UK', 'XX'].map(hasNumberingPlan)).toEqual([true, false, false])
  })
})
