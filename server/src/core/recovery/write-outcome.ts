import type { FaultCode } from '../../kernel/fault.ts'
import type { DirectoryRefusal } from '../accounts/ports.ts'
import type { MessageFacts, MessageKind } from '../messages/ports.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import { whenBack } from './directory-refusal.ts'
import { superseding } from './end-other.ts'
import { flowEvent } from './events.ts'
import {
  type Client,
  type Completed,
  type Ended,
  type Flow,
  type Proven,
  takesPassword,
  type Writing,
} from './flow.ts'
import { afterSessionsEnded, type Ledger } from './ledger.ts'
import {
  type Followed,
  followedEvents,
  orderedSince,
  settledLedgers,
  settledTargets,
} from './linked-outcome.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Decision, Effects, WriteOutcome } from './ports.ts'
import { after } from './rules.ts'
import { followingIn, isPartlyWritten, type TargetOutcome, type Targets, withTargets } from './targets.ts'
import { transition } from './transition.ts'

export type EndDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>
export interface Ending {
  writing: Writing
  outcome: WriteOutcome
  /** Those that were to follow. */
  followed: readonly Followed[]
  /** The account had the password before: this was about those that follow it, and about nothing else. */
  isRest: boolean
  client: Client
  keep: number
  keepSession?: string
}
type Seen = { ledger: Ledger; now: Date }

/** Records what is known of a write and answers by it. A write that the sweeper has ended stays ended. */
export async function endWrite(deps: EndDeps, ending: Ending): Promise<Answered | Refused> {
  const { tenant, id, attempts } = ending.writing
  const { followed } = ending
  const target = { tenant, id, linked: followed.map(({ subject }) => subject) }
  const answer = await deps.store.decide<Answered | Refused>(target, ({ flow, ledger, linked }) => {
    const now = deps.now()
    const seen = { ledger, now }
    // Whatever became of the flow: these were written to, and their leases are ours.
    const settled = { linked: settledLedgers(ending.writing, { followed, linked, now }) }
    const told = followedEvents(flow, ending.writing, { followed, at: now })
    const isOurs = flow.state === 'writing' && flow.attempts === attempts
    if (!isOurs) {
      const answer = refuse({ because: 'flow-ended', flow })
      return { answer, ...settled, effects: unremembered(ending, told) }
    }
    // Without its lease another flow may have written since: nobody can say which password is in force.
    const holdsLease = ledger.lease?.flow === id && ledger.lease.attempt === attempts
    if (holdsLease) return { ...decideEnd(deps, { ...ending, writing: flow }, seen), ...settled }
    const ended = unexplained(deps, flow, seen)
    const events = [...(ended.effects?.events ?? []), ...told]
    return { ...ended, ...settled, effects: { ...ended.effects, ...unremembered(ending, events) } }
  })
  if (answer !== null) return answer
  // Swept and forgotten meanwhile: what the person is told must not say that nothing was written.
  const flow = transition(ending.writing, { type: 'write-unexplained' }) ?? ending.writing
  return refuse({ because: 'flow-ended', flow })
}

/** The table of decision record 0001, "What step 5 records". */
function decideEnd(deps: EndDeps, ending: Ending, seen: Seen): Decision<Answered | Refused> {
  const { outcome } = ending
  switch (outcome.is) {
    case 'written':
      return complete(deps, ending, seen)
    case 'refused':
      switch (outcome.because) {
        case 'account-unavailable':
          return giveBack(ending, seen, { type: 'account-unavailable' }, outcome.because)
        case 'current-password-wrong':
          return giveBack(ending, seen, { type: 'write-failed' }, outcome.because)
        default:
          return giveBackRefused(deps, ending, seen, outcome.because)
      }
    case 'not-written':
      return giveBack(ending, seen, { type: 'write-failed' }, outcome.because)
    case 'unknown':
      return unexplained(deps, ending.writing, seen)
  }
}

function complete(deps: EndDeps, ending: Ending, seen: Seen): Decision<Answered | Refused> {
  const { writing, followed, client } = ending
  const { ledger, now } = seen
  const targets = writing.targets === undefined ? {} : { targets: settledTargets(writing.targets, followed) }
  const leads = deps.tenant(writing.tenant).directory(writing.account.directory)
  const goesOn = leads?.abilities.verifies === true
  const next = afterWrite(writing, { ...targets, goesOn }, now)
  if (next === null) return { answer: refuse({ because: 'write-in-progress' }) }
  const told = followedEvents(next, writing, { followed, at: now })
  const isNews = !ending.isRest || followed.some(({ outcome }) => outcome.is === 'written')
  const notices = isNews ? tellAll(deps, writing, next, client, now) : {}
  if (ending.isRest) {
    return {
      answer: { ok: true, flow: next },
      flow: next,
      ledger: { ...ledger, lease: null },
      effects: { ...notices, events: told },
    }
  }
  const done = ofAccount(ending, next, seen)
  return {
    ...done,
    answer: { ok: true, flow: next },
    flow: next,
    others: superseding(now),
    effects: { ...notices, ...done.effects, events: [...done.effects.events, ...told] },
  }
}

