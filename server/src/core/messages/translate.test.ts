import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Language, languages, translate } from './translate.ts'

const at = new Date('2025-11-20T14:32:00Z')

describe('what is said', () => {
  it('counts', () => {
    expect(translate('en').say('prove.wrong-code', { count: 1 })).toContain('1 try left')
    expect(translate('en').say('prove.wrong-code', { count: 4 })).toContain('4 tries left')
    expect(translate('de').say('prove.wrong-code', { count: 1 })).toContain('1 Versuch.')
    expect(translate('ja').say('prove.wrong-code', { count: 1 })).toContain('あと1回')
    const arabic = [1, 2, 3, 11].map((count) => translate('ar').say('problem.wait-minutes', { count }))
    expect(arabic.map((said) => said.replace('أعد المحاولة بعد ', ''))).toEqual([
      'دقيقة واحدة.',
      'دقيقتين.',
      '3 دقائق.',
      '11 دقيقة.',
    ])
  })

  it('tells the time with its zone', () => {
    expect(translate('en').time(at, 'UTC')).toBe('14:32 UTC')
    expect(translate('de').moment(at, 'Europe/Berlin')).toBe('20. November 2025 um 15:32 MEZ')
    expect(translate('ja').moment(at, 'Asia/Tokyo')).toBe('2025年11月20日 23:32 JST')
    expect(translate('ar').moment(at, 'UTC')).toBe('20 نوفمبر 2025 في 14:32 UTC')
  })

  it('names places as far as the language can', () => {
    const place = { country: 'DK', city: { en: 'Copenhagen', de: 'Kopenhagen', ja: 'コペンハーゲン' } }

    expect(translate('en').place(place)).toBe('Copenhagen, Denmark')
    expect(translate('de').place(place)).toBe('Kopenhagen, Dänemark')
    expect(translate('fr').place(place)).toBe('Copenhagen, Danemark')
    expect(translate('ja').place(place)).toBe('デンマーク、コペンハーゲン')
    expect(translate('ar').place(place)).toBe('\u2068Copenhagen\u2069، \u2068الدانمرك\u2069')
    expect(translate('es').place({ ...place, city: null })).toBe('Dinamarca')
    expect(translate('es').place({ country: null, city: { en: 'a\nb' } })).toBe('a\uFFFDb')
    expect(translate('es').place({ country: null, city: null })).toBeNull()
  })

  it('keeps every value in its own direction, between words that are read from right to left', () => {
    const { say } = translate('ar')

    expect(say('page.brand', { tenant: 'Northwind (UK)' })).toBe('حساب \u2068Northwind (UK)\u2069')
    expect(say('rule.length', { min: 15, max: 256 })).not.toMatch(/[\u2066-\u2069]/)
    // A mail program would take a mark behind an address for a part of it.
    expect(say('mail.disavow.code', { page: 'https://a.example/disavow' })).toContain(
      ' https://a.example/disavow ',
    )
    for (const language of Object.keys(languages) as Language[]) {
      const said = translate(language).say('page.brand', { tenant: 'A' })
      expect(said.includes('\u2068A\u2069')).toBe(languages[language].direction === 'rtl')
    }
  })

  it('falls back from a region to its language, and from the unknown to English', () => {
    expect(translate('de-CH').language).toBe('de')
    expect(translate('xx').language).toBe('en')
    expect(translate('__proto__').language).toBe('en')
  })

  it('puts values in as they are, even those that look like instructions', () => {
    const tricky = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{{tenant}}', '$t(page.brand)', '$&', '$1', '<b>', '{{-tenant}}', '__proto__'),
    )
    fc.assert(
      fc.property(tricky, (tenant) => {
        expect(translate('en').say('page.brand', { tenant })).toBe(`${tenant} account`)
      }),
    )
  })
})
