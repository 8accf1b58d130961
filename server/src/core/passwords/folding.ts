/**
 * One spelling for everything a guesser tries as the same word: case, compatibility forms (full-width letters),
 * accents, and the digits and signs that stand for letters. Only for comparing; a password is never changed by it.
 */
export function fold(text: string): string {
  let folded = ''
  const plain = text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '')
  for (const character of plain) folded += lookAlikes.get(character) ?? character
  return folded
}

/**
 * Both sides of a comparison are folded, so a sign that stands for two letters (1 for i and for l) needs no
 * guessing: both letters end in the same class.
 */
const lookAlikes = new Map(
  Object.entries({
    a: '4@',
    b: '8',
    e: '3€',
    g: '9',
    i: '1l!|',
    o: '0',
    s: '5$ß',
    t: '7+',
    z: '2',
  }).flatMap(([letter, signs]) => [...signs].map((sign) => [sign, letter] as const)),
)

/** Only letters and digits of a folded text: "ada.lovelace" and "Ada Lovelace" become the same. */
export const squash = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, '')

/** Without the year, the counting number and the exclamation mark that people put around a word. */
export const withoutTrimmings = (text: string): string =>
  text.replace(/^[\p{N}\p{P}\p{S}\p{Z}]+|[\p{N}\p{P}\p{S}\p{Z}]+$/gu, '')