/**
 * Null when the write is no longer under way. Whatever can't go on with the rest is done with what it has, and so it is where
 * nobody can tell whether what comes next is the same password.
 */
function afterWrite(
  writing: Writing,
  { targets, goesOn }: { targets?: Targets; goesOn: boolean },
  at: Date,
): Completed | Proven | null {
  const inPart =
    goesOn && targets !== undefined && isPartlyWritten({ targets }) && takesPassword(writing.kind)
      ? transition(writing, { type: 'written-in-part', at, targets })
      : null
  const next =
    inPart ?? transition(writing, { type: 'written', at, ...withTargets({ ...(targets && { targets }) }) })
  return next?.state === 'completed' || next?.state === 'proven' ? next : null
}

/** What a password that is in force now means for its own account. */
function ofAccount(
  { writing, client, keep, keepSession }: Ending,
  flow: Flow,
  { ledger, now }: Seen,
): { ledger: Ledger; effects: Effects } {
  const { tenant, subject, endsAs } = writing
  const tokenVersion = ledger.tokenVersion + 1
  const facts = {
    directory: writing.account.directory,
    attempt: writing.attempts,
    proofs: writing.proofs.map(({ method }) => method).join(' '),
    tokenVersion,
    ...(endsAs === undefined ? {} : { despite: endsAs }),
  }
  // It is written and stays so, but its browser gets nothing out of a flow that was ended meanwhile.
  const deviceDigest = endsAs === undefined ? client.deviceDigest : null
  const write = { flow: writing.id, attempt: writing.attempts }
  return {
    ledger: {
      ...afterSessionsEnded(ledger),
      failedTries: [],
      mustChange: orderedSince(ledger, writing),
      lease: null,
      writtenAt: now,
    },
    effects: {
      events: [flowEvent('password.written', { flow, at: now, client }, facts)],
      history: { tenant, subject, change: 'written', write, keep },
      ...(deviceDigest === null ? {} : { knownDevice: { tenant, subject, deviceDigest, at: now } }),
      ...(keepSession === undefined
        ? {}
        : { session: { change: 'kept', tenant, id: keepSession, tokenVersion } }),
    },
  }
}

/**
 * A write whose outcome nobody knows. Sessions and other flows end as if it had been written, because it may have
 * been. The lease stays until it runs out: a late write of the directory's can't overtake a new one.
 */
export function unexplained(deps: EndDeps, writing: Writing, { ledger, now }: Seen): Decision<Refused> {
  const ended = transition(writing, { type: 'write-unexplained' })
  if (ended?.state !== 'ended') return { answer: refuse({ because: 'write-in-progress' }) }
  const facts = {
    directory: writing.account.directory,
    attempt: writing.attempts,
    tokenVersion: ledger.tokenVersion + 1,
  }
  return {
    answer: refuse({ because: 'flow-ended', flow: ended }),
    flow: ended,
    ledger: { ...afterSessionsEnded(ledger), writtenAt: now },
    // What was started since the write began is the person's next try, or as good as one started now.
    others: superseding(now, writing.touchedAt),
    effects: {
      ...tellAll(deps, writing, ended, writing.client, now),
      events: [
        flowEvent('password.write-unexplained', { flow: ended, at: now }, facts),
        flowEvent('flow.ended', { flow: ended, at: now }, { because: ended.because }),
      ],
    },
  }
}

/** The same for a write whose process is gone: nobody knows what became of any of the accounts that it was about. */
export function sweptOutcome(
  deps: EndDeps,
  writing: Writing,
  { linked, ...seen }: Seen & { linked: readonly Ledger[] },
): Decision<Refused> {
  const { now } = seen
  const followed = followingIn(writing)
    .filter(({ outcome }) => outcome.is === 'waiting')
    .map(
      ({ subject, account }): Followed => ({
        subject,
        directory: account.directory,
        outcome: { is: 'unknown' },
      }),
    )
  const ended = unexplained(deps, writing, seen)
  const told = followedEvents(writing, writing, { followed, at: now })
  const events = [...(ended.effects?.events ?? []), ...told]
  return {
    ...ended,
    linked: settledLedgers(writing, { followed, linked, now }),
    effects: { ...ended.effects, events },
  }
}

