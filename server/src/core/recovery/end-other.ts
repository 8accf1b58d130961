import { flowEvent } from './events.ts'
import type { Flow, FlowEvent } from './flow.ts'
import type { Changed } from './ports.ts'
import { transition } from './transition.ts'

type Ending = Extract<FlowEvent, { type: 'superseded' | 'disavowed' | 'ended-by-operator' }>

/** Success kills all: proven flows end, waiting ones go on as decoys, so that their starters see nothing. */
export const superseding =
  (now: Date, startedBefore = now) =>
  (flow: Flow): Changed | null =>
    flow.startedAt > startedBefore ? null : endOther(flow, { type: 'superseded' }, now)

/** A first password that is not set yet, in the hands of whoever spent an invitation that is worthless now. */
export const endActivation = (flow: Flow, now: Date): Changed | null =>
  flow.kind === 'activation' ? endOther(flow, { type: 'ended-by-operator' }, now) : null

/**
 * Ends another flow of an account because of what happened in one. The log says so under the account, also for a
 * flow that goes on as a decoy. One whose write is under way ends when that has come back, and the log says so then.
 */
export function endOther(flow: Flow, event: Ending, now: Date): Changed | null {
  const ended = transition(flow, event)
  if (ended === null) return null
  if (ended.state === 'writing') return { flow: ended, events: [] }
  return { flow: ended, events: [flowEvent('flow.ended', { flow, at: now }, { because: event.type })] }
}
