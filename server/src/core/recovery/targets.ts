import type { AccountRef, DirectoryRefusal } from '../accounts/ports.ts'

/** What became of a new password at one of the accounts that are to have it. */
export type TargetOutcome =
  | { is: 'waiting' }
  | { is: 'written' }
  /** `directory-not-writable`: an operator has to mend something there first. */
  | { is: 'refused'; because: DirectoryRefusal | 'directory-not-writable' }
  /** Certainly not written. */
  | { is: 'unreachable' }
  /** Sent, and there was no answer. */
  | { is: 'unknown' }

/** One of a person's accounts that have one password (decision record 0007). */
export interface Target {
  account: AccountRef
  /** Of its ledger. */
  subject: string
  outcome: TargetOutcome
}

/** The leading account first. Without it, or with that alone, an account stands for itself. */
export type Targets = readonly Target[]

interface WithTargets {
  targets?: Targets
}

export const followingIn = ({ targets = [] }: WithTargets): Targets => targets.slice(1)

/** The leading account has the new password, and some of the others have not. */
export const isPartlyWritten = ({ targets = [] }: WithTargets): boolean =>
  targets[0]?.outcome.is === 'written' && targets.some(({ outcome }) => outcome.is !== 'written')

/** For whoever writes it into a state of a flow. */
export const withTargets = ({ targets }: WithTargets): WithTargets =>
  targets === undefined ? {} : { targets }
