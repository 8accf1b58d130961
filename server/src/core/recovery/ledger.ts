import type { EnrolledSummary } from '../proofs/index.ts'
import type { RecoveryRules } from './rules.ts'
import { after, leaseSeconds } from './rules.ts'

/** The right of one flow to write one account's password, until a moment. */
export interface Lease {
  flow: string
  attempt: number
  until: Date
}

/**
 * What is remembered per subject: one row, locked first in every decision. For a flow of nobody it holds the same
 * fields and counts the same way, so that nothing can be told from how it behaves.
 */
export interface Ledger {
  tenant: string
  subject: string
  /** Moments of wrong codes, newest last; as many as the limit can need. */
  failedTries: readonly Date[]
  /** Every token issued under an older value is dead. */
  tokenVersion: number
  /** When Rekey last wrote, or may have written, a password of this account. */
  writtenAt: Date | null
  secondProofUntil: Date | null
  /** The next sign-in leads to a new password. Any password that is written through Rekey settles it. */
  mustChange: { because: 'ordered' | 'breached' | 'expired'; at: Date } | null
  lease: Lease | null
  /** When the owner was last told, or was to be told, of the age of the password. */
  expiryToldAt: Date | null
  /** When the directory last failed to mark an expired password "must change"; null once it has. */
  markFailedAt: Date | null
  /** What its owner has set up to prove themselves with: so much as is needed to decide what to ask for. */
  enrolled: readonly EnrolledSummary[]
}

export const emptyLedger = (tenant: string, subject: string): Ledger => ({
  tenant,
  subject,
  failedTries: [],
  tokenVersion: 0,
  writtenAt: null,
  secondProofUntil: null,
  mustChange: null,
  lease: null,
  expiryToldAt: null,
  markFailedAt: null,
  enrolled: [],
})

export const codesAreOpen = (ledger: Ledger, rules: RecoveryRules, now: Date): boolean =>
  recent(ledger, rules, now).length < rules.failedTriesPerAccount.max

export const codesTriedIn = (ledger: Ledger, rules: RecoveryRules, now: Date): number =>
  recent(ledger, rules, now).length

export const afterFailedTry = (ledger: Ledger, rules: RecoveryRules, now: Date): Ledger => ({
  ...ledger,
  failedTries: [...recent(ledger, rules, now), now].slice(-rules.failedTriesPerAccount.max),
})

/** Takes back one failed try that turned out to be none. */
export function withoutTry(ledger: Ledger, at: Date): Ledger {
  const found = ledger.failedTries.findLastIndex((tried) => tried.getTime() === at.getTime())
  return found < 0 ? ledger : { ...ledger, failedTries: ledger.failedTries.toSpliced(found, 1) }
}

export const secondProofIsWanted = (ledger: Ledger, now: Date): boolean =>
  ledger.secondProofUntil !== null && ledger.secondProofUntil > now

/** As `secondProofUntil`: one mailbox is not enough for this account any more. */
export const neverByMail = new Date('9999-12-31T00:00:00.000Z')

/** Rekey has closed the account: its owner has left, and is not spoken to any more. */
export const isClosed = ({ secondProofUntil }: Ledger): boolean =>
  secondProofUntil !== null && secondProofUntil >= neverByMail

/** Asks for a second proof until then, or longer where that was asked for before. */
export const withSecondProof = (ledger: Ledger, until: Date): Ledger => ({
  ...ledger,
  secondProofUntil:
    ledger.secondProofUntil !== null && ledger.secondProofUntil > until ? ledger.secondProofUntil : until,
})

export const leaseIsFree = (ledger: Ledger, now: Date): boolean =>
  ledger.lease === null || ledger.lease.until <= now

/**
 * Whether a write was begun whose end is not recorded. The lease of one that ended as unknown is kept, so a lease
 * alone does not tell; one that ran out without an end (the sweeper has not come by) still counts.
 */
export const writeIsUnderWay = ({ lease, writtenAt }: Ledger, rules: RecoveryRules): boolean =>
  lease !== null && (writtenAt === null || writtenAt <= after(lease.until, -leaseSeconds(rules)))

/** Every session and token of the account is dead from here on. */
export const afterSessionsEnded = (ledger: Ledger): Ledger => ({
  ...ledger,
  tokenVersion: ledger.tokenVersion + 1,
})

const recent = (ledger: Ledger, rules: RecoveryRules, now: Date): readonly Date[] =>
  ledger.failedTries.filter((at) => after(at, rules.failedTriesPerAccount.windowSeconds) > now)
