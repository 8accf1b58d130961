import { type Fault, type FaultCode, isFault } from '../../kernel/fault.ts'
import type { Directory } from '../accounts/index.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { refuseFor } from './directory-refusal.ts'
import { flowEvent } from './events.ts'
import { type Client, type Flow, liftsLock, type Proven } from './flow.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Decision, Effects } from './ports.ts'
import { endUnavailable, makeReadProven, readAccount, whyNotNow } from './proven.ts'
import { after } from './rules.ts'
import { transition } from './transition.ts'

export interface UnlockCall extends HolderCall {
  client: Client
}

type UnlockDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

/**
 * Lifts the directory's lock and leaves the password as it is. Asking twice does no harm, so there is no lease and
 * nothing to sweep: whatever breaks, the flow stays proven. No session ends and no other flow does, because whoever
 * knew the password before knows it still (decision record 0005).
 */
export function makeUnlock(deps: UnlockDeps) {
  const readProven = makeReadProven(deps, liftsLock)
  return async (call: UnlockCall): Promise<Answered | Refused> => {
    const proven = await readProven(call)
    if (!proven.ok) return proven
    const { account } = proven.flow
    const isAble = deps.tenant(call.tenant).directory(account.directory)?.abilities.unlock
    if (isAble === false) return refuse({ because: 'unlock-not-offered' })
    const found = await readAccount(deps, proven.flow)
    if (!found.ok) return found
    const { directory, entry } = found
    if (entry === null) return endUnavailable(deps, call)
    const begun = await begin(deps, call)
    if (!begun.ok) return begun
    const lifted = await lift(deps, directory, begun.flow)
    return end(deps, { lifted, begun: begun.flow, notify: entry.recoveryAddresses, client: call.client })
  }
}

/** Notes that the directory is about to be asked: an answer that gets lost is known of later. */
const begin = (deps: UnlockDeps, call: UnlockCall): Promise<{ ok: true; flow: Proven } | Refused> =>
  onFlow<{ ok: true; flow: Proven }>(deps, { ...call, alone: true }, ({ flow, now }) => {
    if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
    const begun = transition({ ...flow, touchedAt: now }, { type: 'unlock-started' })
    if (begun?.state !== 'proven') return { answer: refuse({ because: 'flow-of-another-kind' }) }
    const facts = { directory: flow.account.directory }
    const events = [flowEvent('account.unlock-started', { flow, at: now }, facts)]
    return { answer: { ok: true, flow: begun }, flow: begun, effects: { events } }
  })

type Lifted =
  | { is: 'lifted'; wasLocked: boolean }
  /** The account was disabled, became privileged or vanished. */
  | { is: 'refused' }
  /** Perhaps lifted, perhaps not: asking again tells. */
  | { is: 'failed'; fault: Fault }

async function lift(deps: UnlockDeps, directory: Directory, { tenant, account }: Proven): Promise<Lifted> {
  const { writeDeadlineSeconds } = deps.tenant(tenant).rules
  try {
    const answer = await directory.unlock(account.key, AbortSignal.timeout(writeDeadlineSeconds * 1_000))
    return answer.ok ? { is: 'lifted', wasLocked: answer.wasLocked } : { is: 'refused' }
  } catch (error) {
    if (!isFault(error)) throw error
    return { is: 'failed', fault: error }
  }
}

interface Ending {
  lifted: Lifted
  /** The flow as it was when the directory was asked. */
  begun: Proven
  /** Recovery addresses to tell. */
  notify: readonly string[]
  client: Client
}

async function end(deps: UnlockDeps, ending: Ending): Promise<Answered | Refused> {
  const { tenant, id } = ending.begun
  const answer = await deps.store.decide<Answered | Refused>({ tenant, id, alone: true }, ({ flow }) => {
    const now = deps.now()
    return flow.state === 'proven' ? decideEnd(deps, ending, flow, now) : decideLate(deps, ending, flow, now)
  })
  return answer ?? refuse({ because: 'flow-unknown' })
}

function decideEnd(deps: UnlockDeps, ending: Ending, flow: Proven, now: Date): Decision<Answered | Refused> {
  const { lifted } = ending
  switch (lifted.is) {
    case 'lifted':
      return complete(deps, ending, flow, now)
    case 'refused': {
      const next = transition(flow, { type: 'account-unavailable' }) ?? flow
      const events = [
        failed(flow, 'account-unavailable', now),
        flowEvent('flow.ended', { flow, at: now }, { because: 'account-unavailable' }),
      ]
      return { answer: refuse({ because: 'flow-ended', flow: next }), flow: next, effects: { events } }
    }
    case 'failed':
      return {
        answer: refuseFor(lifted.fault),
        flow: { ...flow, touchedAt: now },
        effects: { events: [failed(flow, lifted.fault.code, now)] },
      }
  }
}

function complete(deps: UnlockDeps, ending: Ending, flow: Proven, now: Date): Decision<Answered | Refused> {
  // A try before this one may have lifted the lock without anybody being told.
  const isNews = (ending.lifted.is === 'lifted' && ending.lifted.wasLocked) || flow.attempts > 1
  const outcome = isNews ? 'unlocked' : 'was-not-locked'
  const completed = transition({ ...flow, touchedAt: now }, { type: 'unlocked', outcome, at: now })
  if (completed === null) return { answer: refuse({ because: 'flow-of-another-kind' }) }
  const { deviceDigest } = ending.client
  const { tenant, subject } = flow
  return {
    answer: { ok: true, flow: completed },
    flow: completed,
    effects: {
      ...(isNews ? tellAll(deps, ending, now) : {}),
      events: [unlocked(ending, outcome, now)],
      ...(deviceDigest === null ? {} : { knownDevice: { tenant, subject, deviceDigest, at: now } }),
    },
  }
}

/** The flow went on or ended while the directory was asked. What the directory did is told all the same. */
function decideLate(
  deps: UnlockDeps,
  ending: Ending,
  flow: Exclude<Flow, Proven>,
  now: Date,
): Decision<Answered | Refused> {
  const answer = refuse(whyNotNow(flow))
  const { lifted, begun } = ending
  if (lifted.is === 'failed') return { answer, effects: { events: [failed(begun, lifted.fault.code, now)] } }
  // Two asked at once, and the other one has said it already.
  const isTold = flow.state === 'completed' && flow.outcome === 'unlocked'
  if (lifted.is === 'refused' || !lifted.wasLocked || isTold) return { answer }
  const events = [unlocked(ending, 'unlocked', now)]
  return { answer, effects: { ...tellAll(deps, ending, now), events } }
}

const failed = (flow: Proven, because: FaultCode | 'account-unavailable', at: Date) =>
  flowEvent('account.unlock-failed', { flow, at }, { directory: flow.account.directory, because })

function unlocked({ begun, client }: Ending, outcome: 'unlocked' | 'was-not-locked', at: Date) {
  const proofs = begun.proofs.map(({ method }) => method).join(' ')
  const facts = { directory: begun.account.directory, outcome, proofs }
  return flowEvent('account.unlocked', { flow: begun, at, client }, facts)
}

const tellAll = (deps: UnlockDeps, { begun, notify, client }: Ending, at: Date): Omit<Effects, 'events'> =>
  orderNotice(deps, {
    kind: 'account-unlocked',
    at,
    tenant: begun.tenant,
    subject: begun.subject,
    flow: begun.id,
    generation: 0,
    to: notify,
    username: begun.username,
    locale: begun.locale,
    service: begun.service,
    client,
    notAfter: after(at, noticeSeconds),
    disavowalSeconds: deps.tenant(begun.tenant).rules.disavowalSeconds,
  })
