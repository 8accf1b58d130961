import { ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core'
import { fold } from './folding.ts'
import { loadWordLists, type WordLists } from './word-lists.ts'

/** Why a password is easy to guess: keys of the message catalogue. */
export type GuessableBecause =
  | 'keyboard-pattern'
  | 'repeated-pattern'
  | 'sequence'
  | 'date'
  | 'like-common-password'
  | 'common-words'
  | 'about-you'
  | 'too-simple'

/** zxcvbn's score: 3 stands for at least 10^8 guesses, 4 for at least 10^10. */
export type Score = 0 | 1 | 2 | 3 | 4

export interface Guessability {
  score: Score
  because: GuessableBecause
}

/**
 * The estimate reads the first 64 code points: its time grows with more than the square of the length (256
 * hostile code points took 160 ms, 64 take some 6), and it runs on the thread that answers everybody. What
 * follows can only make a password harder to guess, so the estimate is a lower bound. Not the end instead, or
 * the better of both: cut in its middle, a row of "qwertyuiop" looks like something new.
 */
export const estimateLengthMax = 64

/** Look-alike spellings tried per password; the library's default of 100 takes thirty times as long. */
const lookAlikeSpellingsMax = 3

interface Estimator {
  lists: WordLists
  check(part: string, contextWords: readonly string[]): ZxcvbnResult
}

let loaded: Estimator | null = null

/** The lists are constants of the program, read when the first password is judged and kept from then on. */
function estimator(): Estimator {
  if (loaded !== null) return loaded
  const lists = loadWordLists()
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { passwords: [...lists.passwords], words: [...lists.words] },
    graphs: lists.keyboards,
    l33tMaxSubstitutions: lookAlikeSpellingsMax,
    // In UTF-16 units. The cut is made in code points, below.
    maxLength: 2 * estimateLengthMax,
  })
  loaded = { lists, check: (part, contextWords) => zxcvbn.check(part, [...contextWords]) }
  return loaded
}

/** The entire password is on the list of common ones, apart from case and look-alike characters. */
export const isCommonPassword = (password: string): boolean =>
  estimator().lists.foldedPasswords.has(fold(password))

/** How many guesses a password withstands, and if they are few, why. */
export function guessabilityOf(password: string, contextWords: readonly string[]): Guessability {
  const { guesses, score, feedback } = estimator().check(beginningOf(password), contextWords)
  // What can't be decided fails closed: a comparison with NaN would otherwise end in the best score.
  if (!Number.isFinite(guesses)) return { score: 0, because: 'too-simple' }
  return { score, because: becauseOf(feedback.warning) }
}

/** What is given to the estimate; cut between code points. */
export const beginningOf = (password: string): string => [...password].slice(0, estimateLengthMax).join('')

/** zxcvbn without translations answers with its own keys; ours are few enough to be told apart by a reader. */
const becauseOf = (warning: string | null): GuessableBecause =>
  (warning === null ? undefined : reasons.get(warning)) ?? 'too-simple'

const reasons = new Map<string, GuessableBecause>([
  ['straightRow', 'keyboard-pattern'],
  ['keyPattern', 'keyboard-pattern'],
  ['simpleRepeat', 'repeated-pattern'],
  ['extendedRepeat', 'repeated-pattern'],
  ['sequences', 'sequence'],
  ['recentYears', 'date'],
  ['dates', 'date'],
  ['topTen', 'like-common-password'],
  ['topHundred', 'like-common-password'],
  ['common', 'like-common-password'],
  ['similarToCommon', 'like-common-password'],
  ['wordByItself', 'common-words'],
  ['namesByThemselves', 'common-words'],
  ['commonNames', 'common-words'],
  ['userInputs', 'about-you'],
])
