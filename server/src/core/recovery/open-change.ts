import { newId } from '../../kernel/ids.ts'
import type { PortalSession } from '../sessions/ports.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Client, Flow, Proven } from './flow.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { sessionIsOpen } from './portal-session.ts'
import { whyNotNow } from './proven.ts'
import { after } from './rules.ts'
import { newFlowSecret } from './secrets.ts'
import { transition } from './transition.ts'

type OpenDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

export interface OpenChangeCall {
  /** Read just now and open. */
  session: PortalSession
  client: Client
  locale: string
}

/** Opens a change for somebody who is signed in. The current password is to be proven once more, with each try. */
export const makeOpenChange =
  (deps: OpenDeps) =>
  async ({ session, client, locale }: OpenChangeCall): Promise<(Answered & { secret: string }) | Refused> => {
    const { tenant, subject, account, username, service } = session
    const quota = deps.tenant(tenant).rules.changesPerAccount
    const taken = await deps.limiter.take(tenant, `changes:${subject}`, quota)
    if (!taken.ok) {
      return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
    }
    const now = deps.now()
    const secret = newFlowSecret(deps)
    const id = newId(deps)
    const flow: Proven = {
      state: 'proven',
      kind: 'change',
      tenant,
      id,
      secretDigest: deps.tokens.secretDigest(secret),
      subject,
      decoySubject: deps.tokens.name(tenant, id),
      locale,
      service,
      client,
      startedAt: now,
      touchedAt: now,
      account,
      username,
      proofs: [],
      refusals: 0,
      attempts: 0,
      change: { session: session.id, action: null },
    }
    await deps.store.begin(flow, { events: [flowEvent('change.opened', { flow, at: now, client })] })
    return { ok: true, flow, secret }
  }

export interface ActionIssued {
  ok: true
  flow: Flow
  token: string
  expiresAt: Date
}

/**
 * Gives out the right to begin one write, for as long as it takes to send a form. A newer one takes the place of those
 * before. Open for 30 seconds unless the rules say otherwise.
 */
export const makeIssueAction =
  (deps: OpenDeps) =>
  (call: HolderCall): Promise<ActionIssued | Refused> =>
    onFlow<ActionIssued>(deps, call, ({ flow, now }) => {
      if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
      const generation = (flow.change?.action?.generation ?? 0) + 1
      const { keyId } = deps.tokens
      const expiresAt = after(now, deps.tenant(call.tenant).rules.actionSeconds)
      const issued = { generation, keyId, expiresAt }
      const next = transition({ ...flow, touchedAt: now }, { type: 'action-issued', issued })
      if (next === null) return { answer: refuse({ because: 'flow-of-another-kind' }) }
      const token = deps.tokens.action({ tenant: flow.tenant, flow: flow.id, generation, keyId })
      return { answer: { ok: true, flow: next, token, expiresAt }, flow: next }
    })

/** Spends an action token: whatever races for it, one request gets a yes. */
export async function spendAction(
  deps: Omit<OpenDeps, 'limiter'>,
  call: HolderCall & { actionToken: string },
  session: PortalSession | null,
): Promise<Answered | Refused> {
  const { rules } = deps.tenant(call.tenant)
  return onFlow<Answered>(deps, call, ({ flow, ledger, now }) => {
    if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
    const isOurs = session !== null && session.id === flow.change?.session
    if (!isOurs || !sessionIsOpen(session, ledger, rules, now)) {
      return { answer: refuse({ because: 'session-unknown' }) }
    }
    const action = flow.change?.action ?? null
    const isCurrent =
      action !== null &&
      action.expiresAt > now &&
      deps.tokens.has(action.keyId) &&
      deps.tokens.isAction({ ...action, tenant: flow.tenant, flow: flow.id }, call.actionToken)
    const next = isCurrent ? transition({ ...flow, touchedAt: now }, { type: 'action-spent' }) : null
    if (next === null) {
      const events = [
        flowEvent('proof.refused', { flow, at: now }, { method: 'action_token', because: 'unusable' }),
      ]
      return { answer: refuse({ because: 'action-token-unusable' }), effects: { events } }
    }
    return { answer: { ok: true, flow: next }, flow: next }
  })
}
