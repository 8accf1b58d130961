import { createHash } from 'node:crypto'
import type { AccountRef } from '../accounts/ports.ts'
import { canonicalJson } from '../audit/index.ts'
import type { WriteOutcome } from '../recovery/ports.ts'

/** Exactly what was asked, and by whom. Nothing of it ever changes. */
export interface Asked {
  tenant: string
  id: string
  subject: string
  account: AccountRef
  /** As the directory wrote it then; sealed at rest, and so is the reason. */
  username: string
  reason: string
  askedBy: string
  askedAt: Date
  /** From then on nothing is written for it any more. */
  expiresAt: Date
  /** Of all that stands above: what whoever approves says yes to. */
  digest: string
}

interface Approved {
  approvedBy: string
  approvedAt: Date
  /** Writes that were begun. */
  attempts: number
}

export type VoidBecause =
  | 'expired'
  /** The account is another than was asked about: renamed, gone, or privileged by now. */
  | 'account-changed'
  /** What is kept of the request is not what was asked. */
  | 'request-changed'
  /** The key that asked may not ask any more. */
  | 'asker-gone'

/** `elsewhere`: it lives at another provider, where somebody has to close it as well. All else has ended. */
export const closedPasswords = ['replaced', 'elsewhere'] as const
export type ClosedPassword = (typeof closedPasswords)[number]

/** Why certainly nothing was written. */
export type FailedBecause = (WriteOutcome & { is: 'refused' | 'not-written' })['because']

/** A request that an account is closed: its password becomes one that nobody knows, and all its sessions end. */
export type Offboarding =
  | (Asked & { state: 'pending' })
  | (Asked & { state: 'void'; because: VoidBecause })
  /** Somebody else said yes; the write waits for another one of the account to end. */
  | (Asked & Approved & { state: 'approved' })
  | (Asked & Approved & { state: 'writing' })
  | (Asked & Approved & { state: 'done'; doneAt: Date; password: ClosedPassword })
  /** Certainly nothing was written. */
  | (Asked & Approved & { state: 'failed'; because: FailedBecause })
  /** Nobody knows what the directory did; sessions have ended as if it had been written. */
  | (Asked & Approved & { state: 'unknown' })

export type OffboardingState = Offboarding['state']

export const offboardingStates = [
  'pending',
  'void',
  'approved',
  'writing',
  'done',
  'failed',
  'unknown',
] as const satisfies readonly OffboardingState[]

/** A night and a weekend morning: as long as a flow that waits for people may last. */
export const approvalSeconds = 24 * 3_600

/** SHA-256 over the canonical JSON (RFC 8785) of what was asked, in lower-case hex. */
export function digestOf(asked: Omit<Asked, 'digest'>): string {
  const { tenant, id, subject, account, username, reason, askedBy, askedAt, expiresAt } = asked
  const text = canonicalJson({
    v: 1,
    action: 'offboarding',
    ...{ tenant, id, subject, username, reason, askedBy },
    account: { directory: account.directory, key: account.key },
    askedAt: askedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  })
  return createHash('sha256').update(text).digest('hex')
}

/** What was asked, of any state. */
export const askedOf = (offboarding: Offboarding): Asked => {
  const { tenant, id, subject, account, username, reason, askedBy, askedAt, expiresAt, digest } = offboarding
  return { tenant, id, subject, account, username, reason, askedBy, askedAt, expiresAt, digest }
}

/** As it is at `now`: time alone ends a request that nobody said yes to. */
export const offboardingAt = (offboarding: Offboarding, now: Date): Offboarding =>
  offboarding.state === 'pending' && offboarding.expiresAt <= now
    ? { ...askedOf(offboarding), state: 'void', because: 'expired' }
    : offboarding
