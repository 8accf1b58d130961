import type { PasswordFacts } from '../../../core/accounts/ports.ts'
import type { Values } from '../ldap-wire/values.ts'
import { dateOf, fileTime } from './octets.ts'

/** MS-ADTS, section 2.2.16: bits of userAccountControl, and of what the server adds in the computed attribute. */
const bits = { disabled: 0x2, locked: 0x10, neverExpires: 0x1_0000, smartCard: 0x4_0000 }

/** What is read to know how an account stands. */
export const stateAttributes = [
  'userAccountControl',
  'msDS-User-Account-Control-Computed',
  'accountExpires',
  'lockoutTime',
]
export const passwordAttributes = ['pwdLastSet', 'msDS-UserPasswordExpiryTimeComputed', 'badPwdCount']

function has(values: Values, attribute: string, bit: number): boolean | null {
  const text = values(attribute)[0]
  return text === undefined ? null : (Number(text) & bit) !== 0
}

/** Disabled or expired. What can't be read fails closed. */
export function isDisabled(values: Values, now: Date): boolean {
  if (has(values, 'userAccountControl', bits.disabled) !== false) return true
  const expires = dateOf(fileTime(values('accountExpires')[0]))
  return expires !== null && expires.getTime() <= now.getTime()
}

/** The time of a lock stays after the lock is over; the server works out whether it still holds. */
export function isLocked(values: Values): boolean {
  const computed = has(values, 'msDS-User-Account-Control-Computed', bits.locked)
  return computed ?? (fileTime(values('lockoutTime')[0]) ?? 0n) > 0n
}

export const needsSmartCard = (values: Values): boolean =>
  has(values, 'userAccountControl', bits.smartCard) === true

export function passwordFacts(values: Values): PasswordFacts {
  const lastSet = fileTime(values('pwdLastSet')[0])
  const tries = values('badPwdCount')[0]
  const ages = has(values, 'userAccountControl', bits.neverExpires | bits.smartCard) !== true
  return {
    changedAt: dateOf(lastSet),
    // MS-ADTS, section 3.1.1.4.5.27: of a password that does not age the mark is not looked at.
    mustChange: lastSet === 0n && ages,
    expiresAt: dateOf(fileTime(values('msDS-UserPasswordExpiryTimeComputed')[0])),
    failedTries: tries === undefined ? null : Number(tries),
  }
}
