import type { LdapConfig } from './config.ts'
import type { Values } from './entry.ts'
import { generalizedTime } from './generalized-time.ts'
import type { WriteMeaning } from './result-codes.ts'

/** What servers do differently although the protocol is the same. */
export interface Dialect {
  /** What the server keeps with an entry about its password; read with every entry. */
  policyAttributes: readonly string[]
  isDisabled(values: Values, now: Date): boolean
  isLocked(values: Values, options: { lockoutSeconds: number; now: Date }): boolean
  /** The way to write a password when the configuration names none. */
  passwordWrite: NonNullable<LdapConfig['passwordWrite']>
  /** The server knows the assertion control (RFC 4528). */
  hasAssertions: boolean
  /** Attributes that keep an entry locked after a new password, removed together with its being written. */
  lockAttributes: readonly string[]
  /** "Must change at next sign-in", where a modify may take the mark off. */
  mustChange: { attribute: string; value: string } | null
  /** The server compares all octets of a password; otherwise it stops at the first NUL. */
  readsPastNul: boolean
  /** Null where result code and password policy control say it all. */
  refusal(answer: { code: number; message: string }): WriteMeaning | null
}

/** The password policy overlay (draft-behera-ldap-password-policy, section 5.3). */
const openldap: Dialect = {
  policyAttributes: ['pwdAccountLockedTime', 'pwdStartTime', 'pwdEndTime'],
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
  passwordWrite: 'passmod',
  hasAssertions: true,
  lockAttributes: [],
  mustChange: { attribute: 'pwdReset', value: 'TRUE' },
  readsPastNul: true,
  refusal: () => null,
}

/** "Locked for good": the value that only an administrator sets (draft-behera, section 5.3.3). */
const lockedForGood = '000001010000Z'

/** 389 Directory Server: `ldap/servers/slapd/pw.c` and `pw_mgmt.c` of its source say what these attributes mean. */
const ds389: Dialect = {
  policyAttributes: ['nsAccountLock', 'accountUnlockTime', 'passwordRetryCount'],
  isDisabled: (values) => values('nsAccountLock').some((value) => value.toLowerCase() === 'true'),
  isLocked(values, { now }) {
    // Whoever else sets a password leaves the time and puts the count back to zero, which the server looks at first.
    if (values('passwordRetryCount').includes('0')) return false
    return values('accountUnlockTime')
      .map(generalizedTime)
      .some((time) => time === null || time === untilSomebodyLiftsIt || time > now.getTime())
  },
  // RFC 3062 runs as the server itself here: the policy is skipped or its refusal has no reason.
  passwordWrite: 'replace',
  hasAssertions: false,
  // It does this by itself as well, for the count, but after it has answered: a bind at once would find it locked.
  lockAttributes: ['accountUnlockTime', 'passwordRetryCount'],
  // Only a password administrator's writes are marked (passwordExpirationTime). The mark comes after the answer; taken
  // off, the password would never expire, and with another time it would have expired long ago.
  mustChange: null,
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
}

const untilSomebodyLiftsIt = 0

export const dialects = { openldap, '389ds': ds389 } as const satisfies Record<LdapConfig['dialect'], Dialect>
