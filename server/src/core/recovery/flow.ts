import type { AccountRef } from '../accounts/ports.ts'
import type { Place } from '../messages/ports.ts'
import type { AssurancePolicy, DemandReason, Method, Proof } from '../proofs/index.ts'
import type { AutomationHint, Band } from '../risk/index.ts'
import type { Targets } from './targets.ts'

/** What a request says about where it comes from. Labels from closed lists and keyed digests; no raw text. */
export interface Client {
  /** "Firefox on Windows", or null. */
  device: string | null
  /** From the operator's geo file, or null. */
  place: Place | null
  /** Address prefix, as the request limits see it. */
  network: string
  /** Keyed digest of the device cookie, when the browser has one. */
  deviceDigest: string | null
  /** How the program behind the request looks. */
  automation?: AutomationHint
}

/** Whose flow it is. A stranger can't tell these apart before the first proof. */
export type Whose =
  /** The job that looks the identifier up has not run yet. */
  | { is: 'unresolved'; identifier: string }
  | {
      is: 'account'
      account: AccountRef
      username: string
      targets?: Targets
      /** How much policy asks of this account; what it has enrolled and what happened to it come on top. */
      assurance?: AssurancePolicy
      /** A text could go to it. */
      hasNumber?: true
    }
  /** A decoy: no account, an account that can't come back this way, or a flow that moved or was ended. */
  | { is: 'nobody' }

/** A link and code that were mailed. Only the newest generation of a flow works. */
export interface Issued {
  generation: number
  /** Which token key they were derived under. */
  keyId: string
  expiresAt: Date
}

/** What somebody wants of a flow: a new password, an account that is unlocked, another password, the first one. */
export const flowKinds = ['recovery', 'unlock', 'change', 'activation'] as const
export type FlowKind = (typeof flowKinds)[number]

/** Kinds that a person can start without having proven anything. */
export const startedKinds = ['recovery', 'unlock'] as const satisfies readonly FlowKind[]
export type StartedKind = (typeof startedKinds)[number]

/** Whoever came for a lock is given nothing more; a change proves the current password with each try. */
export const takesPassword = (kind: FlowKind): boolean => kind === 'recovery' || kind === 'activation'

/** Whoever proved enough for another password may keep the one there is. */
export const liftsLock = (kind: FlowKind): boolean => kind === 'recovery' || kind === 'unlock'

/** The right to begin one write. */
export interface Action extends Issued {
  spent: boolean
}

/** What only a change has. */
export interface OfChange {
  /** The session at the portal that it was opened in. */
  session: string
  /** The newest action token; no other works. */
  action: Action | null
}

interface Base {
  tenant: string
  id: string
  kind: FlowKind
  /** Keyed digest of the flow secret; it changes with each proof. */
  secretDigest: string
  /** The ledger row that counts for this flow: the account's, or that of the name that was typed. */
  subject: string
  /**
   * The ledger row while the flow belongs to nobody: one for everybody who typed this name, so that flows of nobody
   * wait for each other just as flows of one account do.
   */
  decoySubject: string
  locale: string
  service: string | null
  client: Client
  startedAt: Date
  /** The holder's latest step; idle time runs from here. */
  touchedAt: Date
  change?: OfChange
}

interface ForAccount extends Base {
  account: AccountRef
  /** To be shown masked to the holder and in full in mails. */
  username: string
  proofs: readonly Proof[]
  /** Where the account leads others: all that are to have one password. Unless asked for, nothing is known of it. */
  targets?: Targets
}

export interface AwaitingProof extends Base {
  state: 'awaiting-proof'
  whose: Whose
  /** Wrong codes in this flow. A new mail does not give tries back (NIST SP 800-63B-4 section 3.1.3.2). */
  codesTried: number
  /** Mails asked for, and until when the page says that the newest one works. The same for a decoy. */
  asked: { times: number; at: Date; worksUntil: Date }
  issued: Issued | null
  /** A code that went out as a text; it and what was mailed work beside each other. */
  issuedText?: Issued
  /** Not empty only when policy wants more proofs than were given. */
  proofs: readonly Proof[]
  /** What is wanted besides, since the latest of them. */
  wanted?: Wanted
  /** The worst that its requests were scored, where the score may act. */
  band?: Band
}

/** More than was proven: how many kinds in all, and which of what its owner has set up would do. Empty: people have to help. */
export interface Wanted {
  kinds: number
  methods: readonly Method[]
  because: readonly DemandReason[]
}

export interface Proven extends ForAccount {
  state: 'proven'
  refusals: number
  /** How often the directory was asked to change something. */
  attempts: number
}

/** A password that passed every check and waits, sealed, until its directory can be reached (decision record 0010). */
export interface Acceptance {
  at: Date
  /** Its owner was told that it works by then, or not at all. */
  expiresAt: Date
  /** A try may have reached the directory without anybody knowing: the next one asks before it writes. */
  doubted: boolean
}

export interface Accepted extends ForAccount {
  state: 'accepted'
  refusals: number
  attempts: number
  /** As in `Writing`. */
  notify: readonly string[]
  acceptance: Acceptance
}

export interface Writing extends ForAccount {
  state: 'writing'
  refusals: number
  /** Number of the attempt under way. */
  attempts: number
  /** Recovery addresses to write to when the outcome stays unknown. */
  notify: readonly string[]
  /** What ended it meanwhile. A write can't be called back: the flow ends as soon as that has come back. */
  endsAs?: Extract<EndedBecause, 'superseded' | 'ended-by-operator'>
  /** It was accepted before, and its owner has gone: this is a later try. */
  acceptance?: Acceptance
}

