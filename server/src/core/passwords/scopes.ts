import { isWithin, sameGroup } from '../accounts/index.ts'
import { strictestAge } from './age.ts'
import { strictestClasses } from './classes.ts'
import { type AskedOfSet, askedOfSet, noRules, type PasswordPolicy } from './policy.ts'

/** Whom an override is for. Everything that is not null must hold. */
export interface PolicyScope {
  directory: string | null
  /** Name or distinguished name, as the directory tells it. */
  group: string | null
  /** Distinguished name of the top entry. */
  subtree: string | null
}

export interface PolicyOverride {
  for: PolicyScope
  /** `noRules` but for what it asks for. */
  rules: PasswordPolicy
}

/** The rules of a tenant: those for everybody, and further ones for some. */
export interface PolicySet {
  everybody: PasswordPolicy
  overrides: readonly PolicyOverride[]
}

/** What decides which overrides an account meets. */
export interface PolicyAccount {
  directory: string
  groups: readonly string[]
  /** Null where the directory has no tree. */
  place: string | null
}

/**
 * The rules for one account: the strictest of everything that applies to it. So no override weakens the tenant's
 * rules, and their order says nothing.
 */
export function policyFor({ everybody, overrides }: PolicySet, account: PolicyAccount): PasswordPolicy {
  const further = overrides.filter((override) => isFor(override.for, account))
  return further.length === 0 ? everybody : strictestOf([everybody, ...further.map(({ rules }) => rules)])
}

/** Whether an account is one of those that a scope names. */
export function isFor({ directory, group, subtree }: PolicyScope, account: PolicyAccount): boolean {
  if (directory !== null && directory !== account.directory) return false
  if (group !== null && !account.groups.some((name) => sameGroup(name, group))) return false
  return subtree === null || (account.place !== null && isWithin(account.place, subtree))
}

/** Of each rule the strictest; words are put together. */
export const strictestOf = (policies: readonly PasswordPolicy[]): PasswordPolicy =>
  policies.reduce(stricter, noRules)

const stricter = (one: PasswordPolicy, other: PasswordPolicy): PasswordPolicy => ({
  lengthMinAlone: Math.max(one.lengthMinAlone, other.lengthMinAlone),
  lengthMinBesideFactor: Math.max(one.lengthMinBesideFactor, other.lengthMinBesideFactor),
  lengthMax: Math.min(one.lengthMax, other.lengthMax),
  scoreMin: one.scoreMin > other.scoreMin ? one.scoreMin : other.scoreMin,
  contextWords: together(one.contextWords, other.contextWords),
  bannedWords: together(one.bannedWords, other.bannedWords),
  classes: strictestClasses(one.classes, other.classes),
  age: strictestAge(one.age, other.age),
  rememberedByDirectory: Math.max(one.rememberedByDirectory, other.rememberedByDirectory),
  history: Math.max(one.history, other.history),
  similarToOld: one.similarToOld === 'refuse' ? one.similarToOld : other.similarToOld,
  breachedAtSignIn: moreAsked(one.breachedAtSignIn, other.breachedAtSignIn),
  recheckAtSignIn: moreAsked(one.recheckAtSignIn, other.recheckAtSignIn),
})

const moreAsked = (one: AskedOfSet, other: AskedOfSet): AskedOfSet =>
  askedOfSet.indexOf(one) > askedOfSet.indexOf(other) ? one : other

/** The list itself where the other adds nothing: what has been read of it is kept by its identity. */
function together<Item>(one: readonly Item[], other: readonly Item[]): readonly Item[] {
  if (other.length === 0) return one
  return one.length === 0 ? other : [...new Set([...one, ...other])]
}
