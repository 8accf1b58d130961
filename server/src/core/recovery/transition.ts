import { isByMail, isByText } from '../proofs/index.ts'
import {
  type Acceptance,
  type Accepted,
  type AwaitingProof,
  type Completed,
  type Ended,
  type EndedBecause,
  type Flow,
  type FlowEvent,
  liftsLock,
  type Outcome,
  type Proven,
  takesPassword,
  type Writing,
} from './flow.ts'
import { followingIn, isPartlyWritten, withTargets } from './targets.ts'

/**
 * The next state, or null when the event is impossible in this one. Pure: whether an event may happen *now*
 * (time, limits, proofs) was decided before.
 */
export function transition(flow: Flow, event: FlowEvent): Flow | null {
  switch (flow.state) {
    case 'awaiting-proof':
      return fromAwaitingProof(flow, event)
    case 'proven':
      return fromProven(flow, event)
    case 'writing':
      return fromWriting(flow, event)
    case 'accepted':
      return fromAccepted(flow, event)
    case 'completed':
    case 'ended':
      return null
  }
}

function fromAwaitingProof(flow: AwaitingProof, event: FlowEvent): Flow | null {
  switch (event.type) {
    case 'matched':
      if (flow.whose.is !== 'unresolved') return null
      return {
        ...flow,
        subject: event.subject,
        ...(event.band === undefined ? {} : { band: event.band }),
        whose: {
          is: 'account',
          account: event.account,
          username: event.username,
          ...withTargets(event),
          ...(event.assurance === undefined ? {} : { assurance: event.assurance }),
          ...(event.hasNumber === undefined ? {} : { hasNumber: event.hasNumber }),
        },
      }
    case 'unmatched':
      return flow.whose.is === 'unresolved' ? { ...flow, whose: { is: 'nobody' } } : null
    case 'asked-again':
      return {
        ...flow,
        asked: { times: flow.asked.times + 1, at: event.at, worksUntil: event.worksUntil },
      }
    case 'issued':
      if (flow.whose.is !== 'account') return null
      return event.channel === 'sms'
        ? { ...flow, issuedText: event.issued }
        : { ...flow, issued: event.issued }
    case 'code-wrong':
      return { ...flow, codesTried: flow.codesTried + 1 }
    case 'proved': {
      if (flow.whose.is !== 'account') return null
      const { secretDigest, proofs, wanted, at } = event
      if (wanted !== null) {
        const issued = isByMail(proofs) ? null : flow.issued
        const { band = flow.band } = event
        const scored = band === undefined ? {} : { band }
        const { issuedText, ...rest } = flow
        const texted = issuedText === undefined || isByText(proofs) ? {} : { issuedText }
        return { ...rest, ...texted, secretDigest, proofs, wanted, issued, touchedAt: at, ...scored }
      }
      const { account, username } = flow.whose
      const proven = { state: 'proven', account, username, proofs, refusals: 0, attempts: 0 } as const
      return { ...baseOf(flow), ...proven, ...withTargets(flow.whose), secretDigest, touchedAt: at }
    }
    case 'moved-away':
    case 'superseded':
    case 'disavowed':
    case 'ended-by-operator':
      return asDecoy(flow)
    case 'expired':
      return ended(flow, 'expired')
    default:
      return null
  }
}

function fromProven(flow: Proven, event: FlowEvent): Flow | null {
  switch (event.type) {
    case 'action-issued':
    case 'action-spent':
    case 'password-proven':
      return ofChange(flow, event)
    case 'password-refused':
      return event.last ? over(flow, 'too-many-refusals') : { ...flow, refusals: flow.refusals + 1 }
    case 'write-started':
      if (flow.kind === 'unlock' || flow.proofs.length === 0) return null
      return {
        ...flow,
        ...withTargets(event),
        state: 'writing',
        attempts: flow.attempts + 1,
        notify: event.notify,
      }
    case 'unlock-started':
      // What waits for the rest of its accounts is past that.
      return liftsLock(flow.kind) && !isPartlyWritten(flow) ? { ...flow, attempts: flow.attempts + 1 } : null
    case 'unlocked':
      return liftsLock(flow.kind) ? completed(flow, event.outcome, event.at) : null
    case 'superseded':
    case 'disavowed':
      return ended(flow, event.type)
    case 'account-unavailable':
    case 'ended-by-operator':
    case 'expired':
      return over(flow, event.type)
    default:
      return null
  }
}

/** Whoever has the new password in some of their accounts must not be told that nothing has changed. */
const over = (flow: Proven, because: EndedBecause): Completed | Ended =>
  isPartlyWritten(flow) ? completed(flow, 'password-set', flow.touchedAt) : ended(flow, because)

