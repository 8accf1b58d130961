import { createInstance } from 'i18next'
import { de } from './catalogue/de.ts'
import { en } from './catalogue/en.ts'
import type { ArgumentsFor, Catalogue, MessageKey } from './catalogue/shape.ts'

/** A language is one catalogue and one line here. `format` is the region whose dates and times are shown. */
export const languages = {
  en: { catalogue: en, format: 'en-GB', direction: 'ltr' },
  de: { catalogue: de, format: 'de-DE', direction: 'ltr' },
} as const satisfies Record<string, { catalogue: Catalogue; format: string; direction: 'ltr' | 'rtl' }>

export type Language = keyof typeof languages

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** The voice in one language. */
export interface Words {
  language: Language
  direction: 'ltr' | 'rtl'
  /** The text, with its values put in as they are: escaping is the renderer's. */
  say<K extends MessageKey>(key: K, ...values: ArgumentsFor<K>): string
  /** "14:32 UTC": time of day and zone. */
  time(at: Date, timeZone: string): string
  /** "20 November 2025 at 14:32 UTC". */
  moment(at: Date, timeZone: string): string
  /** The language's own name for itself: "Deutsch". */
  ownName: string
}

/**
 * Values are data: nothing in them is escaped here (React does), expanded (`skipOnVariables`) or resolved as a
 * key (`keySeparator`, `nsSeparator`), so a user name that looks like a placeholder stays what it is.
 */
const texts = createInstance()
void texts.init({
  initAsync: false,
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false, skipOnVariables: true },
  resources: Object.fromEntries(
    Object.entries(languages).map(([language, { catalogue }]) => [language, { translation: catalogue }]),
  ),
})

const spoken = new Map<Language, Words>()

/** The words of a language; an unknown tag falls back to its base language and then to English. */
export function translate(tag: string): Words {
  const language = [tag, baseOf(tag)].find(isLanguage) ?? 'en'
  const words = spoken.get(language) ?? wordsIn(language)
  spoken.set(language, words)
  return words
}

function wordsIn(language: Language): Words {
  const { format, direction } = languages[language]
  // i18next's own key types stop at what its global augmentation knows; ours are checked by `say`'s signature.
  const fixed = texts.getFixedT(language) as (key: string, values: Record<string, string | number>) => string
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' }
  const show = (at: Date, options: Intl.DateTimeFormatOptions, timeZone: string) =>
    new Intl.DateTimeFormat(format, { ...options, timeZone, timeZoneName: 'short' }).format(at)
  return {
    language,
    direction,
    say: (key, ...[values]) => fixed(key, { ...values }),
    time: (at, timeZone) => show(at, clock, timeZone),
    moment: (at, timeZone) => show(at, { ...day, ...clock }, timeZone),
    ownName: new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language,
  }
}

/** The first subtag of a BCP 47 tag, in lower case: "de" for "de-CH". */
export const baseOf = (tag: string): string => (tag.split('-', 1)[0] ?? tag).toLowerCase()
