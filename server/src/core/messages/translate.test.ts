import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { en } from './catalogue/en.ts'
import { languages, translate } from './translate.ts'

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted()
const pluralBase = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '')
const at = new Date('2025-11-20T14:32:00Z')

describe.each(Object.entries(languages))('the catalogue %s', (tag, { catalogue }) => {
  const texts: Record<string, string> = catalogue

  it('has the placeholders of English in every text', () => {
    for (const [key, english] of Object.entries(en)) {
      expect([key, placeholders(texts[key] ?? '')]).toEqual([key, placeholders(english)])
    }
  })

  it('has every plural that the language needs', () => {
    const bases = Object.keys(en)
      .filter((key) => key.endsWith('_other'))
      .map(pluralBase)
    const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions()

    expect(bases.length).toBeGreaterThan(0)
    for (const base of bases) {
      for (const category of pluralCategories) expect(texts).toHaveProperty([`${base}_${category}`])
    }
  })

  it('shouts at nobody', () => {
    for (const [key, text] of Object.entries(texts)) {
      expect([key, text]).toEqual([
        key,
        expect.not.stringMatching(/!|\b[A-Z]{5,}\b|[Ii]nvalid|error occurred|[Uu]ngültig/),
      ])
    }
  })
})

describe('what is said', () => {
  it('counts', () => {
    expect(translate('en').say('prove.wrong-code', { count: 1 })).toContain('1 try left')
    expect(translate('en').say('prove.wrong-code', { count: 4 })).toContain('4 tries left')
    expect(translate('de').say('prove.wrong-code', { count: 1 })).toContain('1 Versuch.')
  })

  it('tells the time with its zone', () => {
    expect(translate('en').time(at, 'UTC')).toBe('14:32 UTC')
    expect(translate('de').moment(at, 'Europe/Berlin')).toBe('20. November 2025 um 15:32 MEZ')
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
