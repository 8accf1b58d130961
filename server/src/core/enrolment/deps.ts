import type { DirectoryEntry } from '../accounts/index.ts'
import type { AuditName } from '../audit/index.ts'
import type { AuditEvent } from '../audit/ports.ts'
import {
  asksAtSignIn,
  type EnrolledMethod,
  type Enrolment,
  type EnrolmentChange,
  summaryOf,
  withChanges,
} from '../proofs/index.ts'
import type { Ledger } from '../recovery/index.ts'
import {
  after,
  afterSessionsEnded,
  type Client,
  endOther,
  type Flow,
  noticeSeconds,
  orderNotice,
  personalOf,
  type RecoveryDeps,
  type Refused,
  refuse,
  refuseFor,
} from '../recovery/index.ts'
import type { PortalSession } from '../sessions/index.ts'

export type EnrolmentDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'digests' | 'passkeys' | 'now' | 'randomBytes'
>

/** Whoever has signed in, in full, and where from. */
export interface OwnerCall {
  session: PortalSession
  client: Client
}

/** Null when the latest proof of the session is fresh enough to change what its owner proves themselves with. */
export function refuseUnlessFresh(deps: EnrolmentDeps, { session }: OwnerCall): Refused | null {
  const { freshSeconds } = deps.tenant(session.tenant).rules
  return after(session.provenAt, freshSeconds) > deps.now() ? null : refuse({ because: 'sign-in-again' })
}

/** Counts what somebody sets up or tries out. Null when it may go on. */
export async function takeTurn(
  { limiter, tenant: find }: EnrolmentDeps,
  { session: { tenant, subject } }: Pick<OwnerCall, 'session'>,
): Promise<Refused | null> {
  const taken = await limiter.take(tenant, `enrolments:${subject}`, find(tenant).rules.enrolmentsPerAccount)
  if (taken.ok) return null
  return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
}

/** What the directory says of the owner now: where to write to, and how careful to be. */
export async function readOwner(
  deps: EnrolmentDeps,
  { session }: OwnerCall,
): Promise<{ ok: true; entry: DirectoryEntry } | Refused> {
  const { directory: find, rules } = deps.tenant(session.tenant)
  const directory = find(session.account.directory)
  if (directory === null) return refuse({ because: 'directory-not-writable' })
  try {
    const signal = AbortSignal.timeout(rules.writeDeadlineSeconds * 1_000)
    const entry = await directory.read(session.account.key, signal)
    return entry === null || entry.disabled ? refuse({ because: 'session-unknown' }) : { ok: true, entry }
  } catch (error) {
    return refuseFor(error)
  }
}

/** Ledger and rows as a change leaves them: one can't be written without the other. */
export const changed = (
  { ledger, enrolments }: { ledger: Ledger; enrolments: readonly Enrolment[] },
  changes: readonly EnrolmentChange[],
) => ({
  ledger: { ...ledger, enrolled: summaryOf(withChanges(enrolments, changes)) },
  enrolments: changes,
})

/**
 * What becomes of the account when its first factor counts: everything that was begun without it ends, but for the session
 * that set it up. Whoever has the password, or reads the mails, must not go on as if it were not there. Null where there was
 * one already, or is none.
 */
export function asFirstFactor(
  before: Ledger,
  after: Ledger,
  { session: { tenant, id } }: Pick<OwnerCall, 'session'>,
  at: Date,
) {
  if (asksAtSignIn(before.enrolled) || !asksAtSignIn(after.enrolled)) return null
  const ledger = afterSessionsEnded(after)
  const { tokenVersion } = ledger
  const carried = { change: 'carried', tenant, id, tokenVersion } as const
  return {
    ledger,
    others: (flow: Flow) => endOther(flow, { type: 'superseded' }, at),
    effects: { session: carried },
  }
}

export const eventOf = (
  { session, client }: OwnerCall,
  name: AuditName,
  { at, ...facts }: { at: Date; method: EnrolledMethod; because?: string; outcome?: string },
): AuditEvent => ({
  name,
  ...{ tenant: session.tenant, at, subject: session.subject, flow: null },
  facts,
  personal: personalOf(client),
})

/** Tells every recovery address. */
export const tellOwner = (
  deps: EnrolmentDeps,
  { session, client }: OwnerCall,
  of: {
    kind: 'method-added' | 'method-removed'
    method: EnrolledMethod
    entry: DirectoryEntry
    at: Date
    locale: string
  },
) =>
  orderNotice(deps, {
    kind: of.kind,
    at: of.at,
    tenant: session.tenant,
    subject: session.subject,
    flow: null,
    generation: 0,
    to: of.entry.recoveryAddresses,
    username: session.username,
    locale: of.entry.locale ?? of.locale,
    service: session.service,
    client,
    notAfter: after(of.at, noticeSeconds),
    facts: { method: of.method },
    disavowalSeconds: deps.tenant(session.tenant).rules.disavowalSeconds,
  })
