/** A user name longer than this is cut in what people read; it stays whole wherever it decides something. */
export const nameCharactersMax = 64
/** Room for a number and opening hours. */
export const helpDeskCharactersMax = 120

/**
 * Characters that act instead of being seen: controls (a line break in a name would forge a line of a mail),
 * format characters among them the bidirectional overrides of Unicode technical report 36 section 2.4 (a name
 * could show the rest of its line backwards), line and paragraph separators, private use and unassigned ones.
 * The two joiners stay: Persian and Indic names are misspelt without them, and they move nothing.
 */
const acting = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu

/** Combining marks in a tower would paint over neighbouring lines. Two are enough for every living script. */
const towers = /(\p{M}{2})\p{M}+/gu

/**
 * A name from a directory as it may stand in a sentence: one line, no acting characters (each becomes U+FFFD, so
 * that one sees something was there), well-formed, at most `charactersMax` code points.
 */
export function plainName(text: string, charactersMax: number = nameCharactersMax): string {
  const visible = text.toWellFormed().replace(acting, '\uFFFD').replace(towers, '$1')
  const characters = [...visible]
  return characters.length <= charactersMax
    ? visible
    : `${characters
        .slice(0, charactersMax - 1)
        .join('')
        .trimEnd()}…`
}

/** In groups of four, as it is read aloud and typed: "4821 7093". */
export const grouped = (code: string): string => code.replace(/(.{4})(?=.)/gu, '$1 ')
