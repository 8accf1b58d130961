import type { FaultCode } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { AccountRef, PasswordChange } from '../accounts/ports.ts'
import type { AuditEvent } from '../audit/ports.ts'
import type { MessageOrder } from '../messages/ports.ts'
import type { HistoryChange, RememberedPassword } from '../passwords/index.ts'
import type { Enrolment, EnrolmentChange } from '../proofs/index.ts'
import type { PortalSession, SessionChange } from '../sessions/ports.ts'
import type { JudgedEntry } from './deps.ts'
import type { Flow } from './flow.ts'
import type { Ledger } from './ledger.ts'

export interface ResolveJob {
  queue: 'resolve-recovery'
  payload: {
    tenant: string
    flow: string
    /** Which message of the flow this is about; a job that runs twice issues it once. */
    ask: number
    /** A text is wanted; a mail unless said. */
    channel?: 'sms'
  }
}

export interface DeliverJob {
  queue: 'deliver-message'
  payload: { tenant: string; message: string }
  /** Of its queue; 0 unless said, and higher ones first. */
  priority?: number
}

/** The daily round about passwords that expire. */
export interface ExpiryJob {
  queue: 'tell-of-expiry'
  payload: { tenant: string }
}

/** Another try to write a password that was accepted while its directory could not be reached. It names it and no more. */
export interface WriteWaitingJob {
  queue: 'write-waiting'
  payload: { tenant: string; flow: string }
}

export type Job = ResolveJob | DeliverJob | WriteWaitingJob

/** A password that waits for its directory. It lies sealed, in a row of its own, for as long as its flow waits. */
export interface WaitingPassword {
  tenant: string
  flow: string
  subject: string
  account: AccountRef
  /** Of the flow: the one that did not reach the directory. */
  attempt: number
  /** When the account's password had last been set by then, as the directory told. */
  passwordSetAt: Date | null
  expiresAt: Date
  /** Normalised. */
  password: Secret
}

/** What a directory last said of an account: what a password is judged by while the directory is away. */
export interface SeenAccount {
  tenant: string
  subject: string
  entry: Omit<JudgedEntry, 'change'>
  at: Date
}

