import type { Ineligible } from '../messages/ports.ts'
import type { VoidBecause } from './offboarding.ts'
import type { Permission } from './permissions.ts'

/** What the help desk is answered besides yes. Each code has a heading in the problem reference and is never renamed. */
export type DeskRefusal =
  /** Nobody has this identifier or opaque id, or the directory does not have the entry any more. */
  | { because: 'account-unknown' }
  /** Several accounts have this identifier; nobody guesses which was meant. */
  | { because: 'account-ambiguous' }
  /** It is one of those that Rekey leaves alone, or its directory said no. */
  | { because: 'account-not-eligible'; why: Ineligible | 'gone' }
  /** The account's directory has no lock that Rekey could lift. */
  | { because: 'unlock-not-offered' }
  /** Nobody would get the mail. */
  | { because: 'no-address' | 'address-unusable' }
  | { because: 'invited-before' }
  /** Its owner said that the last one was not asked for: only to the addresses of the directory from then on. */
  | { because: 'invitation-disowned' }
  /** The key may do this, but not with what it asks for. */
  | { because: 'permission-missing'; why: Permission }
  /** A password was set with Rekey already: the owner comes back by recovery. */
  | { because: 'already-activated' }
  | { because: 'invitation-unknown' }
  | { because: 'invitation-over'; why: 'spent' | 'withdrawn' | 'expired' }
  | { because: 'offboarding-unknown' }
  /** It was changed, or took too long: ask anew. */
  | { because: 'offboarding-void'; why: VoidBecause }
  /** It is done; a yes is spent by that. */
  | { because: 'offboarding-settled' }
  /** Whoever asked, and whoever it is about, don't say yes to it. */
  | { because: 'approval-not-yours' }
  /** The yes was to something else than what was asked. */
  | { because: 'digest-wrong' }
  | { because: 'write-in-progress' }

export type DeskRefusalCode = DeskRefusal['because']

export type DeskRefused = { ok: false } & DeskRefusal

export const refuse = <R extends DeskRefusal>(refusal: R): { ok: false } & R => ({ ok: false, ...refusal })
