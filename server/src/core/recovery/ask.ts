import type { Method } from '../proofs/index.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { after } from './rules.ts'
import { transition } from './transition.ts'

export interface AskCall extends HolderCall {
  /** How the code shall come: by mail, unless it is one of those that come as a text. */
  method?: Method
}

/**
 * Asks for another mail, or for a text. Both count together. Only the flow's own history decides, so the answer tells nothing about an account; the
 * mailbox's quota is looked at by the job, in silence. A new mail gives no tries back. The account's ledger is not
 * touched: waiting for it would tell that several flows are one account's.
 */
export const makeAsk =
  (deps: Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>) =>
  async (call: AskCall): Promise<Answered | Refused> => {
    const { rules, methods } = deps.tenant(call.tenant)
    const isText = call.method === 'sms_code'
    if (isText && !methods.includes('sms_code')) return refuse({ because: 'method-not-offered' })
    return onFlow(deps, { ...call, alone: true }, ({ flow, now }) => {
      if (flow.state !== 'awaiting-proof') return { answer: refuse({ because: 'already-proven' }) }
      if (flow.asked.times >= rules.asksPerFlow) return { answer: refuse({ because: 'no-more-mails' }) }
      const wait = after(flow.asked.at, rules.askPauseSeconds).getTime() - now.getTime()
      if (wait > 0) {
        return { answer: refuse({ because: 'asked-too-soon', retryAfterSeconds: Math.ceil(wait / 1_000) }) }
      }
      const worksUntil = after(now, rules.challengeSeconds)
      const asked =
        transition({ ...flow, touchedAt: now }, { type: 'asked-again', at: now, worksUntil }) ?? flow
      const payload = {
        ...{ tenant: call.tenant, flow: flow.id, ask: flow.asked.times + 1 },
        ...(isText ? ({ channel: 'sms' } as const) : {}),
      }
      return {
        answer: { ok: true, flow: asked },
        flow: asked,
        effects: { events: [], jobs: [{ queue: 'resolve-recovery', payload }] },
      }
    })
  }
