import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { negotiateLanguage } from './negotiate.ts'
import { languages } from './translate.ts'

const offered = ['de', 'en']
const all = Object.keys(languages)
const none = { chosen: [], acceptLanguage: undefined, offered }

describe('the language of an answer', () => {
  it.each([
    ['the tenant’s first when nobody asks', none, 'de'],
    ['the choice of the person', { ...none, chosen: ['en'], acceptLanguage: 'de' }, 'en'],
    ['the newest of several choices', { ...none, chosen: [undefined, 'en', 'de'] }, 'en'],
    ['not a choice that is not offered', { ...none, chosen: ['xx'], acceptLanguage: 'en' }, 'en'],
    ['the best of the header', { ...none, acceptLanguage: 'fr, de;q=0.3, en;q=0.7' }, 'en'],
    ['that of a region', { ...none, acceptLanguage: 'en-GB' }, 'en'],
    ['never one of quality zero', { ...none, acceptLanguage: 'en;q=0' }, 'de'],
    ['the tenant’s first for anything', { ...none, acceptLanguage: '*' }, 'de'],
    ['one of six, by its language alone', { ...none, acceptLanguage: 'ar-EG,ja;q=0.5', offered: all }, 'ar'],
    [
      'one of six, chosen by quality',
      { ...none, acceptLanguage: 'it,fr;q=0.4,ja-JP;q=0.6', offered: all },
      'ja',
    ],
    ['English when the tenant offers none we speak', { ...none, offered: ['tlh'] }, 'en'],
  ])('is %s', (_what, wishes, language) => {
    expect(negotiateLanguage(wishes)).toBe(language)
  })

  it('is an offered one, whatever the request says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (acceptLanguage, choice) => {
        expect(negotiateLanguage({ chosen: [choice], acceptLanguage, offered: ['de'] })).toBe('de')
      }),
    )
  })

  it('does not grow with the header', () => {
    const acceptLanguage = `${'xx,'.repeat(200_000)}en`

    expect(negotiateLanguage({ ...none, acceptLanguage })).toBe('de')
  })
})
