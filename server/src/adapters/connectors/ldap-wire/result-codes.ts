import { type PasswordPolicyError, ResultCodeError } from 'ldapts'
import type { DirectoryRefusal } from '../../../core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../../kernel/fault.ts'

/** What one result code means for one kind of operation. */
export type BindMeaning = FaultCode | 'wrong' | 'locked' | 'disabled'
export type WriteMeaning = FaultCode | DirectoryRefusal

interface Row {
  name: string
  /** A search as the service account. */
  read: FaultCode
  /** A person's bind. */
  bind: BindMeaning
  /** A password write as the service account. */
  write: WriteMeaning
}

const everywhere = (name: string, fault: FaultCode): Row => ({ name, read: fault, bind: fault, write: fault })
const misconfigured = (name: string) => everywhere(name, 'directory-misconfigured')
const unusable = (name: string) => everywhere(name, 'directory-answer-unusable')
/**
 * A server, or a balancer before it, that stopped half-way: a read is asked elsewhere; a write may have
 * happened (lloadd answers 52 and 80 when the server behind it went away after it got the request).
 */
const halfWay = (name: string): Row => ({
  name,
  read: 'directory-unreachable',
  bind: 'directory-unreachable',
  write: 'directory-outcome-unknown',
})

/**
 * Every result code of RFC 4511 and the ones that its extensions add, as the IANA registry lists them. A code
 * that is missing here is no mistake of the person: a read calls it unusable, a write unknown.
 */
const rows = {
  1: halfWay('operationsError'),
  2: misconfigured('protocolError'),
  3: halfWay('timeLimitExceeded'),
  4: { ...unusable('sizeLimitExceeded'), read: 'directory-misconfigured' },
  5: unusable('compareFalse'),
  6: unusable('compareTrue'),
  7: misconfigured('authMethodNotSupported'),
  8: misconfigured('strongerAuthRequired'),
  // A replica that takes no writes: the server that does belongs first in the list.
  10: misconfigured('referral'),
  11: misconfigured('adminLimitExceeded'),
  12: misconfigured('unavailableCriticalExtension'),
  13: misconfigured('confidentialityRequired'),
  14: unusable('saslBindInProgress'),
  16: { ...misconfigured('noSuchAttribute'), write: 'account-unavailable' },
  17: misconfigured('undefinedAttributeType'),
  18: misconfigured('inappropriateMatching'),
  // 389 Directory Server answers a bind of a locked entry with 19; on a write it is the password policy.
  19: { ...unusable('constraintViolation'), bind: 'locked', write: 'password-too-weak-for-directory' },
  20: unusable('attributeOrValueExists'),
  21: misconfigured('invalidAttributeSyntax'),
  // A base that is missing is configuration; an entry that is missing is an account that went away.
  32: { ...misconfigured('noSuchObject'), bind: 'wrong', write: 'account-unavailable' },
  33: misconfigured('aliasProblem'),
  34: misconfigured('invalidDNSyntax'),
  35: unusable('isLeaf'),
  36: misconfigured('aliasDereferencingProblem'),
  47: everywhere('proxyAuthzFailure', 'directory-rights-missing'),
  // The entry has no password to compare with.
  48: { ...misconfigured('inappropriateAuthentication'), bind: 'wrong' },
  49: { ...misconfigured('invalidCredentials'), bind: 'wrong' },
  50: everywhere('insufficientAccessRights', 'directory-rights-missing'),
  51: everywhere('busy', 'directory-unreachable'),
  52: halfWay('unavailable'),
  // A bind of a deactivated entry at 389 Directory Server. On a write: read-only database, replica without
  // a referral, server going down. Nothing the person could do better.
  53: { ...misconfigured('unwillingToPerform'), bind: 'disabled' },
  54: misconfigured('loopDetect'),
  64: misconfigured('namingViolation'),
  // Its classes leave no room for a password.
  65: { ...misconfigured('objectClassViolation'), write: 'account-unavailable' },
  66: misconfigured('notAllowedOnNonLeaf'),
  67: misconfigured('notAllowedOnRDN'),
  68: unusable('entryAlreadyExists'),
  69: misconfigured('objectClassModsProhibited'),
  71: misconfigured('affectsMultipleDSAs'),
  80: halfWay('other'),
  112: misconfigured('tlsNotSupported'),
  113: unusable('lcupResourcesExhausted'),
  114: unusable('lcupSecurityViolation'),
  115: unusable('lcupInvalidData'),
  116: unusable('lcupUnsupportedScheme'),
  117: unusable('lcupReloadRequired'),
  118: halfWay('canceled'),
  119: unusable('noSuchOperation'),
  120: unusable('tooLate'),
  121: unusable('cannotCancel'),
  // The entry that has this DN now is not the one that was meant (RFC 4528).
  122: { ...unusable('assertionFailed'), write: 'account-unavailable' },
  123: everywhere('authorizationDenied', 'directory-rights-missing'),
  4096: unusable('e-syncRefreshRequired'),
} as const satisfies Record<number, Row>

