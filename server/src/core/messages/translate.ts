import { createInstance } from 'i18next'
import { ar } from './catalogue/ar.ts'
import { de } from './catalogue/de.ts'
import { en } from './catalogue/en.ts'
import { es } from './catalogue/es.ts'
import { fr } from './catalogue/fr.ts'
import { ja } from './catalogue/ja.ts'
import type { ArgumentsFor, Catalogue, MessageKey } from './catalogue/shape.ts'
import { plainName } from './plain.ts'
import type { Place } from './ports.ts'

/** A language is one catalogue and one line here. `format` is the region whose dates and times are shown. */
export const languages = {
  en: { catalogue: en, format: 'en-GB', direction: 'ltr' },
  de: { catalogue: de, format: 'de-DE', direction: 'ltr' },
  fr: { catalogue: fr, format: 'fr-FR', direction: 'ltr' },
  es: { catalogue: es, format: 'es-ES', direction: 'ltr' },
  ja: { catalogue: ja, format: 'ja-JP', direction: 'ltr' },
  // European digits, like those of the codes, which people compare and type.
  ar: { catalogue: ar, format: 'ar-u-nu-latn', direction: 'rtl' },
} as const satisfies Record<string, { catalogue: Catalogue; format: string; direction: 'ltr' | 'rtl' }>

export type Language = keyof typeof languages

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** The voice in one language. */
export interface Words {
  language: Language
  direction: 'ltr' | 'rtl'
  /**
   * The text, with its values put in as they are: escaping is the renderer's. Between texts that are read from right
   * to left each value is isolated, so that it can move nothing around it.
   */
  say<K extends MessageKey>(key: K, ...values: ArgumentsFor<K>): string
  /** "14:32 UTC": time of day and zone. */
  time(at: Date, timeZone: string): string
  /** "20 November 2025 at 14:32 UTC". */
  moment(at: Date, timeZone: string): string
  /** "digits, capitals and blanks". */
  list(items: readonly string[]): string
  /** "Copenhagen, Denmark", as far as the language has names for them; null when neither is known. */
  place(place: Place): string | null
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
  const say: Words['say'] = (key, ...[values]) =>
    fixed(key, direction === 'rtl' ? isolateValues({ ...values }) : { ...values })
  return {
    language,
    direction,
    say,
    time: (at, timeZone) => show(at, clock, timeZone),
    moment: (at, timeZone) => show(at, { ...day, ...clock }, timeZone),
    list: (items) => new Intl.ListFormat(language).format(items),
    place: (place) => namePlace(say, language, place),
    ownName: new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language,
  }
}

/** The first subtag of a BCP 47 tag, in lower case: "de" for "de-CH". */
export const baseOf = (tag: string): string => (tag.split('-', 1)[0] ?? tag).toLowerCase()

/**
 * First-strong isolates (Unicode annex 9 section 2.4.2). An address of the web stays bare: it begins and ends with
 * letters, and a mail program would take the mark behind it for a part of it.
 */
export const isolate = (value: string): string =>
  /^https?:\/\//.test(value) ? value : `\u2068${value}\u2069`

const isolateValues = (values: Record<string, string | number>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? isolate(value) : value]),
  )

/** Every language has names for countries; for cities those of the geo file must do, and its English ones else. */
function namePlace(
  say: Words['say'],
  language: Language,
  { city: cities, country: code }: Place,
): string | null {
  const city = plainName(cities?.[language] ?? cities?.en ?? '')
  const country = code === null ? '' : (new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? '')
  if (city !== '' && country !== '') return say('place.named', { city, country })
  return city || country || null
}
