import type { DirectoryPasswordRules, PasswordFacts } from '../../../core/accounts/ports.ts'
import type { WriteMeaning } from '../ldap-wire/result-codes.ts'
import type { Values } from '../ldap-wire/values.ts'
import type { LdapConfig } from './config.ts'
import { generalizedTime } from './generalized-time.ts'

/** What servers do differently although the protocol is the same. */
export interface Dialect {
  /** What decides whether an entry may sign in. */
  stateAttributes: readonly string[]
  /** What the server keeps with an entry about its password besides. */
  passwordAttributes: readonly string[]
  isDisabled(values: Values, now: Date): boolean
  /** Expiry only as the entry itself tells it; a policy may say more. */
  passwordFacts(values: Values): PasswordFacts
  isLocked(values: Values, options: { lockoutSeconds: number; now: Date }): boolean
  /** The way to write a password when the configuration names none. */
  passwordWrite: NonNullable<LdapConfig['passwordWrite']>
  /** The server knows the assertion control (RFC 4528). */
  hasAssertions: boolean
  /**
   * What a lock consists of: attributes to empty, and those that the server keeps to itself unless it is asked to relax.
   * One that outlives a new password is lifted together with its being written.
   */
  lock: { attributes: readonly string[]; serversOwn: readonly string[]; outlivesNewPassword: boolean }
  /** A lock that only an administrator sets and that shares its attribute with the others. */
  lockedForGood: { attribute: string; value: string } | null
  /** An entry with a password policy: what to read of it, and what that means. */
  policy: { attributes: readonly string[]; rules(values: Values): DirectoryPasswordRules }
  /** "Must change at next sign-in", where a modify may take the mark off. */
  mustChange: { attribute: string; value: string } | null
  /** What an entry has to say for the minimum age not to hold; no values: nothing. */
  waivesMinAge: { attribute: string; values: readonly string[] }
  /** The server compares all octets of a password; otherwise it stops at the first NUL. */
  readsPastNul: boolean
  /** Null where result code and password policy control say it all. */
  refusal(answer: { code: number; message: string }): WriteMeaning | null
  /** A person's own write was refused because the password that goes is not the one they have. */
  currentIsWrong(answer: { code: number; message: string }): boolean
}

/** "Locked for good": the value that only an administrator sets (draft-behera, section 5.3.3). */
const lockedForGood = '000001010000Z'

const dateOf = (text: string | undefined): Date | null => {
  const time = text === undefined ? null : generalizedTime(text)
  return time === null ? null : new Date(time)
}

/** Null also for 0, which is how directories write "no such rule". */
function positive(text: string | undefined): number | null {
  const number = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
  return number === 0 ? null : number
}

/** The password policy overlay (draft-behera-ldap-password-policy, section 5.3). */
const openldap: Dialect = {
  stateAttributes: ['pwdAccountLockedTime', 'pwdStartTime', 'pwdEndTime'],
  passwordAttributes: ['pwdChangedTime', 'pwdReset', 'pwdFailureTime', 'pwdPolicySubentry'],
  isDisabled(values, now) {
    if (values('pwdAccountLockedTime').includes(lockedForGood)) return true
    const starts = values('pwdStartTime').map(generalizedTime)
    const ends = values('pwdEndTime').map(generalizedTime)
    // A time that can't be read fails closed.
    return (
      starts.some((time) => time === null || time > now.getTime()) ||
      ends.some((time) => time === null || time <= now.getTime())
    )
  },
  isLocked(values, { lockoutSeconds, now }) {
    const times = values('pwdAccountLockedTime').filter((time) => time !== lockedForGood)
    if (lockoutSeconds === 0) return times.length > 0
    // The attribute stays until the next bind, so its age decides.
    return times
      .map(generalizedTime)
      .some((time) => time === null || time + lockoutSeconds * 1000 > now.getTime())
  },
  passwordFacts(values) {
    const changedAt = dateOf(values('pwdChangedTime')[0])
    const failures = values('pwdFailureTime').length
    return {
      changedAt,
      mustChange: values('pwdReset')[0] === 'TRUE',
      expiresAt: null,
      // None may mean that nobody counts. Where the overlay notes changes it counts as well.
      failedTries: failures > 0 || changedAt !== null ? failures : null,
    }
  },
  passwordWrite: 'passmod',
  hasAssertions: true,
  // Left behind, the failures would lock again with the next wrong password.
  lock: {
    attributes: ['pwdAccountLockedTime'],
    serversOwn: ['pwdFailureTime'],
    outlivesNewPassword: false,
  },
  lockedForGood: { attribute: 'pwdAccountLockedTime', value: lockedForGood },
  policy: {
    attributes: [
      ...['pwdMinLength', 'pwdCheckQuality', 'pwdInHistory'],
      ...['pwdMinAge', 'pwdMaxAge', 'pwdGraceAuthNLimit'],
    ],
    // draft-behera-ldap-password-policy-11, section 5.2: 0 is the same as nothing, and without a check of quality
    // nobody looks at the length.
    rules(values) {
      const number = (name: string) => positive(values(name)[0])
      const maxAgeSeconds = number('pwdMaxAge')
      return {
        lengthMin: number('pwdCheckQuality') === null ? null : number('pwdMinLength'),
        history: number('pwdInHistory'),
        minAgeSeconds: number('pwdMinAge'),
        maxAgeSeconds,
        graceSignIns: maxAgeSeconds === null ? null : (number('pwdGraceAuthNLimit') ?? 0),
        classesMin: null,
      }
    },
  },
  mustChange: { attribute: 'pwdReset', value: 'TRUE' },
  // `ppolicy_modify` looks at the age of a password only where this is not set.
  waivesMinAge: { attribute: 'pwdReset', values: ['TRUE'] },
  readsPastNul: true,
  refusal: () => null,
  // Constants in the source: of the operation of RFC 3062, and of the overlay for a modify.
  currentIsWrong: ({ code, message }) =>
    code === 53 && /unwilling to verify old password|Must supply correct old password/.test(message),
}

