import { baseOf, isLanguage, type Language } from './translate.ts'

export interface LanguageWishes {
  /** What the person chose on the page (`?lang=`, a cookie), most recent first. */
  chosen: readonly (string | undefined)[]
  /** The header as it came (RFC 9110 section 12.5.4). */
  acceptLanguage: string | undefined
  /** The tenant's languages, preferred first. */
  offered: readonly string[]
}

/** Longer headers are not from a browser; more ranges than this are not from a person. */
const headerCharactersMax = 512
const rangesMax = 16

/**
 * The language to answer in: a choice counts if it is offered, then the header's order of quality, then the
 * tenant's first language. Depends on the request and the tenant alone, never on an account.
 */
export function negotiateLanguage(wishes: LanguageWishes): Language {
  const offered = wishes.offered.map(baseOf).filter(isLanguage)
  const wanted = [
    ...wishes.chosen.filter((tag) => tag !== undefined),
    ...rangesByQuality(wishes.acceptLanguage ?? ''),
  ]
  for (const tag of wanted) {
    const match = offered.find((language) => language === baseOf(tag))
    if (match !== undefined) return match
    if (tag === '*' && offered[0] !== undefined) return offered[0]
  }
  return offered[0] ?? 'en'
}

function rangesByQuality(header: string): string[] {
  return header
    .slice(0, headerCharactersMax)
    .split(',', rangesMax)
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))
      return { range, quality: weight === undefined ? 1 : Number.parseFloat(weight.slice(2)) }
    })
    .filter(({ range, quality }) => range !== '' && quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ range }) => range)
}
