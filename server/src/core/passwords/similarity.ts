import { fold, withoutTrimmings } from './folding.ts'

/** Parts shorter than this are in too many honest passwords. */
const partLengthMin = 4

/** Two passwords are different ones when it takes at least one edit for every so many characters of the longer one. */
const charactersPerEdit = 4

/** Folding can make several of one code point; the comparison grows with the square, so no more of them are read. */
const comparedMax = 512

/**
 * Whether a password is the one before with little changed: the same but for case, look-alike characters, direction or
 * the digits and signs around it (`Kestrel2025!`, `Kestrel2026!`), mostly a part of it or the other way round, or few
 * edits away. Whoever holds an old password tries these first (Zhang, Monrose and Reiter, "The Security of Modern
 * Password Expiration", CCS 2010).
 */
export function isTooSimilar(password: string, before: string): boolean {
  const [one, other] = [read(password), read(before)]
  if (one.join('') === other.toReversed().join('')) return true
  const [core, otherCore] = [withoutTrimmings(password), withoutTrimmings(before)]
  if (core !== '' && fold(core) === fold(otherCore)) return true
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  return isMostOf(shorter, longer) || editsBetween(shorter, longer) * charactersPerEdit < longer.length
}

const read = (password: string): readonly string[] => [...fold(password)].slice(0, comparedMax)

const isMostOf = (part: readonly string[], whole: readonly string[]): boolean =>
  part.length >= partLengthMin && part.length * 2 > whole.length && whole.join('').includes(part.join(''))

/** Levenshtein's distance: characters to insert, to leave out or to replace. */
function editsBetween(one: readonly string[], other: readonly string[]): number {
  let above = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [row, character] of one.entries()) {
    const edits = [row + 1]
    for (const [column, beside] of other.entries()) {
      const replaced = (above[column] ?? 0) + (character === beside ? 0 : 1)
      edits.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (edits[column] ?? 0) + 1))
    }
    above = edits
  }
  return above[other.length] ?? 0
}
