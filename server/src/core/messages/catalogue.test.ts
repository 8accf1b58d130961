import { describe, expect, it } from 'vitest'
import {
  badTypography,
  columnsOf,
  overlong,
  type Texts,
  untranslated,
  wrongPlurals,
  wrongValues,
} from '../../../test/support/catalogue-checks.ts'
import { de } from './catalogue/de.ts'
import { en } from './catalogue/en.ts'
import { fr } from './catalogue/fr.ts'
import { type Language, languages, translate } from './translate.ts'

const scripts: Record<Exclude<Language, 'en'>, RegExp> = {
  de: /\p{Script=Latin}/u,
  fr: /\p{Script=Latin}/u,
  es: /\p{Script=Latin}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
  ar: /\p{Script=Arabic}/u,
}

describe.each(Object.entries(languages))('the catalogue %s', (language, { catalogue }) => {
  const texts: Texts = catalogue

  it('has the values of English in every text', () => {
    expect(wrongValues(texts)).toEqual([])
  })

  it('has the plurals that the language has, and each of them is said for some number', () => {
    expect(wrongPlurals(texts, language)).toEqual([])

    const { say } = translate(language)
    const counts = [...Array(121).keys(), 1_000_000]
    for (const base of ['prove.wrong-code', 'problem.wait-seconds', 'problem.wait-minutes'] as const) {
      const said = new Set(counts.map((count) => say(base, { count }).replace(String(count), '{{count}}')))
      const written = Object.entries(texts).filter(([key]) => key.startsWith(`${base}_`))

      expect(written.filter(([, text]) => !said.has(text))).toEqual([])
    }
  })

  it('fits the room that buttons, titles, labels and subjects have', () => {
    expect(overlong(texts)).toEqual([])
  })

  it('is written as its readers write, and shouts at nobody', () => {
    expect(badTypography(texts, language)).toEqual([])
  })
})

const eitherWay: Record<Language, RegExp> = {
  en: /; we will mail you (again )?either way\.$/,
  de: /; wir schreiben Ihnen in jedem Fall( noch einmal)?\.$/,
  fr: /\u202f; nous vous écrirons (de nouveau )?dans tous les cas\.$/,
  es: /; le escribiremos (de nuevo )?en cualquier caso\.$/,
  ja: /どちらの場合も(改めて)?メールでお知らせします。$/,
  ar: /؛ وسنراسلك (بالبريد|مرة أخرى) في الحالتين\.$/,
}

it.each(Object.entries(eitherWay))(
  'the catalogue %s promises a password that waits only together with the mail that tells what became of it',
  (language, words) => {
    const { catalogue } = languages[language as Language]
    const promises = [catalogue['accepted.lead'], catalogue['mail.password-accepted.until']]

    expect(promises.filter((text) => !words.test(text) || !text.includes('{{moment}}'))).toEqual([])
  },
)

it.each(Object.entries(scripts))('nothing in the catalogue %s is still English', (language, script) => {
  expect(untranslated(languages[language as Language].catalogue, script)).toEqual([])
})

describe('the check of catalogues finds', () => {
  const latin = scripts.fr
  const planted = (texts: Texts) => ({ ...fr, ...texts })

  it('a text that was never translated', () => {
    const texts = planted({ 'done.title': en['done.title'] })

    expect(untranslated(texts, latin)).toEqual(['done.title: is the English text'])
  })

  it('a text that was translated in part', () => {
    const texts = planted({ 'done.close': 'Connectez-vous. You can close this window.' })

    expect(untranslated(texts, latin)).toEqual(['done.close: says "you can close" in English'])
  })

  it('Latin words in a text of another script, and a text in the wrong script', () => {
    const { ja, ar } = languages

    expect(untranslated({ ...ar.catalogue, 'done.title': 'لقد عدت back' }, scripts.ar)).toHaveLength(1)
    expect(
      untranslated({ ...ja.catalogue, 'done.title': ar.catalogue['done.title'] }, scripts.ja),
    ).toHaveLength(1)
  })

  it.each([
    ['page.continue', 'Passez maintenant à la page suivante'.padEnd(37, '…')],
    ['mail.password-changed.subject', 'x'.repeat(61)],
    ['prove.resend', '再'.repeat(19)],
    ['prove.no-mail', 'mot '.repeat(40)],
  ])('an overlong text: %s', (key, text) => {
    expect(overlong(planted({ [key]: text }))).toEqual([expect.stringContaining(`${key}: takes`)])
  })

  it('a value that is missing or was renamed', () => {
    expect(wrongValues(planted({ 'page.brand': 'Compte {{tenants}}' }))).toHaveLength(1)
    expect(wrongValues(planted({ 'prove.wrong-code_other': 'Il vous en reste.' }))).toHaveLength(1)
    expect(wrongValues(planted({ 'prove.wrong-code_one': 'Il vous en reste un.' }))).toEqual([])
  })

  it('a plural form that is missing, and one that the language does not have', () => {
    const { 'prove.wrong-code_many': _, ...without } = fr

    expect(wrongPlurals(without, 'fr')).toHaveLength(1)
    expect(wrongPlurals(planted({ 'prove.wrong-code_few': '' }), 'fr')).toHaveLength(1)
  })

  it.each([
    ['fr', 'Rien ?'],
    ['fr', 'Rien: rien'],
    ['fr', '« Rien »'],
    ['fr', 'Ouvre ton e-mail'],
    ['de', 'Öffne dein Postfach'],
    ['es', 'Nada?'],
    ['es', 'Mira tu correo'],
    ['ja', 'これは, だめです。'],
    ['ja', 'これは だめです。'],
    ['ar', 'ماذا?'],
    ['ar', 'رمز من ٨ أرقام'],
    ['en', 'Something’s wrong!'],
    ['en', "can't"],
  ])('what a reader of %s would stumble over: %s', (language, text) => {
    expect(badTypography({ 'page.demo': text }, language)).toHaveLength(1)
  })

  it('nothing in German, which is longer than English everywhere', () => {
    expect([...overlong(de), ...badTypography(de, 'de')]).toEqual([])
  })

  it('how wide a text is', () => {
    expect([columnsOf('Code'), columnsOf('コード'), columnsOf('رَمز'), columnsOf('\u2068a\u2069')]).toEqual([
      4, 6, 3, 1,
    ])
  })
})
