import type { ColumnType, Generated } from 'kysely'
import type { OffboardingState } from '../../../core/helpdesk/index.ts'
import type { Flaw } from '../../../core/passwords/index.ts'
import type { EnrolledMethod } from '../../../core/proofs/index.ts'
import type { MustChange, SignInMethod } from '../../../core/sessions/ports.ts'

export interface FlowTable {
  tenant: string
  id: string
  state: string
  subject: string
  secret_digest: string
  /** What the state carries besides the columns; nothing personal. */
  body: ColumnType<unknown, string, string>
  /** Identifier, addresses, names and where the request came from, sealed under the data key. */
  sealed: string
  started_at: Date
  touched_at: Date
  /** The flow began in Redis: while it waits without a proof, it is there only together with its record. */
  began_in_redis: Generated<boolean>
}

export interface LedgerTable {
  tenant: string
  subject: string
  failed_tries: Generated<Date[]>
  token_version: Generated<number>
  written_at: Date | null
  second_proof_until: Date | null
  must_change: 'ordered' | 'breached' | 'expired' | null
  must_change_at: Date | null
  lease_flow: string | null
  lease_attempt: number | null
  lease_until: Date | null
  /**
   * With Redis: flows of the account that waited at this moment are over. They could not be ended one by one: Redis
   * was away, they were too many, or one could not be opened.
   */
  waiting_over_at: Date | null
  expiry_told_at: Date | null
  mark_failed_at: Date | null
  /** Method, and from when it may bring its owner back. */
  enrolled: ColumnType<unknown, string | undefined, string>
}

export interface AccountTable {
  tenant: string
  directory: string
  key: string
  subject: string
}

export interface MessageTable {
  tenant: string
  id: string
  kind: string
  subject: string
  flow: string | null
  generation: number
  key_id: string
  disavowal: string | null
  locale: string
  service: string | null
  facts: ColumnType<unknown, string, string>
  /** Address, user name, device and place, sealed; null once the message is settled. */
  sealed: string | null
  ordered_at: Date
  not_after: Date
  state: Generated<string>
  settled_at: Date | null
  provider: string | null
  because: string | null
  /** When a mail server was given all of it and did not answer. */
  doubted_at: Generated<Date | null>
  /** The worst that came back after it was sent: `delayed` or `failed`. */
  bounced: Generated<string | null>
  invitation: Generated<string | null>
  /** `email`, `sms` or `voice`. */
  channel: Generated<string>
  /** What the provider calls a text. */
  reference: Generated<string | null>
  /** ISO 3166-1 alpha-2, of a text that was sent. */
  country: Generated<string | null>
  segments: Generated<number | null>
  cost_micros: Generated<number | null>
  cost_currency: Generated<string | null>
  /** The first that was heard of a text after it was sent. */
  receipt: Generated<string | null>
  receipt_at: Generated<Date | null>
  /** When the code of a text was typed in. */
  entered_at: Generated<Date | null>
}

/** Where no text goes for a while, because codes that were sent there were not typed in. */
export interface PausedCountryTable {
  tenant: string
  country: string
  paused_at: Date
  until: Date
}

/** What texts of one day (UTC) were expected to cost. */
export interface TextSpendTable {
  tenant: string
  day: string
  micros: number
}

export interface DisavowalTable {
  tenant: string
  id: string
  code_digest: string
  subject: string
  flow: string | null
  sealed: string
  locale: string
  about: 'method-removed' | null
  created_at: Date
  expires_at: Date
  used_at: Date | null
}

export interface InvitationTable {
  tenant: string
  id: string
  code_digest: string
  subject: string
  directory: string
  account_key: string
  /** User name and addresses. */
  sealed: string
  locale: string
  service: string | null
  invited_by: string
  created_at: Date
  password_set_at: Date | null
  expires_at: Date
  spent_at: Date | null
  withdrawn_at: Date | null
  disowned_at: Date | null
}

export interface TicketTable {
  tenant: string
  id: string
  subject: string
  flow: string | null
  because: string
  opened_at: Date
}

export interface KnownDeviceTable {
  tenant: string
  subject: string
  device_digest: string
  seen_at: Date
}

export interface PortalSessionTable {
  tenant: string
  id: string
  secret_digest: string
  subject: string
  directory: string
  account_key: string
  /** The user name, sealed under the data key. */
  sealed: string
  token_version: number
  must_change: MustChange | null
  password_ends_at: Date | null
  flaw: Flaw | null
  proven_by: SignInMethod
  awaits: 'second-proof' | null
  proven_at: Date
  service: string | null
  started_at: Date
  ended_at: Date | null
}

export interface OffboardingTable {
  tenant: string
  id: string
  subject: string
  state: OffboardingState
  directory: string
  account_key: string
  /** User name and reason, sealed under the data key. */
  sealed: string
  digest: string
  asked_by: string
  asked_at: Date
  expires_at: Date
  approved_by: string | null
  approved_at: Date | null
  attempts: number
  /** Why it is void, or why nothing was written. */
  because: string | null
  done_at: Date | null
}

/** Slow hashes, under a key that is not in the database. */
export interface RememberedPasswordTable {
  tenant: string
  subject: string
  number: number
  key_id: string
  salt: string
  digest: string
  at: Date
  /** The write that may have put it in force; null once it is known that it did. */
  write_flow: string | null
  write_attempt: number | null
}

export interface WaitingPasswordTable {
  tenant: string
  /** Of the flow that waits. */
  id: string
  subject: string
  directory: string
  account_key: string
  attempt: number
  password_set_at: Date | null
  accepted_at: Date
  expires_at: Date
  /** The row's own key, sealed under the data key. */
  sealed: string
  /** The password under the row's key. */
  password: string
}

export interface SeenAccountTable {
  tenant: string
  subject: string
  sealed: string
  at: Date
}

export interface EnrolmentTable {
  tenant: string
  subject: string
  id: string
  method: EnrolledMethod
  /** Its name, and what it is proven with. */
  sealed: string
  /** The token key that a digest in it was made with; that key has to stay. */
  token_key_id: string | null
  created_at: Date
  confirmed_at: Date | null
  usable_from: Date
  last_used_at: Date | null
}

/** What recovery has to know of the table of places: `risk/migration.ts`. */
interface RiskPlaceTable {
  tenant: string
  subject: string
  last_at: Date
}

export interface RecoveryTables {
  flow: FlowTable
  ledger: LedgerTable
  account: AccountTable
  message: MessageTable
  disavowal: DisavowalTable
  invitation: InvitationTable
  ticket: TicketTable
  known_device: KnownDeviceTable
  risk_place: RiskPlaceTable
  portal_session: PortalSessionTable
  offboarding: OffboardingTable
  remembered_password: RememberedPasswordTable
  waiting_password: WaitingPasswordTable
  seen_account: SeenAccountTable
  enrolment: EnrolmentTable
  paused_country: PausedCountryTable
  text_spend: TextSpendTable
}
