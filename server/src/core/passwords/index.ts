export { type AgePolicy, type Expiry, endOf, expiryOf, type PasswordDates, remindersDue } from './age.ts'
export { bannedWordLength } from './banned-words.ts'
export type { BreachPolicy, Unanswered } from './breach.ts'
export {
  type CharacterClass,
  characterClasses,
} from './classes.ts'
export type { ContextKind, PasswordContext } from './context-words.ts'
export { strictest } from './directory-rules.ts'
export { type Examined, examinePassword, type Flaw } from './examine.ts'
export type { GuessableBecause, Score } from './guessability.ts'
export {
  afterHistory,
  type HistoryChange,
  ownHistory,
  type PasswordAttempt,
  type PasswordDigest,
  type RememberedPassword,
  withinHistory,
} from './history.ts'
export { type NoticeDue, noticeDue } from './notice-due.ts'
export {
  type AskedOfSet,
  askedOfSet,
  type Change,
  describePolicy,
  type FullJudgement,
  type JudgeAgainst,
  judgeFully,
  judgePassword,
  noRules,
  normalizePassword,
  type PasswordJudgement,
  type PasswordPolicy,
  type PasswordRefusal,
  type PasswordRule,
  passwordBytesMax,
  passwordPolicyBounds,
  passwordPolicyDefaults,
} from './policy.ts'
export type { BreachList, SlowDigests } from './ports.ts'
export {
  isFor,
  type PolicyOverride,
  type PolicyScope,
  type PolicySet,
  policyFor,
  strictestOf,
} from './scopes.ts'
