import { Secret } from '../../kernel/secret.ts'
import { type AgePolicy, tooYoungUntil } from './age.ts'
import { isMadeOfBanned } from './banned-words.ts'
import { type BreachPolicy, lookUp, type Unanswered } from './breach.ts'
import {
  type AllowedCharacters,
  type CharacterClass,
  type ClassPolicy,
  isAllowed,
  missingClasses,
} from './classes.ts'
import {
  type ContextKind,
  consistsOfContext,
  contextWordsOf,
  isHardlyMoreThanContext,
  type PasswordContext,
} from './context-words.ts'
import { type GuessableBecause, guessabilityOf, isCommonPassword, type Score } from './guessability.ts'
import { isTooSimilar } from './similarity.ts'

/** What an operator may set. `passwordPolicyBounds` holds the limits of each number. */
export interface PasswordPolicy {
  /** Code points, where the password is the only factor (NIST SP 800-63B-4 section 3.1.1.2: at least 15). */
  lengthMinAlone: number
  /** Code points, where sign-in asks for a second factor as well (at least 8). */
  lengthMinBesideFactor: number
  /** Code points. Longer ones are refused, never cut. */
  lengthMax: number
  /** 0 to 4; a lower score is refused. */
  scoreMin: Score
  /** Words of the place that no password may consist of, beside those that the directory knows of the person. */
  contextWords: readonly string[]
  /** A password that is hardly more than these is refused. */
  bannedWords: readonly string[]
  classes: ClassPolicy
  /** What becomes of a new password that is the one before with little changed. */
  similarToOld: 'accept' | 'refuse'
  age: AgePolicy
  /** Former passwords that the directory refuses by itself; shown, and asked of nobody else. */
  rememberedByDirectory: number
  /** Latest passwords, the one in force included, that a new one must differ from whoever remembers them; 0: any will do. */
  history: number
  /** What becomes of a password that is in a list of lost ones when its owner signs in. */
  breachedAtSignIn: AskedOfSet
  /** What becomes of one that would not be taken today. */
  recheckAtSignIn: AskedOfSet
}

/** What is asked of a password that is set already, the weakest first. */
export const askedOfSet = ['off', 'tell', 'require-change'] as const
export type AskedOfSet = (typeof askedOfSet)[number]

const anyClasses: ClassPolicy = { required: 0, named: [], allowed: 'any' }

export const passwordPolicyDefaults: PasswordPolicy = {
  lengthMinAlone: 15,
  lengthMinBesideFactor: 8,
  lengthMax: 256,
  scoreMin: 3,
  contextWords: [],
  bannedWords: [],
  classes: anyClasses,
  similarToOld: 'refuse',
  age: { minSeconds: 0, maxSeconds: null, remindDays: [14, 3, 1], graceDays: 7 },
  rememberedByDirectory: 0,
  history: 0,
  breachedAtSignIn: 'tell',
  recheckAtSignIn: 'off',
}

/**
 * For the configuration schema. 8 is the floor of NIST SP 800-63B-4 and OWASP ASVS 6.2.1, 64 the least a
 * maximum may be (ASVS 6.2.9), 256 what every directory behind us was seen to take.
 */
export const passwordPolicyBounds = {
  lengthMinAlone: { min: 8, max: 64 },
  lengthMinBesideFactor: { min: 8, max: 64 },
  lengthMax: { min: 64, max: 256 },
  scoreMin: { min: 0, max: 4 },
  graceDays: { min: 0, max: 60 },
  history: { min: 0, max: 24 },
} as const satisfies Record<string, { min: number; max: number }>

/** A policy that asks for nothing, for all that can be added to it. */
export const noRules: PasswordPolicy = {
  lengthMinAlone: 0,
  lengthMinBesideFactor: 0,
  lengthMax: passwordPolicyBounds.lengthMax.max,
  scoreMin: 0,
  contextWords: [],
  bannedWords: [],
  classes: anyClasses,
  similarToOld: 'accept',
  age: { minSeconds: 0, maxSeconds: null, remindDays: [], graceDays: passwordPolicyBounds.graceDays.max },
  rememberedByDirectory: 0,
  history: 0,
  breachedAtSignIn: 'off',
  recheckAtSignIn: 'off',
}

/** Read at most this much of a password, in bytes of UTF-8: 256 code points of four bytes each. */
export const passwordBytesMax = 1024

export interface JudgeAgainst {
  policy: PasswordPolicy
  context: PasswordContext
  /** True unless sign-in asks for a second factor. */
  onlyFactor: boolean
}

/** A change as against a recovery: the person has just given the password that is to be replaced. */
export interface Change {
  current: Secret
  /** When it was set; null when the directory does not tell. */
  changedAt: Date | null
  /** The directory or an operator asks for the change. */
  mustChange: boolean
  /** When the change is made. */
  at: Date
}

