import { eachRow, inPages } from '../../kernel/each-row.ts'
import { type DirectoryEntry, probeOf, sameName, whyNotByOffboarding } from '../accounts/index.ts'
import type { AuditEvent } from '../audit/index.ts'
import {
  after,
  afterSessionsEnded,
  endOther,
  type Ledger,
  leaseIsFree,
  leaseSeconds,
  neverByMail,
  writeOnce,
} from '../recovery/index.ts'
import type { Effects, WriteOutcome } from '../recovery/ports.ts'
import { type DeskRefused, refuse } from './answers.ts'
import { type DeskCall, deskEvent, type OffboardingDeps } from './deps.ts'
import {
  askedOf,
  type ClosedPassword,
  digestOf,
  type FailedBecause,
  type Offboarding,
  offboardingAt,
  type VoidBecause,
} from './offboarding.ts'
import type { Caller } from './permissions.ts'
import { callerMay, knowsTenant } from './permissions.ts'
import type { OffboardingDecision } from './ports.ts'
import { findAccount } from './show-account.ts'
import { drawUnknownPassword } from './unknown-password.ts'

export type Offboarded = { ok: true; offboarding: Offboarding } | DeskRefused

type Writing = Offboarding & { state: 'writing' }
/** A write that may go to the directory, `until` its lease runs out; `elsewhere`: there is none to send. */
type Begun = { ok: true; writing: Writing; until: Date; password: ClosedPassword }
type Seen = { offboarding: Offboarding; ledger: Ledger }
type Approval = { id: string; digest: string }

/**
 * Says yes to what somebody else asked, and does it: the password becomes one that nobody knows, by the write protocol of
 * decision record 0001, then everything of the account ends. Where the password lives at another provider, everything else
 * ends and the answer says so. The same yes may be given again to one that failed, was cut
 * off or stayed unexplained: another password that nobody knows does no harm.
 */
export const makeApproveOffboarding =
  (deps: OffboardingDeps) =>
  async (call: DeskCall, approval: Approval): Promise<Offboarded> => {
    const read = await deps.offboardings.read(call.tenant, approval.id)
    if (read === null) return refuse({ because: 'offboarding-unknown' })
    const found = await findAccount(deps, call.tenant, { subject: read.subject })
    const begun = await begin(deps, call, approval, found.ok ? found.entry : null)
    if (!begun.ok) return begun
    return write(deps, call, begun)
  }

/** Everything that has to be so for a yes to count, in one transaction with the lease that the yes takes. */
async function begin(
  deps: OffboardingDeps,
  call: DeskCall,
  { id, digest }: Approval,
  entry: DirectoryEntry | null,
): Promise<Begun | DeskRefused> {
  const { tenant, caller } = call
  const answer = await deps.offboardings.decide<Begun | DeskRefused>({ tenant, id }, (seen) => {
    const now = deps.now()
    const offboarding = offboardingAt(seen.offboarding, now)
    const tell = (name: AuditEvent['name'], facts: AuditEvent['facts']) =>
      deskEvent(name, call, { subject: offboarding.subject, at: now }, { offboarding: id, ...facts })
    const no = (because: 'approval-not-yours' | 'digest-wrong') => ({
      answer: refuse({ because }),
      effects: { events: [tell('offboarding.refused', { because })] },
    })
    if (offboarding.state === 'done') return { answer: refuse({ because: 'offboarding-settled' }) }
    // One that was cut off is ended as unexplained by the sweeper first, so that its sessions are dead.
    if (offboarding.state === 'writing') return { answer: refuse({ because: 'write-in-progress' }) }
    if (offboarding.state === 'void') return voided(seen.offboarding, offboarding, tell)
    if (offboarding.expiresAt <= now)
      return { answer: refuse({ because: 'offboarding-void', why: 'expired' }) }
    if (isOwn(caller, offboarding, entry)) return no('approval-not-yours')
    if (digest !== offboarding.digest) return no('digest-wrong')
    const because = whyVoid(deps, offboarding, entry)
    if (because !== null) {
      return voided(seen.offboarding, { ...askedOf(offboarding), state: 'void', because }, tell)
    }
    const attempts = 'attempts' in offboarding ? offboarding.attempts : 0
    const approved = { ...askedOf(offboarding), approvedBy: caller.name, approvedAt: now }
    const yes = tell('offboarding.approved', { askedBy: offboarding.askedBy, digest })
    if (!leaseIsFree(seen.ledger, now)) {
      return {
        answer: refuse({ because: 'write-in-progress' }),
        ...(offboarding.state === 'pending'
          ? { offboarding: { ...approved, state: 'approved', attempts }, effects: { events: [yes] } }
          : {}),
      }
    }
    const until = after(now, leaseSeconds(deps.tenant(tenant).rules))
    const writing: Writing = { ...approved, state: 'writing', attempts: attempts + 1 }
    const { directory } = offboarding.account
    const password = entry?.federated === true ? 'elsewhere' : 'replaced'
    const started = tell('password.write-started', { directory, attempt: writing.attempts })
    return {
      answer: { ok: true, writing, until, password },
      offboarding: writing,
      ledger: { ...seen.ledger, lease: { flow: id, attempt: writing.attempts, until } },
      effects: { events: password === 'elsewhere' ? [yes] : [yes, started] },
    }
  })
  return answer ?? refuse({ because: 'offboarding-unknown' })
}

