import { newId } from '../../kernel/ids.ts'
import { acceptProof, type Proved } from './accept-proof.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Client, Flow } from './flow.ts'
import { takeProof } from './proof-quota.ts'
import { asOf } from './rules.ts'
import { scoreProof } from './score-proof.ts'
import { transition } from './transition.ts'

type SpendDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'now' | 'randomBytes'
>

export interface SpendLinkCall {
  tenant: string
  token: string
  client: Client
  locale: string
  /** What the same browser or client holds of a flow: where it is this one, what was proven in it goes on counting. */
  holding?: { id: string; secret: string } | null
}

/**
 * Spends a mailed link. The flow **moves** to whoever holds the link: a new id, a new secret; what the starter
 * holds goes on as a decoy. Otherwise a stranger could start a flow for a victim, wait for the click and write
 * the password, or learn that somebody clicked. What the starter had proven stays behind: whoever reads the mails must not get the
 * rest from who has the telephone.
 */
export const makeSpendLink =
  (deps: SpendDeps) =>
  async (call: SpendLinkCall): Promise<Proved> => {
    const { rules, methods } = deps.tenant(call.tenant)
    const throttle = await takeProof(deps, call.tenant, call.client)
    if (throttle !== null) return throttle
    const name = deps.tokens.readLink(call.tenant, call.token)
    const unusable = refuse({ because: 'link-unusable' })
    if (name === null || !methods.includes('email_link')) return unusable
    const named = await deps.store.read(call.tenant, name.flow)
    if (named === null) return unusable
    const scored = await scoreProof(deps, { flow: named, client: call.client })
    const answer = await deps.store.decide<Proved>({ tenant: call.tenant, id: name.flow }, (seen) => {
      const now = deps.now()
      const flow = asOf(seen.flow, rules, now)
      if (!linkIsCurrent(flow, name, now)) {
        const facts = { method: 'email_link', because: 'unusable' }
        const events = [flowEvent('proof.refused', { flow, at: now, client: call.client }, facts)]
        return { answer: unusable, effects: { events } }
      }
      // The code of a text was made for the old id: there it can be typed no more, and here it never fits.
      const { wanted: _, issuedText: __, ...begun } = flow
      const proofs = isHolder(deps, flow, call) ? flow.proofs : []
      const opened: AwaitingProof = { ...begun, proofs, id: newId(deps), locale: call.locale }
      const proof = {
        flow: opened,
        ledger: seen.ledger,
        method: 'email_link',
        client: call.client,
        scored,
      } as const
      const decision = acceptProof(deps, { ...proof, now })
      const left = transition(flow, { type: 'moved-away' })
      if (left === null || decision.flow === undefined) return { answer: unusable }
      const moved = flowEvent('flow.moved', { flow, at: now }, { to: opened.id })
      const events = [moved, ...(decision.effects?.events ?? [])]
      return { answer: decision.answer, flow: left, opened: decision.flow, effects: { events } }
    })
    return answer ?? unusable
  }

const isHolder = (
  { tokens }: Pick<SpendDeps, 'tokens'>,
  flow: Flow,
  { holding = null }: SpendLinkCall,
): boolean => holding !== null && holding.id === flow.id && tokens.isSecret(flow.secretDigest, holding.secret)

function linkIsCurrent(
  flow: Flow,
  name: { generation: number; keyId: string },
  now: Date,
): flow is AwaitingProof {
  if (flow.state !== 'awaiting-proof' || flow.whose.is !== 'account' || flow.issued === null) return false
  const { generation, keyId, expiresAt } = flow.issued
  return generation === name.generation && keyId === name.keyId && expiresAt > now
}