/** A change writes only after its newest action token was spent and the current password was proven since. */
function ofChange(flow: Proven, event: ChangeEvent): Proven | null {
  const { change } = flow
  if (change === undefined) return null
  switch (event.type) {
    case 'action-issued':
      return { ...flow, proofs: [], change: { ...change, action: { ...event.issued, spent: false } } }
    case 'action-spent':
      if (change.action === null || change.action.spent) return null
      return { ...flow, proofs: [], change: { ...change, action: { ...change.action, spent: true } } }
    case 'password-proven':
      if (change.action?.spent !== true) return null
      return { ...flow, proofs: [{ method: 'password', at: event.at }] }
  }
}

function fromWriting(flow: Writing, event: FlowEvent): Flow | null {
  switch (event.type) {
    case 'write-failed':
      return flow.acceptance === undefined ? givenBack(flow, flow.refusals) : null
    case 'password-refused':
      // Nobody is there any more who could choose another one.
      if (flow.acceptance !== undefined) return null
      return event.last ? ended(flow, 'too-many-refusals') : givenBack(flow, flow.refusals + 1)
    case 'written':
      return completed({ ...flow, ...withTargets(event) }, 'password-set', event.at)
    case 'written-in-part':
      // What something else has ended gets no further try.
      return flow.endsAs === undefined && flow.acceptance === undefined
        ? { ...givenBack({ ...flow, targets: event.targets }, flow.refusals), touchedAt: event.at }
        : null
    case 'write-unexplained':
      return ended(flow, 'outcome-unknown')
    case 'superseded':
    case 'ended-by-operator':
      return { ...flow, endsAs: flow.endsAs ?? event.type }
    case 'disavowed':
    case 'account-unavailable':
      return ended(flow, event.type)
    case 'put-off':
      return putOff(flow, event.acceptance)
    case 'not-set':
      return flow.acceptance === undefined ? null : ended(flow, flow.endsAs ?? event.because)
    default:
      return null
  }
}

function fromAccepted(flow: Accepted, event: FlowEvent): Flow | null {
  switch (event.type) {
    case 'write-started':
      return { ...flow, state: 'writing', attempts: flow.attempts + 1, notify: event.notify }
    case 'superseded':
    case 'disavowed':
    case 'account-unavailable':
    case 'ended-by-operator':
      return ended(flow, event.type)
    case 'not-set':
      return ended(flow, event.because)
    case 'write-unexplained':
      return ended(flow, 'outcome-unknown')
    default:
      return null
  }
}

/**
 * Who changes a password has it sent with the current one, which is nobody's to keep. Of several accounts that are to have
 * one password each may be away for another time.
 */
function putOff(flow: Writing, acceptance: Acceptance): Accepted | Ended | null {
  if (!takesPassword(flow.kind)) return null
  if (flow.endsAs !== undefined) return ended(flow, flow.endsAs)
  if (followingIn(flow).length > 0) return null
  const { account, username, proofs, attempts, refusals, notify } = flow
  return {
    ...baseOf(flow),
    ...{ state: 'accepted', account, username, proofs, refusals, attempts, notify, acceptance },
  }
}

/** After a write that changed nothing: it goes on, unless something ended it meanwhile. */
function givenBack(flow: Writing, refusals: number): Proven | Ended {
  if (flow.endsAs !== undefined) return ended(flow, flow.endsAs)
  const { account, username, proofs, attempts } = flow
  const proven = { state: 'proven', account, username, proofs, refusals, attempts } as const
  return { ...baseOf(flow), ...proven, ...withTargets(flow) }
}

type ChangeEvent = Extract<FlowEvent, { type: 'action-issued' | 'action-spent' | 'password-proven' }>

/** What the starter keeps looks and behaves as before, and leads nowhere. */
function asDecoy({ wanted: _, band: __, issuedText: ___, ...flow }: AwaitingProof): AwaitingProof {
  return { ...flow, subject: flow.decoySubject, whose: { is: 'nobody' }, issued: null, proofs: [] }
}

function completed(flow: Proven | Writing, outcome: Outcome, completedAt: Date): Completed {
  const { account, username, proofs } = flow
  const done = { state: 'completed', account, username, proofs, outcome, completedAt } as const
  return { ...baseOf(flow), ...done, ...withTargets(flow) }
}

const ended = (flow: Flow, because: EndedBecause): Ended => ({ ...baseOf(flow), state: 'ended', because })

/** The fields that every state has; what belonged to the old state alone is left behind. */
function baseOf(flow: Flow) {
  const {
    tenant,
    id,
    kind,
    secretDigest,
    subject,
    decoySubject,
    locale,
    service,
    client,
    startedAt,
    touchedAt,
    change,
  } = flow
  return {
    tenant,
    id,
    kind,
    secretDigest,
    subject,
    decoySubject,
    locale,
    service,
    client,
    startedAt,
    touchedAt,
    ...(change === undefined ? {} : { change }),
  }
}