/** What a flow came to. `was-not-locked`: there was no lock to lift, and nothing was changed. */
export const outcomes = ['password-set', 'unlocked', 'was-not-locked'] as const
export type Outcome = (typeof outcomes)[number]

export interface Completed extends ForAccount {
  state: 'completed'
  outcome: Outcome
  completedAt: Date
}

export type EndedBecause =
  | 'expired'
  /** Another flow of the account succeeded. */
  | 'superseded'
  | 'disavowed'
  | 'outcome-unknown'
  | 'too-many-refusals'
  /** The account was disabled, became privileged or vanished after the proof. */
  | 'account-unavailable'
  /** Somebody who looks after accounts ended all of this one, closed it, or took the invitation back. */
  | 'ended-by-operator'
  /** It was accepted, and its directory could not be reached in time. */
  | 'not-set-in-time'
  /** It was accepted, and its directory, or policy by then, did not take it. */
  | 'refused-later'

export interface Ended extends Base {
  state: 'ended'
  because: EndedBecause
}

/** One run of a person's way back in. Each state carries only what is true in it. */
export type Flow = AwaitingProof | Proven | Writing | Accepted | Completed | Ended

export type FlowState = Flow['state']

/** Whether a password is kept for it, sealed. */
export const keepsPassword = (flow: Flow): boolean =>
  flow.state === 'accepted' || (flow.state === 'writing' && flow.acceptance !== undefined)

/** Everything that can happen to a flow. */
export type FlowEvent =
  | {
      type: 'matched'
      account: AccountRef
      username: string
      subject: string
      targets?: Targets
      assurance?: AssurancePolicy
      hasNumber?: true
      band?: Band
    }
  | { type: 'unmatched' }
  | { type: 'asked-again'; at: Date; worksUntil: Date }
  /** By mail unless said. */
  | { type: 'issued'; issued: Issued; channel?: 'sms' }
  | { type: 'code-wrong' }
  /** `wanted` is null when the proofs are enough. */
  | {
      type: 'proved'
      proofs: readonly Proof[]
      wanted: Wanted | null
      secretDigest: string
      at: Date
      band?: Band
    }
  | { type: 'moved-away' }
  | { type: 'action-issued'; issued: Issued }
  | { type: 'action-spent' }
  | { type: 'password-proven'; at: Date }
  | { type: 'password-refused'; last: boolean }
  | { type: 'write-started'; notify: readonly string[]; targets?: Targets }
  | { type: 'write-failed' }
  | { type: 'written'; at: Date; targets?: Targets }
  /** The leading account has it, and some that follow have not. */
  | { type: 'written-in-part'; at: Date; targets: Targets }
  | { type: 'write-unexplained' }
  | { type: 'put-off'; acceptance: Acceptance }
  | { type: 'not-set'; because: Extract<EndedBecause, 'not-set-in-time' | 'refused-later'> }
  | { type: 'unlock-started' }
  | { type: 'unlocked'; outcome: Exclude<Outcome, 'password-set'>; at: Date }
  | { type: 'superseded' }
  | { type: 'disavowed' }
  | { type: 'account-unavailable' }
  | { type: 'ended-by-operator' }
  | { type: 'expired' }

/**
 * Which event leads from where to where. The diagram in `docs/flows/recovery.md` is drawn from this table, and a
 * property test holds `transition` to it. What is not listed can't happen and is refused.
 */
export const moves = {
  'awaiting-proof': {
    matched: ['awaiting-proof'],
    unmatched: ['awaiting-proof'],
    'asked-again': ['awaiting-proof'],
    issued: ['awaiting-proof'],
    'code-wrong': ['awaiting-proof'],
    proved: ['awaiting-proof', 'proven'],
    // A starter whose flow was moved or ended by others must see nothing of it: the flow goes on as a decoy.
    'moved-away': ['awaiting-proof'],
    superseded: ['awaiting-proof'],
    disavowed: ['awaiting-proof'],
    'ended-by-operator': ['awaiting-proof'],
    expired: ['ended'],
  },
  proven: {
    'action-issued': ['proven'],
    'action-spent': ['proven'],
    'password-proven': ['proven'],
    // Completed: what has the new password in some of its accounts is done with those.
    'password-refused': ['proven', 'completed', 'ended'],
    'write-started': ['writing'],
    // It repeats harmlessly, so that no state of its own keeps others away meanwhile.
    'unlock-started': ['proven'],
    unlocked: ['completed'],
    superseded: ['ended'],
    disavowed: ['ended'],
    'account-unavailable': ['completed', 'ended'],
    'ended-by-operator': ['completed', 'ended'],
    expired: ['completed', 'ended'],
  },
  writing: {
    'write-failed': ['proven', 'ended'],
    'password-refused': ['proven', 'ended'],
    written: ['completed'],
    'written-in-part': ['proven'],
    'write-unexplained': ['ended'],
    // A write under way can't be called back, but its flow must not get another.
    superseded: ['writing'],
    'ended-by-operator': ['writing'],
    // Its owner waits for nothing more: whatever comes of the write is taken for one that was made.
    disavowed: ['ended'],
    'account-unavailable': ['ended'],
    'put-off': ['accepted', 'ended'],
    'not-set': ['ended'],
  },
  accepted: {
    'write-started': ['writing'],
    // Nothing is at the directory meanwhile, so whatever ends it ends it at once.
    superseded: ['ended'],
    disavowed: ['ended'],
    'account-unavailable': ['ended'],
    'ended-by-operator': ['ended'],
    'not-set': ['ended'],
    'write-unexplained': ['ended'],
  },
  completed: {},
  ended: {},
} as const satisfies Record<FlowState, Partial<Record<FlowEvent['type'], readonly FlowState[]>>>
