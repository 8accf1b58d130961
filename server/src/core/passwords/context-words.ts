import { bannedWordLength, isMadeOfBanned } from './banned-words.ts'
import { squash, withoutTrimmings } from './folding.ts'

/** Words that a guesser who knows the person or the place tries first. */
export interface PasswordContext {
  username: string
  displayName: string
  mails: readonly string[]
  /** From the directory entry: company, department. Policy adds its own. */
  contextWords: readonly string[]
  tenantName: string
  productWords: readonly string[]
}

/** With the words that policy adds. */
export interface JudgedContext extends PasswordContext {
  policyWords: readonly string[]
}

/** Which of the person's words a password consists of. The word itself is never repeated. */
export type ContextKind = 'username' | 'name' | 'mail' | 'organisation' | 'product'

/** Parts shorter than this are compared only as a whole password: "al" is part of too many honest words. */
const partLengthMin = 3

/** Directories hold strange things; more words of theirs or longer ones are not read. */
const wordsMax = 200
const wordLengthMax = 128

/**
 * The kind of word the password consists of, or null.
 *
 * "Consists of" means that the whole password is one of the words, or words of the context in a row, apart
 * from case, look-alike characters, separators, and digits or punctuation around it ("Ada.Lovelace1815!").
 * A word inside a longer passphrase is welcome (NIST SP 800-63B-4 section 3.1.1.2 compares entire passwords).
 */
export function consistsOfContext(password: string, context: JudgedContext): ContextKind | null {
  const words = squashedWords(context)
  for (const text of new Set([squash(password), squash(withoutTrimmings(password))])) {
    const kind = text === '' ? null : (words.get(text) ?? kindOfRow(text, words))
    if (kind !== null) return kind
  }
  return null
}

/**
 * The kind of words of which a password is hardly more, or null: by the rule for banned words, so that what a guesser
 * knows is worth one point with one character wrong, too many or too few in it ("L0velase77").
 */
export function isHardlyMoreThanContext(password: string, context: JudgedContext): ContextKind | null {
  const words = spelledWords(context).flatMap(([kind, word]) =>
    [word, ...partsOf(word)].filter(isOfUse).map((part) => [kind, part] as const),
  )
  if (
    !isMadeOfBanned(
      password,
      words.map(([, word]) => word),
    )
  )
    return null
  const suffices = (kind: ContextKind) =>
    isMadeOfBanned(
      password,
      words.flatMap(([each, word]) => (each === kind ? [word] : [])),
    )
  const kinds = [...new Set(words.map(([kind]) => kind))]
  return kinds.find(suffices) ?? kinds[0] ?? null
}

const isOfUse = (word: string) => word.length >= bannedWordLength.min && word.length <= bannedWordLength.max

/** The same words as typed, for the strength estimate: a word a guesser knows is worth one guess. */
export const contextWordsOf = (context: JudgedContext): readonly string[] => [
  ...new Set(spelledWords(context).flatMap(([, word]) => [word.toLowerCase(), ...partsOf(word)])),
]

/** Walks from every position that words can reach; the kind is that of the first word in the row. */
function kindOfRow(text: string, words: ReadonlyMap<string, ContextKind>): ContextKind | null {
  const reachedBy: (ContextKind | undefined)[] = []
  const parts = [...words].filter(([word]) => word.length >= partLengthMin)
  for (let start = 0; start < text.length; start += 1) {
    const first = reachedBy[start]
    if (start > 0 && first === undefined) continue
    for (const [word, kind] of parts) {
      if (text.startsWith(word, start)) reachedBy[start + word.length] ??= first ?? kind
    }
  }
  return reachedBy[text.length] ?? null
}

function squashedWords(context: JudgedContext): Map<string, ContextKind> {
  const words = new Map<string, ContextKind>()
  for (const [kind, word] of spelledWords(context)) {
    for (const part of [word, ...partsOf(word)]) {
      const squashed = squash(part)
      if (squashed !== '' && !words.has(squashed)) words.set(squashed, kind)
    }
  }
  return words
}

function spelledWords(context: JudgedContext): (readonly [ContextKind, string])[] {
  const { policyWords, productWords } = context
  const told: (readonly [ContextKind, string])[] = [
    ['username', context.username],
    ['name', context.displayName],
    ...context.mails.flatMap(
      (mail) =>
        [
          ['mail', mail],
          ['mail', localPartOf(mail)],
        ] as const,
    ),
    ['organisation', context.tenantName],
    ...context.contextWords.map((word) => ['organisation', word] as const),
  ]
  return [
    ...told.filter(([, word]) => word !== '' && word.length <= wordLengthMax).slice(0, wordsMax),
    ...policyWords.map((word) => ['organisation', word] as const),
    ...productWords.map((word) => ['product', word] as const),
  ]
}

const localPartOf = (mail: string) => mail.slice(0, Math.max(0, mail.lastIndexOf('@')))

const partsOf = (word: string): string[] =>
  word
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((part) => [...part].length >= partLengthMin)