/** Why a password was not accepted. The person can act on each of these; nothing in them quotes the password. */
export type PasswordRefusal =
  /** Nothing, or nothing but white space. */
  | { code: 'password-empty' }
  /** `max` in code points. */
  | { code: 'password-too-long'; max: number }
  /** Lone surrogates, NUL, control characters, non-characters: systems behind a directory cut or change them. */
  | { code: 'password-unreadable' }
  /** Both in code points. `length` is for the person's own screen, not for a log. */
  | { code: 'password-too-short'; min: number; length: number }
  /** `required` of the four classes, of which it has `have`; and those that are named and `missing`. */
  | { code: 'password-classes-missing'; required: number; have: number; missing: readonly CharacterClass[] }
  /** A system behind the directory takes no others. */
  | { code: 'password-characters-not-allowed'; allowed: Exclude<AllowedCharacters, 'any'> }
  /** The whole password is on the list of the most common ones, apart from case and look-alike characters. */
  | { code: 'password-common' }
  /** Hardly more than words that the tenant has banned. */
  | { code: 'password-banned' }
  /** The whole password consists of words about the person or the place, or is hardly more than these. */
  | { code: 'password-contains-you'; word: ContextKind }
  | { code: 'password-too-guessable'; because: GuessableBecause }
  /** In a change: the current password may not be replaced before `until`. A directory that says so gives no time. */
  | { code: 'password-too-young'; until?: Date }
  /** In a change: the current password with little changed. */
  | { code: 'password-too-similar' }
  /** Others have lost this very password; guessers try such lists before anything else. */
  | { code: 'password-breached' }
  /** One of the latest `count`. A directory that says so gives no number. */
  | { code: 'password-in-history'; count?: number }
  /** No list of lost passwords could be asked, and policy accepts none unasked. The person tries again. */
  | { code: 'password-unchecked' }

export type PasswordJudgement =
  /** `normalized` is what the directory gets, both when it is set and when it is verified. */
  { ok: true; normalized: Secret } | { ok: false; because: readonly PasswordRefusal[] }

/** What all rules together say. `unanswered`: lists that could not be asked about a password that was accepted. */
export type FullJudgement =
  | { ok: true; normalized: Secret; unanswered: readonly Unanswered[] }
  | Extract<PasswordJudgement, { ok: false }>

/**
 * Whether a new password may be set.
 *
 * The size is bounded before anything else looks at the text (long-password denial of service, CVE-2013-5750 and
 * its many successors), then it is made readable and normalised, then every rule that a person can act on is
 * named at once. The strength estimate, which costs most, runs only for passwords that pass all others.
 */
export function judgePassword(password: Secret, against: JudgeAgainst): PasswordJudgement {
  const { policy, onlyFactor } = against
  const context = { ...against.context, policyWords: policy.contextWords }
  const read = readPassword(password, policy)
  if (!read.ok) return { ok: false, because: [read.because] }
  const { text, length } = read

  const because: PasswordRefusal[] = []
  const min = lengthMin(policy, onlyFactor)
  if (length < min) because.push({ code: 'password-too-short', min, length })
  const { classes } = policy
  if (classes.allowed !== 'any' && !isAllowed(text, classes.allowed)) {
    because.push({ code: 'password-characters-not-allowed', allowed: classes.allowed })
  }
  const found = missingClasses(text, classes)
  if (found !== null) {
    because.push({ code: 'password-classes-missing', required: classes.required, ...found })
  }
  const word = consistsOfContext(text, context) ?? isHardlyMoreThanContext(text, context)
  if (word !== null) because.push({ code: 'password-contains-you', word })
  if (isMadeOfBanned(text, policy.bannedWords)) because.push({ code: 'password-banned' })
  if (isCommonPassword(text)) because.push({ code: 'password-common' })
  if (because.length === 0) {
    const guessability = guessabilityOf(text, contextWordsOf(context))
    if (guessability.score < policy.scoreMin) {
      because.push({ code: 'password-too-guessable', because: guessability.because })
    }
  }
  return because.length === 0 ? { ok: true, normalized: new Secret(text) } : { ok: false, because }
}

/**
 * The same with what is said on sending alone: whether the current password may be replaced at all, whether the new one
 * is like it, and what the lists of lost passwords say, which are asked last. The latter two are about a password that
 * breaks no other rule, and about no other.
 */
