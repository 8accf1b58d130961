import { createRequire } from 'node:module'
import type { OptionsGraph } from '@zxcvbn-ts/core'
import { fold } from './folding.ts'

/** What a guesser has at hand, most likely first. */
export interface WordLists {
  /** Common words, first names and family names of English and German. */
  words: readonly string[]
  /** The most common passwords. */
  passwords: readonly string[]
  /** The same passwords, folded, as far as any policy could accept their length. */
  foldedPasswords: ReadonlySet<string>
  /** Which keys lie beside each other. */
  keyboards: OptionsGraph
}

/** The dictionaries come as plain CommonJS data; their own types differ between releases. */
interface LanguagePack {
  dictionary: Readonly<Record<string, readonly string[]>>
  adjacencyGraphs?: OptionsGraph
}

/**
 * How much of each list is kept. Beyond these ranks a word costs a guesser about as much as random letters do,
 * and all lists together would take 75 MB of a process that is meant to live in 120.
 */
const wordsKept = {
  dice: 3_000,
  en: 20_000,
  enFirst: 5_000,
  enLast: 10_000,
  de: 12_000,
  deFirst: 1_200,
  deLast: 3_000,
}

/** Longer words are rarer than their parts, and every length more is another pass over each password. */
const wordLengthMin = 3
const wordLengthMax = 16

/** No policy accepts shorter passwords, so shorter common ones need no entry of their own. */
const passwordLengthMin = 8

/**
 * Reads the dictionaries, once: 0.2 s, and some 40 MB of the process from then on (measured with the estimator
 * built from them; all lists in full take 75), which is why nothing is read before the first password. The
 * packages are dropped from the module cache again, or their full lists would stay in memory beside the excerpt.
 */
export function loadWordLists(): WordLists {
  const require = createRequire(import.meta.url)
  const common = require('@zxcvbn-ts/language-common') as LanguagePack
  const en = (require('@zxcvbn-ts/language-en') as LanguagePack).dictionary
  const de = (require('@zxcvbn-ts/language-de') as LanguagePack).dictionary
  const passwords = listOf(common.dictionary, 'passwords-common').filter(
    (word) => word.length <= wordLengthMax,
  )
  const words = interleave([
    kept(listOf(common.dictionary, 'diceware-common'), wordsKept.dice),
    kept(listOf(en, 'commonWords-en'), wordsKept.en),
    kept(listOf(en, 'firstnames-en'), wordsKept.enFirst),
    kept(listOf(en, 'lastnames-en'), wordsKept.enLast),
    kept(listOf(de, 'commonWords'), wordsKept.de),
    kept(listOf(de, 'firstnames'), wordsKept.deFirst),
    kept(listOf(de, 'lastnames'), wordsKept.deLast),
  ])
  const foldedPasswords = new Set(
    listOf(common.dictionary, 'passwords-common')
      .filter((word) => word.length >= passwordLengthMin)
      .map(fold),
  )
  const keyboards = keyboardsOf(common)
  forget(require)
  return { words, passwords, foldedPasswords, keyboards }
}

function listOf(dictionary: LanguagePack['dictionary'], name: string): readonly string[] {
  const list = dictionary[name]
  if (list === undefined || list.length === 0)
    throw new Error(`word list ${name} is missing from its package`)
  return list
}

const kept = (list: readonly string[], count: number) =>
  list.filter((word) => word.length >= wordLengthMin && word.length <= wordLengthMax).slice(0, count)

/** Rank is what a guess costs, so lists are merged rank by rank and not one after the other. */
function interleave(lists: readonly (readonly string[])[]): string[] {
  const merged = new Set<string>()
  const rankMax = Math.max(...lists.map((list) => list.length))
  for (let rank = 0; rank < rankMax; rank += 1) {
    for (const list of lists) {
      const word = list[rank]
      if (word !== undefined) merged.add(word)
    }
  }
  return [...merged]
}

function keyboardsOf(common: LanguagePack): OptionsGraph {
  const graphs = common.adjacencyGraphs ?? {}
  return Object.fromEntries(
    ['qwerty', 'qwertz', 'keypad'].flatMap((name) => {
      const graph = graphs[name]
      return graph === undefined ? [] : [[name, graph]]
    }),
  )
}

function forget(require: NodeJS.Require) {
  for (const [path, loaded] of Object.entries(require.cache)) {
    if (loaded === undefined || !path.includes('@zxcvbn-ts')) continue
    loaded.children.length = 0
    if (path.includes('language-')) Reflect.deleteProperty(require.cache, path)
  }
}
