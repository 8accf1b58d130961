import type { AccountRef } from '../accounts/ports.ts'
import type { Flaw } from '../passwords/index.ts'

/** Why the person can't go on with the password they signed in with. */
export type MustChange =
  /** The directory says so: an administrator has set the password. */
  | 'directory'
  /** It has outlived its age; the directory took it once more, as a proof and for nothing else. */
  | 'expired'
  /** An operator asked for it. */
  | 'ordered'
  /** It is in a list of lost passwords, and policy wants those replaced. */
  | 'breached'
  /** It would not be taken today, and policy wants such ones replaced. */
  | 'weak'

/** One sign-in of an account at the portal. */
export interface PortalSession {
  tenant: string
  id: string
  /** Keyed digest of what the browser or client holds. */
  secretDigest: string
  /** Of the account's ledger. */
  subject: string
  account: AccountRef
  /** As the directory writes it; sealed at rest. */
  username: string
  /** Of the account at sign-in. Once the ledger has another, the session is over. */
  tokenVersion: number
  mustChange: MustChange | null
  /** When the password ends, if that is soon; where it has expired already, the end of its grace. */
  passwordEndsAt: Date | null
  /** What else is wrong with the password, and may stay so. */
  flaw: Flaw | null
  /** The configured service that the person came from and wants to go back to. */
  service: string | null
  startedAt: Date
  endedAt: Date | null
}

/** What a decision makes of a session; written with everything else that it decides. */
export type SessionChange =
  | { change: 'begun'; session: PortalSession }
  /** Lives on under a new token version, with nothing left that must be changed. One that has ended stays so. */
  | { change: 'kept'; tenant: string; id: string; tokenVersion: number }
  | { change: 'ended'; tenant: string; id: string; at: Date }