/** 389 Directory Server: `ldap/servers/slapd/pw.c` and `pw_mgmt.c` of its source say what these attributes mean. */
const ds389: Dialect = {
  stateAttributes: ['nsAccountLock', 'accountUnlockTime', 'passwordRetryCount'],
  passwordAttributes: ['passwordExpirationTime', 'pwdUpdateTime', 'pwdPolicySubentry'],
  isDisabled: (values) => values('nsAccountLock').some((value) => value.toLowerCase() === 'true'),
  isLocked(values, { now }) {
    // Whoever else sets a password leaves the time and puts the count back to zero, which the server looks at first.
    if (values('passwordRetryCount').includes('0')) return false
    return values('accountUnlockTime')
      .map(generalizedTime)
      .some((time) => time === null || time === untilSomebodyLiftsIt || time > now.getTime())
  },
  passwordFacts(values) {
    const expiresAt = dateOf(values('passwordExpirationTime')[0])
    const tries = values('passwordRetryCount')[0]
    return {
      // Kept only with passwordTrackUpdateTime.
      changedAt: dateOf(values('pwdUpdateTime')[0]),
      mustChange: expiresAt?.getTime() === mustChangeAt,
      expiresAt: expiresAt === null || noExpiry.includes(expiresAt.getTime()) ? null : expiresAt,
      failedTries: tries === undefined ? null : Number(tries),
    }
  },
  // RFC 3062 runs as the server itself here: the policy is skipped or its refusal has no reason.
  passwordWrite: 'replace',
  hasAssertions: false,
  // It lifts a lock by itself as well, for the count, but after it has answered: a bind at once would find it locked.
  lock: {
    attributes: ['accountUnlockTime', 'passwordRetryCount'],
    serversOwn: [],
    outlivesNewPassword: true,
  },
  lockedForGood: null,
  policy: {
    attributes: [
      ...[
        'passwordCheckSyntax',
        'passwordMinLength',
        'passwordMinCategories',
        'passwordHistory',
        'passwordInHistory',
      ],
      ...['passwordMinAge', 'passwordExp', 'passwordMaxAge', 'passwordGraceLimit'],
    ],
    // Each rule has a switch beside it, which is off when nothing is said.
    rules(values) {
      const isOn = (name: string) => values(name)[0]?.toLowerCase() === 'on'
      const number = (name: string) => positive(values(name)[0])
      const [syntax, expires] = [isOn('passwordCheckSyntax'), isOn('passwordExp')]
      return {
        lengthMin: syntax ? number('passwordMinLength') : null,
        history: isOn('passwordHistory') ? number('passwordInHistory') : null,
        minAgeSeconds: number('passwordMinAge'),
        maxAgeSeconds: expires ? number('passwordMaxAge') : null,
        graceSignIns: expires ? (number('passwordGraceLimit') ?? 0) : null,
        classesMin: syntax ? number('passwordMinCategories') : null,
      }
    },
  },
  // Only a password administrator's writes are marked (passwordExpirationTime). The mark comes after the answer; taken
  // off, the password would never expire, and with another time it would have expired long ago.
  mustChange: null,
  // `check_pw_minage` compares this time alone, and knows of no minimum age without it.
  waivesMinAge: { attribute: 'passwordAllowChangeTime', values: [] },
  readsPastNul: false,
  refusal({ code, message }) {
    // With missing rights it sends "change not allowed" as well, which would be told to the person.
    if (code === 50) return 'directory-rights-missing'
    if (code !== 19) return null
    // The present password is refused without the control, a short one as one of poor quality. The texts are
    // constants in the server's source.
    if (message.startsWith('password in history')) return 'password-in-history'
    return /password must be at least \d+ characters long/.test(message)
      ? 'password-too-short-for-directory'
      : null
  },
  // The value to take away is not there.
  currentIsWrong: ({ code }) => code === 16,
}

const untilSomebodyLiftsIt = 0
/**
 * Times that are none, as `pw.c` writes them into passwordExpirationTime: "must change", "changed since it had to be, and
 * does not expire", and the last one there is.
 */
const mustChangeAt = 0
const noExpiry: readonly number[] = [mustChangeAt, 1000, Date.UTC(2038, 0, 19, 3, 14, 7)]

export const dialects = { openldap, '389ds': ds389 } as const satisfies Record<LdapConfig['dialect'], Dialect>
