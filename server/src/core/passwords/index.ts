export type { ContextKind, PasswordContext } from './context-words.ts'
export type { GuessableBecause, Score } from './guessability.ts'
export {
  describePolicy,
  type JudgeAgainst,
  judgePassword,
  normalizePassword,
  type PasswordJudgement,
  type PasswordPolicy,
  type PasswordRefusal,
  type PasswordRule,
  passwordBytesMax,
  passwordPolicyBounds,
  passwordPolicyDefaults,
} from './policy.ts'