/** A "this was not me" that was mailed: who may say it about what. Link and code are derived from its id. */
export interface Disavowal {
  tenant: string
  id: string
  /** Keyed digest of the typed code; the link needs no digest, it names the id. */
  codeDigest: string
  subject: string
  /** What it is about; null for an invitation that nobody has opened yet. */
  flow: string | null
  /** Recovery addresses to tell; sealed at rest. */
  notify: readonly string[]
  username: string
  locale: string
  /** Set where the mail told that something was removed: nothing else shows then what was done. */
  about: 'method-removed' | null
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

/** An invitation that was mailed: whose first password it lets be set. Link and code are derived from its id. */
export interface Invitation {
  tenant: string
  id: string
  /** Keyed digest of the typed code; the link needs no digest, it names the id. */
  codeDigest: string
  subject: string
  account: AccountRef
  /** As it was when the invitation was sent; sealed at rest, like the addresses. */
  username: string
  sentTo: readonly string[]
  locale: string
  service: string | null
  /** Who or what invited: a label for operators. */
  invitedBy: string
  createdAt: Date
  /** When the account's password had last been set by then, as the directory told; null: never, or it did not tell. */
  passwordSetAt: Date | null
  expiresAt: Date
  spentAt: Date | null
  withdrawnAt: Date | null
  /** When the account's owner said "this was not me" while it could be used. */
  disownedAt: Date | null
}

export interface InvitationDecision<Answer> {
  answer: Answer
  /** Invitations of this account as they shall be: new ones, and ones that were seen. */
  changed?: readonly Invitation[]
  /** The flow that a spent invitation opened. */
  opened?: Flow
  /** As in `Decision`. */
  others?: (flow: Flow) => Changed | null
  effects?: Effects
}

export type InvitationName = { id: string } | { codeDigest: string }

/** A case handed to people. */
export interface Ticket {
  tenant: string
  id: string
  subject: string
  flow: string | null
  because: 'disavowed'
  openedAt: Date
}

/** What is written together with a decision: all of it or nothing. */
export interface Effects {
  events: readonly AuditEvent[]
  messages?: readonly MessageOrder[]
  jobs?: readonly Job[]
  disavowals?: readonly Disavowal[]
  tickets?: readonly Ticket[]
  /** A device that brought the account's owner back in: it has a mail quota of its own from now on. */
  knownDevice?: { tenant: string; subject: string; deviceDigest: string; at: Date }
  /** Devices, and places, that were seen then or later bring nobody back in any more: it was not the owner. */
  forgetDevices?: { tenant: string; subject: string; seenSince: Date }
  session?: SessionChange
  /** What becomes of the passwords that are remembered of an account whose ledger the decision holds. */
  history?: { tenant: string; subject: string } & HistoryChange
  /** Waits from now on, as long as the flow does. */
  waiting?: WaitingPassword
  seen?: SeenAccount
  /** What becomes of what the account has enrolled; its ledger is held, and says the same from then on. */
  enrolments?: readonly EnrolmentChange[]
  /** The code of this text was typed in: what is sent and never typed shows who sends for the money. */
  textEntered?: { tenant: string; flow: string; generation: number; at: Date }
}

/** Another flow that a decision changes, with what is to be told of it. */
export interface Changed {
  flow: Flow
  events: readonly AuditEvent[]
}

/** What becomes of an account that has its password from the one that a decision is about. */
export interface LinkedDecision {
  ledger: Ledger
  /** As `others` of a decision, for the flows of this account. */
  others?: (flow: Flow) => Changed | null
}

export interface Decision<Answer> {
  answer: Answer
  /** The flow as it shall be; absent means unchanged. */
  flow?: Flow
  /** A flow that a spent link opened. */
  opened?: Flow
  ledger?: Ledger
  /**
   * Applied to every other flow of the ledger's subject that has not ended; null leaves one alone. Where very many
   * wait without a proof, a store may make decoys of all those at a stroke instead.
   */
  others?: (flow: Flow) => Changed | null
  /** Of those that were locked with it. */
  linked?: readonly LinkedDecision[]
  effects?: Effects
}

/** What is there when somebody says "this was not me": the invitations of the account, newest first, too. */
export interface Disavowable {
  disavowal: Disavowal
  ledger: Ledger
  invitations: readonly Invitation[]
  enrolments: readonly Enrolment[]
}

export type DisavowalDecision<Answer> = Omit<Decision<Answer>, 'flow' | 'opened'> &
  Pick<InvitationDecision<Answer>, 'changed'>

/** What a decision about a flow is made from. */
export interface Decidable {
  flow: Flow
  ledger: Ledger
  /** Of the linked accounts, in the order they were named. */
  linked: readonly Ledger[]
  /** What the ledger's account has enrolled; empty unless asked for. */
  enrolments: readonly Enrolment[]
}

/** Which flow a decision is about, and what it waits for. */
export interface DecideTarget {
  tenant: string
  id: string
  /** Given when the decision concerns another ledger than the flow's present one. */
  subject?: string
  /** Accounts whose ledgers are locked, seen and changed with it. No subject twice, and not that of the flow. */
  linked?: readonly string[]
  /** What the account has enrolled is compared with, and may be spent. */
  enrolments?: true
  /** The decision needs no ledger: none is locked, an empty one is seen, and none may be returned. */
  alone?: boolean
  /**
   * Decisions with the same word wait for each other, whoever they are about. A stranger who sends several at once
   * would otherwise see by their times which of his flows share a ledger.
   */
  inLine?: string
  /**
   * May be decided in one transaction with others that say so, for what nobody is waiting for: one that waits for a
   * lock holds up its neighbours. The decider changes no other flow and may be called again.
   */
  together?: boolean
}

/**
 * Where flows, ledgers and everything that must change with them live.
 *
 * `decide` is the only way to change a flow: it locks the ledger row, then the flow row, calls the pure decider
 * once with what is there, and writes what it returns in the same transaction (decision record 0001). The same
 * statements run whoever the flow belongs to.
 *
 * A password that waits is destroyed by whatever ends the waiting of its flow, in the same transaction: no decider has
 * to say so, and none can forget it.
 */
export interface RecoveryStore {
  begin(flow: Flow, effects: Effects): Promise<void>
  /** Records events that change no flow. */
  record(events: readonly AuditEvent[]): Promise<void>
  read(tenant: string, id: string): Promise<Flow | null>
  readLedger(tenant: string, subject: string): Promise<Ledger>
  /** The opaque id under which an account's ledger is kept; given out at first sight, the same ever after. */
  subjectOf(tenant: string, account: AccountRef): Promise<string>
  /** Null: no such flow. */
  decide<Answer>(target: DecideTarget, decider: (seen: Decidable) => Decision<Answer>): Promise<Answer | null>
  /** The same about an account alone, or about nobody under the name that was typed. It may open a flow. */
  decideSubject<Answer>(
    target: { tenant: string; subject: string } & Pick<DecideTarget, 'enrolments'>,
    decider: (seen: Pick<Decidable, 'ledger' | 'enrolments'>) => Omit<Decision<Answer>, 'flow'>,
  ): Promise<Answer>
  /** The same for a "this was not me", found by id or by the digest of its code. Marks it used. */
  decideDisavowal<Answer>(
    target: { tenant: string; by: { id: string } | { codeDigest: string } },
    decider: (seen: Disavowable) => DisavowalDecision<Answer>,
  ): Promise<Answer | null>
  readSession(tenant: string, id: string): Promise<PortalSession | null>
  /**
   * The same for the invitations of one account, newest first; its ledger is locked, so that whatever races, one comes
   * after the other. Null: nobody has the invitation that is named.
   */
  decideInvitations<Answer>(
    target: { tenant: string; by: InvitationName | { subject: string } },
    decider: (seen: { invitations: readonly Invitation[]; ledger: Ledger }) => InvitationDecision<Answer>,
  ): Promise<Answer | null>
  readInvitation(tenant: string, by: InvitationName): Promise<Invitation | null>
  /** The latest that anybody sent to the account, whatever became of it; null: nobody was ever invited. */
  lastInvitation(tenant: string, subject: string): Promise<Pick<Invitation, 'passwordSetAt'> | null>
  /** By id, those after the one given. */
  listInvitations(
    tenant: string,
    page: { after: string | null; limit: number },
  ): Promise<readonly Invitation[]>
  /** What an account has enrolled, confirmed or not; of nobody nothing. */
  readEnrolments(tenant: string, subject: string): Promise<readonly Enrolment[]>
  isKnownDevice(tenant: string, subject: string, deviceDigest: string): Promise<boolean>
  /** Passwords of an account that may not be set again, in no order. */
  readRemembered(tenant: string, subject: string): Promise<readonly RememberedPassword[]>
  /**
   * Destroys remembered passwords that policy does not ask for any more: of accounts in a directory that is not named
   * all, of the others those beyond what is to be kept. Returns how many.
   */
  cutHistories(kept: readonly KeptHistory[]): Promise<number>
  /** Flows in `writing` whose lease has run out, over all tenants: at most `limit`, in an order that stays, behind `after`. */
  overrunWrites(now: Date, page: NamesPage): Promise<readonly { tenant: string; id: string }[]>
  /** Null: none waits. Throws when the key that it is sealed under is gone, or the row is not as it was written. */
  readWaiting(tenant: string, flow: string): Promise<WaitingPassword | null>
  /** Flows whose password has waited for as long as it may: as `overrunWrites`. */
  overdueWaits(now: Date, page: NamesPage): Promise<readonly { tenant: string; id: string }[]>
  readSeen(tenant: string, subject: string): Promise<SeenAccount | null>
  /** Removes what nobody needs any more; returns how many rows. */
  forget(before: Date): Promise<number>
}

/** The most that policy asks to be remembered of any account of a directory. */
export interface KeptHistory {
  tenant: string
  directory: string
  /** At least 1. */
  keep: number
}

/** A part of a list of rows that are named by tenant and id. */
export interface NamesPage {
  limit: number
  after: { tenant: string; id: string } | null
}

/** Counts requests atomically over all nodes. */
export interface Limiter {
  take(
    tenant: string,
    key: string,
    quota: { max: number; windowSeconds: number },
  ): Promise<{ ok: true } | { ok: false; retryAfterSeconds: number }>
}

/** What is known after the directory was asked. */
export type WriteOutcome =
  | { is: 'written' }
  | { is: 'refused'; because: Extract<PasswordChange, { ok: false }>['because'] }
  /** Certainly nothing was written. */
  | { is: 'not-written'; because: FaultCode; retryAfterSeconds?: number }
  | { is: 'unknown' }