/** Nothing was written: the flow goes on, or ends if the account is gone or something ended it meanwhile. */
function giveBack(
  ending: Ending,
  { ledger, now }: Seen,
  event: { type: 'write-failed' } | { type: 'account-unavailable' },
  because: FaultCode | 'account-unavailable' | 'current-password-wrong',
): Decision<Refused> {
  const { writing } = ending
  const next = transition({ ...writing, touchedAt: now }, event) ?? writing
  const facts = { directory: writing.account.directory, attempt: writing.attempts, because }
  const answer =
    next.state === 'ended' ? refuse({ because: 'flow-ended', flow: next }) : told(because, ending)
  return {
    answer,
    flow: next,
    ledger: { ...ledger, lease: null },
    effects: unremembered(ending, [
      flowEvent('password.write-failed', { flow: next, at: now }, facts),
      ...endOf(next, now),
    ]),
  }
}

function told(because: string, { outcome }: Pick<Ending, 'outcome'>): Refused {
  switch (because) {
    case 'directory-unreachable': {
      const { retryAfterSeconds = null } = outcome.is === 'not-written' ? outcome : {}
      return refuse({ because, ...whenBack({ retryAfterSeconds }) })
    }
    case 'current-password-wrong':
      return refuse({ because })
    default:
      return refuse({ because: 'directory-not-writable' })
  }
}

function giveBackRefused(
  deps: EndDeps,
  ending: Ending,
  { ledger, now }: Seen,
  because: DirectoryRefusal,
): Decision<Refused> {
  const { writing } = ending
  const last = writing.refusals + 1 >= deps.tenant(writing.tenant).rules.policyRefusalsPerFlow
  const next = transition({ ...writing, touchedAt: now }, { type: 'password-refused', last }) ?? writing
  const reasons = [{ code: because }]
  const facts = { because, count: 1, attempt: writing.attempts }
  return {
    answer:
      next.state === 'ended'
        ? refuse({ because: 'flow-ended', flow: next })
        : refuse({ because: 'password-refused', reasons }),
    flow: next,
    ledger: { ...ledger, lease: null },
    effects: unremembered(ending, [
      flowEvent('password.refused', { flow: next, at: now }, facts),
      ...endOf(next, now),
    ]),
  }
}

/** With the events: a password that certainly was not written was never in force, whoever has ended its flow meanwhile. */
export function unremembered(
  { writing, outcome, keep }: Ending,
  events: Effects['events'] = [],
): Pick<Effects, 'events' | 'history'> {
  const isInForce = outcome.is === 'written' || outcome.is === 'unknown'
  if (keep === 0 || isInForce) return { events }
  const { tenant, subject, id: flow, attempts: attempt } = writing
  return { events, history: { tenant, subject, change: 'not-written', write: { flow, attempt } } }
}

const endOf = (flow: Flow, at: Date) =>
  flow.state === 'ended' ? [flowEvent('flow.ended', { flow, at }, { because: flow.because })] : []

function noticeOf({ state, kind }: Completed | Ended | Proven): MessageKind {
  if (state === 'ended') return 'password-unexplained'
  return kind === 'activation' ? 'account-activated' : 'password-changed'
}

const tellAll = (
  deps: EndDeps,
  writing: Writing,
  flow: Completed | Ended | Proven,
  client: Client,
  now: Date,
): Omit<Effects, 'events'> =>
  orderNotice(deps, {
    ...factsOf(deps.tenant(writing.tenant), flow),
    kind: noticeOf(flow),
    at: now,
    tenant: writing.tenant,
    subject: writing.subject,
    flow: writing.id,
    generation: 0,
    to: writing.notify,
    username: writing.username,
    locale: writing.locale,
    service: writing.service,
    client,
    notAfter: after(now, noticeSeconds),
    disavowalSeconds: deps.tenant(writing.tenant).rules.disavowalSeconds,
  })

/** Which applications have the password, by the names that people know them by; nothing of an account that stands for itself. */
function factsOf(
  { titleOf }: Pick<RecoveryTenant, 'titleOf'>,
  flow: Completed | Ended | Proven,
): { facts?: Pick<MessageFacts, 'applications'> } {
  if (flow.state === 'ended') return {}
  const { targets = [] } = flow
  if (targets.length < 2) return {}
  const of = (...outcomes: TargetOutcome['is'][]) =>
    targets
      .filter(({ outcome }) => outcomes.includes(outcome.is))
      .map(({ account }) => titleOf(account.directory))
  const applications = {
    written: of('written'),
    unchanged: of('waiting', 'refused', 'unreachable'),
    unknown: of('unknown'),
  }
  return { facts: { applications } }
}
