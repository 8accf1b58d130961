import { fold } from './folding.ts'

/**
 * Least points of a password: each banned word in it is worth one, and so is each character beside them. The rule and
 * the number are those of Microsoft Entra's password protection, so that a list may be taken over as it is.
 */
const pointsMin = 5

export const bannedWordLength = { min: 4, max: 16 }

/**
 * Whether a password is hardly more than banned words. Case, accents and look-alike characters make no difference, and
 * a word with one character too many, too few or wrong is still that word.
 */
export function isMadeOfBanned(password: string, words: readonly string[]): boolean {
  const text = [...fold(password)]
  const { folded, longest } = readList(words)
  // Even if nothing but words were in it there would be points enough.
  if (text.length >= pointsMin * (longest + 1)) return false
  // The fewest points that the first so many characters can be worth.
  const points = [0]
  for (let end = 1; end <= text.length; end += 1) {
    let fewest = (points[end - 1] ?? 0) + 1
    for (const word of folded) {
      for (let start = end - word.length - 1; start <= end - word.length + 1; start += 1) {
        const before = points[start]
        if (before === undefined || before + 1 >= fewest) continue
        if (isOneEditAway(text, { start, end }, word)) fewest = before + 1
      }
    }
    points.push(fewest)
  }
  const worth = points[text.length] ?? 0
  // Without a word in it each character counts, and what is wrong with too few of them is the length.
  return worth < pointsMin && worth < text.length
}

/** The list is the configuration's and stays the same. */
const lists = new WeakMap<readonly string[], { folded: readonly (readonly string[])[]; longest: number }>()

function readList(words: readonly string[]) {
  const known = lists.get(words)
  if (known !== undefined) return known
  const folded = words.map((word) => [...fold(word)])
  const list = { folded, longest: Math.max(0, ...folded.map(({ length }) => length)) }
  lists.set(words, list)
  return list
}

/** At most one character inserted within the word, left out or replaced; one before or behind it counts by itself. */
function isOneEditAway(
  text: readonly string[],
  { start, end }: { start: number; end: number },
  word: readonly string[],
): boolean {
  const length = end - start
  let same = 0
  while (same < length && same < word.length && text[start + same] === word[same]) same += 1
  let sameAtEnd = 0
  while (
    sameAtEnd < length - same &&
    sameAtEnd < word.length - same &&
    text[end - 1 - sameAtEnd] === word[word.length - 1 - sameAtEnd]
  ) {
    sameAtEnd += 1
  }
  if (length > word.length && (same === 0 || sameAtEnd === 0)) return false
  return length - same - sameAtEnd <= 1 && word.length - same - sameAtEnd <= 1
}
