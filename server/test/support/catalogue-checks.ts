import { en } from '../../src/core/messages/catalogue/en.ts'

/** Texts by key, of one language. */
export type Texts = Readonly<Record<string, string>>

/** What is wrong with one text: `key: what`. */
export type Complaint = string

const english: Texts = en
const pluralSuffix = /_(zero|one|two|few|many|other)$/
const placeholder = /\{\{(\w+)\}\}/g

export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(placeholder)].map(([, name = '']) => name).toSorted()

/** A plural form stands beside English's `_other`; everything else beside its own key. */
const englishFor = (key: string): string => english[key] ?? english[key.replace(pluralSuffix, '_other')] ?? ''

const complaintsOf = (texts: Texts, find: (key: string, text: string) => string | null): Complaint[] =>
  Object.entries(texts).flatMap(([key, text]) => {
    const what = find(key, text)
    return what === null ? [] : [`${key}: ${what}`]
  })

/** Words of a text without its values, in lower case. Names that are the same everywhere are no words. */
const wordsOf = (text: string): string[] =>
  text
    .replace(placeholder, ' ')
    .replace(sameEverywhere, ' ')
    .toLowerCase()
    .match(/\p{L}[\p{L}\p{M}’'-]*/gu) ?? []

/** Names that are the same in every language that writes them in Latin letters. */
const sameEverywhere = /JavaScript|Passkeys?/g

/** As many words in a row are no accident: "in the mail" stands in no other language of ours. */
const wordsInARow = 3

/**
 * Texts that are still English: equal to it, three of its words in a row, or, in a script of its own, any Latin
 * letters at all. A text without words (`{{city}}, {{country}}`) can't be told.
 */
export function untranslated(texts: Texts, script: RegExp): Complaint[] {
  const ownScript = !script.test('a')
  return complaintsOf(texts, (key, text) => {
    const source = englishFor(key)
    const words = wordsOf(source)
    if (words.length === 0) return null
    if (text === source) return 'is the English text'
    const left = text.replace(placeholder, '').replace(sameEverywhere, '')
    if (ownScript && /\p{Script=Latin}/u.test(left)) return `has Latin letters: ${text}`
    if (!script.test(left)) return `has no letter of its own script: ${text}`
    const said = ` ${wordsOf(text).join(' ')} `
    const run = words
      .slice(0, words.length - wordsInARow + 1)
      .map((_, at) => words.slice(at, at + wordsInARow).join(' '))
      .find((some) => said.includes(` ${some} `))
    return run === undefined ? null : `says "${run}" in English`
  })
}

/** Values are the same as in English; a plural form for 0, 1 or 2 may say its number in words. */
export const wrongValues = (texts: Texts): Complaint[] =>
  complaintsOf(texts, (key, text) => {
    const wanted = placeholdersOf(englishFor(key)).join(' ')
    const has = placeholdersOf(text).join(' ')
    const spelledOut = /_(zero|one|two)$/.test(key) && has === wanted.replace(/\bcount ?/, '').trim()
    return has === wanted || spelledOut ? null : `has the values "${has}", English has "${wanted}"`
  })

/** Each plural has exactly the categories that the language has. */
export function wrongPlurals(texts: Texts, language: string): Complaint[] {
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted().join(' ')
  const bases = Object.keys(english).flatMap((key) => /^(.*)_other$/.exec(key)?.[1] ?? [])
  return bases.flatMap((base) => {
    const has = Object.keys(texts)
      .filter((key) => pluralSuffix.test(key) && key.replace(pluralSuffix, '') === base)
      .map((key) => key.slice(base.length + 1))
      .toSorted()
      .join(' ')
    return has === needed ? [] : [`${base}: has the plurals "${has}", the language has "${needed}"`]
  })
}

const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/

/** Columns a text takes: wide East Asian characters two (Unicode annex 11), marks and invisible ones none. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => {
    if (/[\p{M}\p{Cf}]/u.test(character)) return sum
    return sum + (wide.test(character) ? 2 : 1)
  }, 0)
}

/** Columns that a text may take where room is short: by key, the first that fits. */
const budgets: readonly { what: string; keys: RegExp; columns: number }[] = [
  { what: 'a subject', keys: /^mail\..*\.subject$/, columns: 60 },
  { what: 'a button beside a field', keys: /^password\.(show|hide)$/, columns: 10 },
  {
    what: 'a button',
    keys: /\.(button|confirm|submit|resend|look-now|back|continue|start-again|sign-in|other-name)$/,
    columns: 36,
  },
  { what: 'a title', keys: /\.title$|-title$/, columns: 46 },
  { what: 'a label in a mail', keys: /^mail\.(when|account|device|place)$/, columns: 12 },
  {
    what: 'a label of a field',
    keys: /^(start\.identifier|password\.(field|again)|prove\.code)$/,
    columns: 34,
  },
  { what: 'a hint while typing', keys: /^password\.meter-/, columns: 26 },
  { what: 'a step', keys: /^page\.step-(who|prove|password)$/, columns: 24 },
]

const sampleValues: Readonly<Record<string, string>> = {
  tenant: 'Northwind',
  service: 'Northwind Mail',
  time: '14:32 UTC',
  moment: '20 November 2025, 14:32 UTC',
  identifier: 'a•••@n•••••••d.example',
  count: '14',
}

/** A sentence grows in translation, but not without end; short ones may grow more. */
const sentenceColumns = (source: string) => Math.ceil(columnsOf(source) * 1.55) + 16

export const overlong = (texts: Texts): Complaint[] =>
  complaintsOf(texts, (key, text) => {
    const filled = (some: string) =>
      some.replace(placeholder, (_, name: string) => sampleValues[name] ?? 'x'.repeat(12))
    const budget = budgets.find(({ keys }) => keys.test(key))
    const columns = columnsOf(filled(text))
    const most = budget?.columns ?? sentenceColumns(filled(englishFor(key)))
    return columns <= most ? null : `takes ${columns} columns, ${budget?.what ?? 'this sentence'} has ${most}`
  })

/** What nobody writes in any of our languages, and why not. */
const everywhere: readonly [RegExp, string][] = [
  [/['"]/, 'has typewriter quotes'],
  [/\.\.\./, 'has three dots instead of one sign'],
  [/^\s|\s$|\s\s/, 'has blanks too many'],
  [/[!！]/, 'raises its voice'],
  [/(?<!\p{Lu})\p{Lu}{5,}/u, 'shouts'],
  [/\b[Ii]nvalid|error occurred|[Uu]ngültig|[Ii]nvalide\b|[Ii]nválid|無効な|エラーが発生/, 'blames'],
]

const ofLanguage: Readonly<Record<string, readonly [RegExp, string][]>> = {
  fr: [
    [/(?<![\u202F])[;:?»](?!\/\/)/, 'needs a narrow no-break space before ; : ? »'],
    [/«(?!\u202F)/, 'needs a narrow no-break space after «'],
    [/[“”„]/, 'needs « »'],
    [/(?<!\p{L})(tu|ton|tes|ta|toi)(?!\p{L})/iu, 'says tu'],
  ],
  de: [
    [/”|(?<!„[^“]*)“/, 'needs „ “'],
    [/(?<!\p{L})(du|dein|deine|deinem|deinen|dich|dir)(?!\p{L})/iu, 'says du'],
  ],
  es: [
    [/(?<!¿[^?]*)\?/, 'needs ¿ before a question'],
    [/[“”„]/, 'needs « »'],
    [/(?<!\p{L})(tú|tu|tus|te|ti)(?!\p{L})/iu, 'says tú'],
  ],
  ja: [
    [/[,;:?()]|\.(?!\d)/, 'has Western marks'],
    [/\p{Script=Hiragana} |[\p{Script=Han}\p{Script=Katakana}] /u, 'has blanks between words'],
  ],
  ar: [
    [/[,;?]/, 'has Western marks'],
    [/[“”„]/, 'needs « »'],
    [/[٠-٩۰-۹]/, 'has other digits than the codes'],
    [/ [،؛؟:.]/, 'has a blank before a mark'],
  ],
}

/** Punctuation and tone, as a native reader expects them. */
export const badTypography = (texts: Texts, language: string): Complaint[] =>
  complaintsOf(texts, (_, text) => {
    const bare = text.replace(placeholder, 'x')
    const found = [...everywhere, ...(ofLanguage[language] ?? [])].find(([sign]) => sign.test(bare))
    return found === undefined ? null : `${found[1]}: ${text}`
  })
