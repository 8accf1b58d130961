import type { FaultCode } from '../../kernel/fault.ts'
import type { DirectoryRefusal } from '../accounts/ports.ts'
import type { MessageKind } from '../messages/ports.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { endOther } from './end-other.ts'
import { flowEvent } from './events.ts'
import type { Client, Completed, Ended, Flow, Writing } from './flow.ts'
import { afterSessionsEnded, type Ledger } from './ledger.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Changed, Decision, Effects, WriteOutcome } from './ports.ts'
import { after } from './rules.ts'
import { transition } from './transition.ts'

type EndDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>
type Ending = { writing: Writing; outcome: WriteOutcome; client: Client; keep: number; keepSession?: string }
type Seen = { ledger: Ledger; now: Date }

/** Records what is known of a write and answers by it. A write that the sweeper has ended stays ended. */
export async function endWrite(deps: EndDeps, ending: Ending): Promise<Answered | Refused> {
  const { tenant, id, attempts } = ending.writing
  const answer = await deps.store.decide<Answered | Refused>({ tenant, id }, ({ flow, ledger }) => {
    const isOurs = flow.state === 'writing' && flow.attempts === attempts
    if (!isOurs) return { answer: refuse({ because: 'flow-ended', flow }), effects: unremembered(ending) }
    const seen = { ledger, now: deps.now() }
    // Without its lease another flow may have written since: nobody can say which password is in force.
    const holdsLease = ledger.lease?.flow === id && ledger.lease.attempt === attempts
    if (holdsLease) return decideEnd(deps, { ...ending, writing: flow }, seen)
    const ended = unexplained(deps, flow, seen)
    return { ...ended, effects: { ...ended.effects, ...unremembered(ending, ended.effects?.events) } }
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

function complete(
  deps: EndDeps,
  { writing, client, keep, keepSession }: Ending,
  { ledger, now }: Seen,
): Decision<Answered | Refused> {
  const completed = transition(writing, { type: 'written', at: now })
  if (completed?.state !== 'completed') return { answer: refuse({ because: 'write-in-progress' }) }
  const { tenant, subject, endsAs } = writing
  const facts = {
    directory: writing.account.directory,
    attempt: writing.attempts,
    proofs: writing.proofs.map(({ method }) => method).join(' '),
    tokenVersion: ledger.tokenVersion + 1,
    ...(endsAs === undefined ? {} : { despite: endsAs }),
  }
  // It is written and stays so, but its browser gets nothing out of a flow that was ended meanwhile.
  const deviceDigest = endsAs === undefined ? client.deviceDigest : null
  const write = { flow: writing.id, attempt: writing.attempts }
  const { tokenVersion } = facts
  return {
    answer: { ok: true, flow: completed },
    flow: completed,
    ledger: {
      ...afterSessionsEnded(ledger),
      failedTries: [],
      mustChange: orderedSince(ledger, writing),
      lease: null,
      writtenAt: now,
    },
    others: superseding(now),
    effects: {
      ...tellAll(deps, writing, completed, client, now),
      events: [flowEvent('password.written', { flow: completed, at: now, client }, facts)],
      history: { tenant, subject, change: 'written', write, keep },
      ...(deviceDigest === null ? {} : { knownDevice: { tenant, subject, deviceDigest, at: now } }),
      ...(keepSession === undefined
        ? {}
        : { session: { change: 'kept', tenant, id: keepSession, tokenVersion } }),
    },
  }
}

/** An order that came while the directory was at work asks for another password than the one that was on its way. */
const orderedSince = ({ mustChange }: Ledger, { touchedAt }: Writing): Ledger['mustChange'] =>
  mustChange !== null && mustChange.at > touchedAt ? mustChange : null

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
  const isTold = because === 'directory-unreachable' || because === 'current-password-wrong'
  const answer =
    next.state === 'ended'
      ? refuse({ because: 'flow-ended', flow: next })
      : refuse({ because: isTold ? because : 'directory-not-writable' })
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
function unremembered(
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

/** Success kills all: proven flows end, waiting ones go on as decoys, so that their starters see nothing. */
const superseding =
  (now: Date, startedBefore = now) =>
  (flow: Flow): Changed | null =>
    flow.startedAt > startedBefore ? null : endOther(flow, { type: 'superseded' }, now)

function noticeOf({ state, kind }: Completed | Ended): MessageKind {
  if (state === 'ended') return 'password-unexplained'
  return kind === 'activation' ? 'account-activated' : 'password-changed'
}

const tellAll = (
  deps: EndDeps,
  writing: Writing,
  flow: Completed | Ended,
  client: Client,
  now: Date,
): Omit<Effects, 'events'> =>
  orderNotice(deps, {
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
