import type { AccountRef } from '../accounts/ports.ts'
import type { AuditEvent } from '../audit/ports.ts'
import type { Flow, Ledger } from '../recovery/index.ts'
import type { Decision, NamesPage } from '../recovery/ports.ts'
import type { Offboarding } from './offboarding.ts'

/** What Rekey remembers of accounts, beside their ledgers. */
export interface AccountRecords {
  /** The account behind an opaque id; null when none has it. */
  accountOf(tenant: string, subject: string): Promise<AccountRef | null>
  /** Flows of an account that are not recorded as ended, newest first, at most `limit`; time may have ended some. */
  openFlows(of: { tenant: string; subject: string }, limit: number): Promise<readonly Flow[]>
}

/** One write that a caller may send again because its answer got lost: named by the caller, for one route. */
export interface RequestName {
  tenant: string
  caller: string
  /** Method and pattern of the route. */
  route: string
  /** What the caller names the request by. */
  key: string
}

/** What was answered, to be answered again. */
export interface RequestAnswer {
  status: number
  /** JSON text. */
  body: string
}

export type Claim =
  /** Nobody has sent this before, or what was sent is too long ago to count: it is to be done now. */
  | { is: 'new'; settle(answer: RequestAnswer): Promise<void>; release(): Promise<void> }
  | { is: 'answered'; answer: RequestAnswer }
  /** The first one is still being worked on. */
  | { is: 'in-flight' }
  /** The same name was given to something else. */
  | { is: 'other' }

/**
 * Remembers writes for a day, over all nodes, so that a caller who got no answer may send one again without doing it
 * twice. Of any number of equal requests at once exactly one is `new`.
 */
export interface RequestRecords {
  /**
   * @param fingerprint keyed digest of what was sent, secrets left out; another one under the same name is `other`.
   *
   * One that was begun and neither settled nor released within a minute is taken for lost, as with the process that
   * died over it: then the next equal one is `new`. So what is done under a claim has to be harmless when it is repeated.
   */
  claim(name: RequestName, fingerprint: string): Promise<Claim>
  /** Removes what is older than a day; returns how many. */
  forget(): Promise<number>
}

export type OffboardingDecision<Answer> = Omit<Decision<Answer>, 'flow' | 'opened'> & {
  /** As it shall be; absent means unchanged. */
  offboarding?: Offboarding
}

/**
 * Where requests to close an account live. `decide` locks the account's ledger, then the request, calls the pure decider
 * once with what is there, and writes what it returns in the same transaction, as `RecoveryStore.decide` does.
 */
export interface OffboardingStore {
  begin(offboarding: Offboarding, events: readonly AuditEvent[]): Promise<void>
  read(tenant: string, id: string): Promise<Offboarding | null>
  /** Null: no such request. */
  decide<Answer>(
    name: { tenant: string; id: string },
    decider: (seen: { offboarding: Offboarding; ledger: Ledger }) => OffboardingDecision<Answer>,
  ): Promise<Answer | null>
  /** Requests in `writing` whose lease has run out, over all tenants: at most `limit`, in an order that stays, behind `after`. */
  overrun(now: Date, page: NamesPage): Promise<readonly { tenant: string; id: string }[]>
  /** Removes what was asked before; the audit log keeps what became of it. Returns how many. */
  forget(before: Date): Promise<number>
}
