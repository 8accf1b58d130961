import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Decidable, DecideTarget, Decision } from './ports.ts'
import { asOf } from './rules.ts'

/** Somebody who says to hold a flow. */
export interface HolderCall {
  tenant: string
  id: string
  secret: string
}

type HolderDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>

/** Runs a decider on the holder's flow: the secret is compared and time is let pass inside the transaction. */
export async function onFlow<Answer extends Answered | Refused>(
  deps: HolderDeps,
  call: HolderCall & Pick<DecideTarget, 'alone' | 'inLine' | 'linked' | 'enrolments'>,
  decider: (seen: Decidable & { now: Date }) => Decision<Answer | Refused>,
): Promise<Answer | Refused> {
  const { rules } = deps.tenant(call.tenant)
  const answer = await deps.store.decide<Answer | Refused>(call, ({ flow: stored, ...seen }) => {
    if (!deps.tokens.isSecret(stored.secretDigest, call.secret)) {
      return { answer: refuse({ because: 'flow-unknown' }) }
    }
    const now = deps.now()
    const flow = asOf(stored, rules, now)
    if (flow.state !== 'ended') return decider({ flow, ...seen, now })
    const answer = refuse({ because: 'flow-ended', flow })
    if (stored.state === 'ended') return { answer }
    const events = [flowEvent('flow.ended', { flow, at: now }, { because: flow.because })]
    return { answer, flow, effects: { events } }
  })
  return answer ?? refuse({ because: 'flow-unknown' })
}

/** The holder's flow as it is now. Looking changes nothing. */
export const makeRead =
  (deps: HolderDeps) =>
  async (call: HolderCall): Promise<Answered | Refused> => {
    const stored = await deps.store.read(call.tenant, call.id)
    if (stored === null || !deps.tokens.isSecret(stored.secretDigest, call.secret)) {
      return refuse({ because: 'flow-unknown' })
    }
    return { ok: true, flow: asOf(stored, deps.tenant(call.tenant).rules, deps.now()) }
  }
