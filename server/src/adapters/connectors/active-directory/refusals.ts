import type { ResultCodeError } from 'ldapts'
import type { DirectoryPasswordRules, DirectoryRefusal } from '../../../core/accounts/ports.ts'
import type { FaultCode } from '../../../kernel/fault.ts'
import { rowFor } from '../ldap-wire/result-codes.ts'
import { windowsError } from './sub-codes.ts'

/** `policy`: the password breaks a rule, and the answer does not say which. */
export type WriteMeaning = FaultCode | DirectoryRefusal | 'current-password-wrong' | 'policy'

/** Constants in Samba's source (`password_hash.c`), in the order in which it asks. */
const sambaTexts: readonly (readonly [RegExp, DirectoryRefusal])[] = [
  [/the password is too short/, 'password-too-short-for-directory'],
  [/does not meet the complexity criteria|doesn't fit/, 'password-too-weak-for-directory'],
  [/the password was already used/, 'password-in-history'],
  [/too young to change/, 'password-too-young'],
]

/**
 * What a refused write of a password means. Windows begins the text with an error of its own (MS-ERREF, section 2.2) and
 * sends it with result 19 or with 53, whatever the rule was.
 */
export function writeMeaning(
  error: Pick<ResultCodeError, 'code' | 'message'>,
  by: 'change' | 'reset',
): WriteMeaning {
  switch (windowsError(error)) {
    // ERROR_PASSWORD_RESTRICTION
    case '0000052D':
      return sambaTexts.find(([text]) => text.test(error.message))?.[1] ?? 'policy'
    // ERROR_INVALID_PASSWORD, and ERROR_ACCOUNT_LOCKED_OUT: it was wrong once too often.
    case '00000056':
    case '00000775':
      return 'current-password-wrong'
    default: {
      // A deny of "Change Password": the box "User cannot change password". Samba says 19, and no reason.
      if (by === 'change' && (error.code === 50 || error.code === 19)) return 'password-change-not-allowed'
      const { write } = rowFor(error.code)
      // Result 19 without a reason is none of the person's: not every constraint is about the password.
      return write === 'password-too-weak-for-directory' ? 'directory-answer-unusable' : write
    }
  }
}

/**
 * Which rule a password breaks, where the server does not say: the first that it certainly does, in the order in which
 * the server asks (MS-SAMR, section 3.1.1.7.1). If it keeps all that can be judged from here, it was used before.
 */
export function brokenRule(
  password: string,
  told: {
    rules: DirectoryPasswordRules | null
    username: string
    displayName: string
    /** Null when it was never set or does not count. */
    changedAt: Date | null
    now: Date
  },
): DirectoryRefusal {
  const { rules, changedAt, now } = told
  if (rules === null) return 'password-too-weak-for-directory'
  const age = rules.minAgeSeconds ?? 0
  if (changedAt !== null && now.getTime() < changedAt.getTime() + age * 1000) return 'password-too-young'
  // It counts UTF-16 code units.
  if (password.length < (rules.lengthMin ?? 0)) return 'password-too-short-for-directory'
  if (rules.classesMin !== null && !isComplex(password, told)) return 'password-too-weak-for-directory'
  return rules.history === null ? 'password-too-weak-for-directory' : 'password-in-history'
}

/** MS-SAMR, section 3.1.1.7.2. */
function isComplex(
  password: string,
  { username, displayName }: { username: string; displayName: string },
): boolean {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[^\p{L}\p{N}]/u, /[\p{Lo}\p{Lm}\p{Lt}]/u]
  if (kinds.filter((kind) => kind.test(password)).length < 3) return false
  const folded = password.toLowerCase()
  const tokens = [username, ...displayName.split(/[,.\-_ #\t]+/)].filter((token) => token.length > 2)
  return !tokens.some((token) => folded.includes(token.toLowerCase()))
}