const unknown: Row = {
  name: 'unknown',
  read: 'directory-answer-unusable',
  bind: 'directory-answer-unusable',
  write: 'directory-outcome-unknown',
}

export const knownResultCodes: readonly number[] = Object.keys(rows).map(Number)

const isKnown = (code: number): code is keyof typeof rows => Object.hasOwn(rows, code)
export const rowFor = (code: number): Row => (isKnown(code) ? rows[code] : unknown)

/** `32 noSuchObject` */
export const resultText = (code: number): string => `${String(code)} ${rowFor(code).name}`

/**
 * The fault for what a server answered. `what` says what it was asked, without naming a person; the server's own
 * words may, and stay in the cause.
 */
export function faultFor(
  code: FaultCode,
  error: ResultCodeError,
  { server, what }: { server: string; what: string },
): Fault {
  return new Fault(code, { cause: error, detail: `${server}: ${what} (${resultText(error.code)})` })
}

type PolicyError = (typeof PasswordPolicyError)[keyof typeof PasswordPolicyError]

/**
 * The reasons that the password policy control gives with a refused write (draft-behera-ldap-password-policy,
 * section 6.2). They are more exact than the result code, which is 19 for most of them.
 */
const policyMeanings = {
  0: 'directory-misconfigured', // The service account's own password has expired …
  1: 'directory-misconfigured', // … or is locked …
  2: 'directory-misconfigured', // … or has to be changed before it may do anything.
  3: 'password-change-not-allowed',
  // The policy wants the old password from everybody but an administrator (pwdSafeModify).
  4: 'directory-rights-missing',
  5: 'password-too-weak-for-directory',
  6: 'password-too-short-for-directory',
  7: 'password-too-young',
  8: 'password-in-history',
} as const satisfies Record<PolicyError, WriteMeaning>

const isPolicyError = (error: number): error is PolicyError => Object.hasOwn(policyMeanings, error)

/**
 * What a refused password write means. Missing rights stay missing rights whatever else is said, with one
 * exception: OpenLDAP says 50 with passwordModNotAllowed when the policy of this entry forbids changes. Where that
 * means something else, the dialect is asked first.
 */
export function writeMeaning(code: number, policyError: number | undefined): WriteMeaning {
  const plain = rowFor(code).write
  if (policyError === undefined || !isPolicyError(policyError)) return plain
  const exact = policyMeanings[policyError]
  if (plain === 'directory-rights-missing' && exact !== 'password-change-not-allowed') {
    return exact.startsWith('directory-') ? exact : plain
  }
  return exact
}

/** What a refused bind of a person means; the control tells locked and expired from wrong. */
export function bindMeaning(code: number, policyError: number | undefined): BindMeaning | 'expired' {
  const plain = rowFor(code).bind
  if (plain !== 'wrong') return plain
  if (policyError === 1) return 'locked'
  return policyError === 0 ? 'expired' : plain
}

export const isResultCodeError = (error: unknown): error is ResultCodeError =>
  error instanceof ResultCodeError
