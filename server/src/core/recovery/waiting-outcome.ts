import type { FaultCode } from '../../kernel/fault.ts'
import type { MessageFacts, MessageKind } from '../messages/ports.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Acceptance, Accepted, Ended, Flow, Writing } from './flow.ts'
import { afterSessionsEnded, type Ledger } from './ledger.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Decision, Effects, WriteOutcome } from './ports.ts'
import { after } from './rules.ts'
import { transition } from './transition.ts'
import { unexplained } from './write-outcome.ts'

type OutcomeDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>
type Seen = { ledger: Ledger; now: Date }
/** A later try of a password that waits. */
export type Trying = Writing & { acceptance: Acceptance }

/** Why a password that was accepted is not set after all; for the log. */
export type NotSet =
  | Extract<WriteOutcome, { is: 'refused' }>['because']
  /** Somebody has set another one at the directory meanwhile. */
  | 'password-set-elsewhere'
  /** What policy says of it now; a code of a refusal. */
  | (string & {})

/** Records what came of a try that did not set the password. A flow that something else has ended stays ended. */
export async function endTry(
  deps: OutcomeDeps,
  trying: Trying,
  outcome: Exclude<WriteOutcome, { is: 'written' }>,
): Promise<void> {
  const { tenant, id, attempts } = trying
  await deps.store.decide<null>({ tenant, id }, ({ flow, ledger }) => {
    const holdsLease = ledger.lease?.flow === id && ledger.lease.attempt === attempts
    if (flow.state !== 'writing' || flow.attempts !== attempts || !holdsLease) return { answer: null }
    const seen = { ledger, now: deps.now() }
    const now: Trying = { ...flow, acceptance: trying.acceptance }
    switch (outcome.is) {
      case 'refused':
        return refused(deps, now, outcome.because, seen)
      case 'not-written':
        return backToWaiting(now, outcome.because, seen)
      case 'unknown':
        return flow.endsAs === undefined
          ? putBack(now, seen)
          : { ...unexplained(deps, flow, seen), answer: null }
    }
  })
}

/** Nothing was written, and the next try may come at once. */
function backToWaiting(trying: Trying, because: FaultCode, { ledger, now }: Seen): Decision<null> {
  const next = transition(trying, { type: 'put-off', acceptance: trying.acceptance }) ?? trying
  return {
    answer: null,
    flow: next,
    ledger: { ...ledger, lease: null },
    effects: {
      events: [
        flowEvent('password.write-failed', { flow: next, at: now }, { ...factsOf(trying), because }),
        ...endOf(next, now),
      ],
      history: notWritten(trying),
    },
  }
}

/**
 * After a try of which nobody knows what it did: the password goes on waiting, and is asked about before it is written
 * again. Sessions end, because it may be in force. The lease stays until it runs out, as after any such write.
 */
export function putBack(trying: Trying, { ledger, now }: Seen): Decision<null> {
  const { tenant, id, acceptance } = trying
  const next = transition(trying, { type: 'put-off', acceptance: { ...acceptance, doubted: true } }) ?? trying
  const after = afterSessionsEnded(ledger)
  const facts = { ...factsOf(trying), tokenVersion: after.tokenVersion }
  return {
    answer: null,
    flow: next,
    ledger: { ...after, writtenAt: now },
    effects: {
      events: [flowEvent('password.write-unexplained', { flow: next, at: now }, facts)],
      jobs: [{ queue: 'write-waiting', payload: { tenant, flow: id } }],
    },
  }
}

function refused(deps: OutcomeDeps, trying: Trying, because: NotSet, seen: Seen): Decision<null> {
  const decision = notSet(deps, trying, because, seen.now)
  return {
    ...decision,
    ledger: { ...seen.ledger, lease: null },
    effects: { ...decision.effects, events: decision.effects?.events ?? [], history: notWritten(trying) },
  }
}