export async function judgeFully(
  password: Secret,
  against: JudgeAgainst & { change: Change | null; breach: BreachPolicy | null },
): Promise<FullJudgement> {
  const { policy, change, breach } = against
  const until = change === null ? null : tooYoungUntil(policy.age, change, change.at)
  if (until !== null) return { ok: false, because: [{ code: 'password-too-young', until }] }
  const judged = judgePassword(password, against)
  if (!judged.ok) return judged
  if (change !== null && policy.similarToOld === 'refuse') {
    if (isTooSimilar(judged.normalized.reveal(), change.current.reveal())) {
      return { ok: false, because: [{ code: 'password-too-similar' }] }
    }
  }
  if (breach === null) return { ...judged, unanswered: [] }
  const found = await lookUp(judged.normalized, breach)
  if (found.is === 'listed') return { ok: false, because: [{ code: 'password-breached' }] }
  if (found.unanswered.length > 0 && breach.whenUnanswered === 'refuse') {
    return { ok: false, because: [{ code: 'password-unchecked' }] }
  }
  return { ...judged, unanswered: found.unanswered }
}

/**
 * Normalisation Form C, as NIST SP 800-63B-4 section 3.1.1.2 asks for, so that the same keys on another system
 * give the same password. Nothing else is changed: no trimming, no case, no mapping of spaces.
 *
 * To be used as well on every password that is about to be *verified* against one set through Rekey. Null for
 * what `judgePassword` would never have accepted.
 */
export function normalizePassword(password: Secret): Secret | null {
  const read = readPassword(password, passwordPolicyDefaults)
  return read.ok ? new Secret(read.text) : null
}

type ReadPassword = { ok: true; text: string; length: number } | { ok: false; because: PasswordRefusal }

function readPassword(password: Secret, policy: Pick<PasswordPolicy, 'lengthMax'>): ReadPassword {
  const raw = password.reveal()
  const max = policy.lengthMax
  if (Buffer.byteLength(raw) > passwordBytesMax) {
    return { ok: false, because: { code: 'password-too-long', max } }
  }
  if (raw.trim() === '') return { ok: false, because: { code: 'password-empty' } }
  if (!raw.isWellFormed() || unreadable.test(raw)) {
    return { ok: false, because: { code: 'password-unreadable' } }
  }
  const text = raw.normalize('NFC')
  const length = [...text].length
  if (length > max) return { ok: false, because: { code: 'password-too-long', max } }
  return { ok: true, text, length }
}

/** Control characters, and the code points Unicode promises never to assign. */
const unreadable = /[\p{Cc}\p{Noncharacter_Code_Point}]/u

/** What the person is told before typing. */
export type PasswordRule =
  | { rule: 'length'; min: number; max: number }
  /** Every letter, sign, space and emoji counts as one; none is required. */
  | { rule: 'any-characters' }
  /** In place of that where not every character is taken. */
  | { rule: 'characters'; allowed: Exclude<AllowedCharacters, 'any'> }
  /** At least so many of the four classes, and those that are named. */
  | { rule: 'classes'; required: number; named: readonly CharacterClass[] }
  | { rule: 'not-common' }
  | { rule: 'not-about-you' }
  | { rule: 'not-banned' }
  | { rule: 'hard-to-guess' }
  /** In a change. */
  | { rule: 'not-similar' }
  /** None of the latest so many. */
  | { rule: 'not-in-history'; count: number }
  /** In a change: hours since the last one. */
  | { rule: 'not-too-soon'; hours: number }
  | { rule: 'not-breached' }

/** The rules in force, in the order they are shown. */
export function describePolicy(
  policy: PasswordPolicy,
  told: { onlyFactor: boolean; breachIsChecked: boolean; isChange: boolean },
): readonly PasswordRule[] {
  const { allowed, required, named } = policy.classes
  const count = Math.max(policy.history, policy.rememberedByDirectory)
  const hours = Math.ceil(policy.age.minSeconds / 3_600)
  const asksForClasses = required > 0 || named.length > 0
  return [
    { rule: 'length', min: lengthMin(policy, told.onlyFactor), max: policy.lengthMax },
    allowed === 'any' ? { rule: 'any-characters' } : { rule: 'characters', allowed },
    ...(asksForClasses ? [{ rule: 'classes', required, named } as const] : []),
    { rule: 'not-common' },
    { rule: 'not-about-you' },
    ...(policy.bannedWords.length > 0 ? [{ rule: 'not-banned' } as const] : []),
    ...(policy.scoreMin > 0 ? [{ rule: 'hard-to-guess' } as const] : []),
    ...(told.isChange && policy.similarToOld === 'refuse' ? [{ rule: 'not-similar' } as const] : []),
    ...(count > 0 ? [{ rule: 'not-in-history', count } as const] : []),
    ...(told.isChange && hours > 0 ? [{ rule: 'not-too-soon', hours } as const] : []),
    ...(told.breachIsChecked ? [{ rule: 'not-breached' } as const] : []),
  ]
}

const lengthMin = (policy: PasswordPolicy, onlyFactor: boolean) =>
  onlyFactor ? policy.lengthMinAlone : policy.lengthMinBesideFactor