/** Nobody says yes to what they asked for, or to what is about themselves. */
const isOwn = ({ name }: Caller, { askedBy, username }: Offboarding, entry: DirectoryEntry | null): boolean =>
  [askedBy, username, entry?.username, entry?.upn, ...(entry?.mails ?? [])].some(
    (one) => typeof one === 'string' && sameName(one, name),
  )

/** Any change voids a request: of the account, of what is kept of the request, of who asked. */
function whyVoid(
  deps: OffboardingDeps,
  offboarding: Offboarding,
  entry: DirectoryEntry | null,
): VoidBecause | null {
  if (digestOf(offboarding) !== offboarding.digest) return 'request-changed'
  const isSame =
    entry !== null && entry.username === offboarding.username && whyNotByOffboarding(entry) !== 'privileged'
  if (!isSame) return 'account-changed'
  const asker = deps.callerNamed(offboarding.askedBy)
  const mayAsk =
    asker !== null && callerMay(asker, 'offboarding.ask') && knowsTenant(asker, offboarding.tenant)
  return mayAsk ? null : 'asker-gone'
}

function voided(
  before: Offboarding,
  offboarding: Offboarding & { state: 'void' },
  tell: (name: 'offboarding.voided', facts: AuditEvent['facts']) => AuditEvent,
): OffboardingDecision<DeskRefused> {
  const { because } = offboarding
  const answer = refuse({ because: 'offboarding-void', why: because })
  if (before.state === 'void') return { answer }
  return { answer, offboarding, effects: { events: [tell('offboarding.voided', { because })] } }
}

async function write(deps: OffboardingDeps, call: DeskCall, begun: Begun): Promise<Offboarded> {
  const { writing, password } = begun
  const outcome: WriteOutcome =
    password === 'elsewhere' ? { is: 'written' } : await replacePassword(deps, begun)
  const { tenant, id } = writing
  const ended = await deps.offboardings.decide<Offboarded>({ tenant, id }, (seen) =>
    decideEnd(deps, { call, writing, outcome, password }, seen),
  )
  return ended ?? { ok: true, offboarding: { ...writing, state: 'unknown' } }
}

async function replacePassword(deps: OffboardingDeps, { writing, until }: Begun): Promise<WriteOutcome> {
  const { rules, directory: directoryOf } = deps.tenant(writing.tenant)
  const { key, directory: name } = writing.account
  const directory = directoryOf(name)
  if (directory === null) return { is: 'not-written', because: 'directory-misconfigured' }
  const password = drawUnknownPassword(deps)
  const probe = probeOf(directory, key)
  return writeOnce(deps, {
    until,
    rules,
    write: (signal) => directory.offboard(key, password, signal),
    probe: probe && ((signal) => probe(password, signal)),
  })
}