/** Ends the waiting of a password that its directory, or policy by now, does not take. Its owner is told by mail. */
export const endNotSet = (deps: OutcomeDeps, { tenant, id }: Accepted, because: NotSet): Promise<null> =>
  deps.store.decide<null>({ tenant, id }, ({ flow }) =>
    flow.state === 'accepted' ? notSet(deps, flow, because, deps.now()) : { answer: null },
  )

function notSet(deps: OutcomeDeps, flow: Accepted | Trying, because: NotSet, now: Date): Decision<null> {
  const event =
    because === 'account-unavailable'
      ? ({ type: 'account-unavailable' } as const)
      : ({ type: 'not-set', because: 'refused-later' } as const)
  const ended = transition(flow, event)
  if (ended?.state !== 'ended') return { answer: null }
  return {
    answer: null,
    flow: ended,
    effects: ending(deps, flow, {
      ended,
      because,
      kind: 'password-not-set',
      facts: { wasRefused: true },
      now,
    }),
  }
}

/**
 * Ends the waiting of a password whose time is over. One that may have been set is told of as such. True when there was
 * something to end.
 */
export async function endOverdue(
  deps: OutcomeDeps,
  target: { tenant: string; id: string },
): Promise<boolean> {
  const answer = await deps.store.decide(target, ({ flow }) => {
    const now = deps.now()
    if (flow.state !== 'accepted' || flow.acceptance.expiresAt > now) return { answer: false }
    return { ...endUntold(deps, flow, now), answer: true }
  })
  return answer ?? false
}

/**
 * Ends the waiting of a password that is in force by a try of which nobody knew, for an account that may not come back by
 * mail any more.
 */
export const endDoubted = (deps: OutcomeDeps, { tenant, id }: Accepted): Promise<null> =>
  deps.store.decide<null>({ tenant, id }, ({ flow }) =>
    flow.state === 'accepted' ? endUntold(deps, flow, deps.now()) : { answer: null },
  )

/** Without an answer of the directory: what is told depends on whether a try may have arrived. */
function endUntold(deps: OutcomeDeps, flow: Accepted, now: Date): Decision<null> {
  const { doubted } = flow.acceptance
  const ended = transition(
    flow,
    doubted ? { type: 'write-unexplained' } : { type: 'not-set', because: 'not-set-in-time' },
  )
  if (ended?.state !== 'ended') return { answer: null }
  const kind = doubted ? 'password-unexplained' : 'password-not-set'
  const { because } = ended
  const effects = ending(deps, flow, { ended, because, kind, facts: {}, now })
  return { answer: null, flow: ended, effects }
}

function ending(
  deps: OutcomeDeps,
  flow: Accepted | Trying,
  of: { ended: Ended; because: NotSet; kind: MessageKind; facts: Partial<MessageFacts>; now: Date },
): Effects {
  const { ended, because, kind, facts, now } = of
  const { tenant, subject, id, notify, username, locale, service, client } = flow
  return {
    ...orderNotice(deps, {
      ...{ kind, at: now, tenant, subject, flow: id, generation: 0, to: notify },
      ...{ username, locale, service, client },
      facts: { ...facts, ...(flow.kind === 'activation' ? { isFirst: true } : {}) },
      notAfter: after(now, noticeSeconds),
      disavowalSeconds: deps.tenant(tenant).rules.disavowalSeconds,
    }),
    events: [
      flowEvent('password.not-set', { flow: ended, at: now }, { ...factsOf(flow), because }),
      ...endOf(ended, now),
    ],
  }
}

const factsOf = ({ account, attempts }: Accepted | Trying) => ({
  directory: account.directory,
  attempt: attempts,
})

const notWritten = ({ tenant, subject, id, attempts }: Trying): NonNullable<Effects['history']> => ({
  ...{ tenant, subject },
  change: 'not-written',
  write: { flow: id, attempt: attempts },
})

const endOf = (flow: Flow, at: Date) =>
  flow.state === 'ended' ? [flowEvent('flow.ended', { flow, at }, { because: flow.because })] : []
