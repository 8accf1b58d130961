/** What a directory can do, as words: people write them in a configuration, and `rekey agent check` prints them. */
export const abilityWords = {
  verify: 'verifies',
  unlock: 'unlock',
  history: 'history',
  'locked-is-visible': 'lockedIsVisible',
  'change-as-user': 'changeAsUser',
  'must-change': 'mustChange',
} as const
export type AbilityWord = keyof typeof abilityWords
const words = Object.keys(abilityWords) as AbilityWord[]

/** The words for abilities, in the order in which they are listed. */
export function wordsOf(
  abilities: Readonly<Record<(typeof abilityWords)[AbilityWord], boolean>>,
): AbilityWord[] {
  return words.filter((word) => abilities[abilityWords[word]])
}