function decideEnd(
  deps: OffboardingDeps,
  of: { call: DeskCall; writing: Writing; outcome: WriteOutcome; password: ClosedPassword },
  { offboarding, ledger }: Seen,
): OffboardingDecision<Offboarded> {
  const at = deps.now()
  const { call, writing, outcome, password } = of
  const { id, attempts, digest, askedBy, account, subject } = writing
  const isOurs = offboarding.state === 'writing' && offboarding.attempts === attempts
  if (!isOurs) return { answer: { ok: true, offboarding } }
  // Without its lease somebody else may have written since: nobody can say which password is in force.
  const holdsLease = ledger.lease?.flow === id && ledger.lease.attempt === attempts
  if (!holdsLease || outcome.is === 'unknown') return unexplained(offboarding, ledger, { call, at })
  const tell = (name: AuditEvent['name'], facts: AuditEvent['facts']) =>
    deskEvent(
      name,
      call,
      { subject, at },
      { offboarding: id, directory: account.directory, attempt: attempts, ...facts },
    )
  if (outcome.is === 'written') {
    const done: Offboarding = { ...offboarding, state: 'done', doneAt: at, password }
    const ended = closed(ledger, password === 'elsewhere' ? ledger.writtenAt : at)
    const { tokenVersion } = ended
    return {
      answer: { ok: true, offboarding: done },
      offboarding: done,
      ledger: { ...ended, lease: null },
      others: (open) => endOther(open, { type: 'ended-by-operator' }, at),
      effects: {
        events: [tell('account.offboarded', { askedBy, digest, tokenVersion, password })],
        history: nothingRemembered(writing),
      },
    }
  }
  const failed = withFailure(offboarding, outcome.because)
  return {
    answer: { ok: true, offboarding: failed },
    offboarding: failed,
    ledger: { ...ledger, lease: null },
    effects: { events: [tell('offboarding.failed', { because: outcome.because })] },
  }
}

const withFailure = (writing: Writing, because: FailedBecause): Offboarding => ({
  ...writing,
  state: 'failed',
  because,
})

/**
 * A write of which nobody knows whether it was done: everything ends as if it had been. The lease stays until it runs
 * out, so that a late write of the directory's can't overtake the next one.
 */
function unexplained(
  offboarding: Writing,
  ledger: Ledger,
  { call, at }: { call: DeskCall; at: Date },
): OffboardingDecision<Offboarded> {
  const { id, subject, account, attempts } = offboarding
  const unknown: Offboarding = { ...offboarding, state: 'unknown' }
  const facts = { offboarding: id, directory: account.directory, attempt: attempts }
  return {
    answer: { ok: true, offboarding: unknown },
    offboarding: unknown,
    ledger: closed(ledger, at),
    others: (open) => endOther(open, { type: 'ended-by-operator' }, at),
    effects: {
      events: [deskEvent('offboarding.unexplained', call, { subject, at }, facts)],
      history: nothingRemembered(offboarding),
    },
  }
}

/** Nobody sets a password of this account here any more, and the one that was drawn is nobody's. */
const nothingRemembered = ({ tenant, subject }: Writing): NonNullable<Effects['history']> => ({
  ...{ tenant, subject },
  change: 'cut',
  keep: 0,
})

/** Sessions are dead, and no mail brings anybody back: the mailbox of who has left is still theirs. */
const closed = (ledger: Ledger, writtenAt: Date | null): Ledger => ({
  ...afterSessionsEnded(ledger),
  failedTries: [],
  mustChange: null,
  writtenAt,
  secondProofUntil: neverByMail,
})

interface OffboardingName {
  tenant: string
  id: string
}

/**
 * Ends every write of an offboarding whose lease has run out: its process died, or lost the database. Throws
 * `SomeFailed` when some can't be ended, after all others were.
 */
export const makeSweepOffboardings =
  (deps: Pick<OffboardingDeps, 'offboardings' | 'now'>) => async (): Promise<number> => {
    let ended = 0
    const overrun = inPages<OffboardingName>(sweepBatch, (page) =>
      deps.offboardings.overrun(deps.now(), page),
    )
    await eachRow(
      overrun,
      ({ tenant, id }) => `offboarding ${tenant}/${id}`,
      async (name) => {
        if (await endOverrun(deps, name)) ended += 1
      },
    )
    return ended
  }

async function endOverrun(
  deps: Pick<OffboardingDeps, 'offboardings' | 'now'>,
  name: OffboardingName,
): Promise<boolean> {
  const ended = await deps.offboardings.decide(name, ({ offboarding, ledger }) => {
    const at = deps.now()
    const isRunning = ledger.lease?.flow === name.id && ledger.lease.until > at
    if (offboarding.state !== 'writing' || isRunning) return { answer: false }
    const caller = { name: offboarding.approvedBy, tenants: null, may: [] }
    const call = { tenant: name.tenant, caller, network: 'none' }
    return { ...unexplained(offboarding, ledger, { call, at }), answer: true }
  })
  return ended === true
}

const sweepBatch = 100
