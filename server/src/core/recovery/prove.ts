import { newId } from '../../kernel/ids.ts'
import { assess, isEnough, type Method } from '../proofs/index.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Client, Flow } from './flow.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { afterFailedTry, codesAreOpen, type Ledger, secondProofIsWanted } from './ledger.ts'
import type { Decision } from './ports.ts'
import { takeProof } from './proof-quota.ts'
import { asOf } from './rules.ts'
import { newFlowSecret } from './secrets.ts'
import { transition } from './transition.ts'

type ProveDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>
type Proved = (Answered & { secret: string }) | Refused

/**
 * Answers a mailed code. The count goes up in the transaction that compares, so two hundred guesses at once are
 * two hundred guesses in a row. Past the account's budget the right code counts as wrong and nobody can see it:
 * the mail then offers the link alone, which can't be guessed, so a guesser locks nobody out.
 */
export const makeProveByCode =
  (deps: ProveDeps) =>
  async (call: HolderCall & { code: string; client: Client }): Promise<Proved> => {
    const { rules, methods } = deps.tenant(call.tenant)
    const refused = await takeProof(deps, call.tenant, call.client)
    if (refused !== null) return refused
    if (!methods.includes('email_code')) return refuse({ because: 'method-not-offered' })
    return onFlow<Answered & { secret: string }>(
      deps,
      { ...call, inLine: call.client.network },
      ({ flow, ledger, now }) => {
        if (flow.state !== 'awaiting-proof') return { answer: refuse({ because: 'already-proven' }) }
        if (flow.codesTried >= rules.codeTriesPerFlow) {
          return { answer: refuse({ because: 'code-tries-used-up' }) }
        }
        if (flow.asked.worksUntil <= now) return { answer: refuse({ because: 'code-expired' }) }
        const isRight = codeIsRight(deps, flow, call.code, now) && codesAreOpen(ledger, rules, now)
        if (isRight) return accept(deps, { flow, ledger, method: 'email_code', client: call.client, now })
        const tried = transition({ ...flow, touchedAt: now }, { type: 'code-wrong' }) ?? flow
        const triesLeft = rules.codeTriesPerFlow - flow.codesTried - 1
        const facts = { method: 'email_code', because: 'wrong' }
        return {
          answer: refuse({ because: 'code-wrong', triesLeft }),
          flow: tried,
          ledger: afterFailedTry(ledger, rules, now),
          effects: { events: [flowEvent('proof.refused', { flow, at: now }, facts)] },
        }
      },
    )
  }

/**
 * Spends a mailed link. The flow **moves** to whoever holds the link: a new id, a new secret; what the starter
 * holds goes on as a decoy. Otherwise a stranger could start a flow for a victim, wait for the click and write
 * the password, or learn that somebody clicked.
 */
export const makeSpendLink =
  (deps: ProveDeps) =>
  async (call: { tenant: string; token: string; client: Client; locale: string }): Promise<Proved> => {
    const { rules, methods } = deps.tenant(call.tenant)
    const throttle = await takeProof(deps, call.tenant, call.client)
    if (throttle !== null) return throttle
    const name = deps.tokens.readLink(call.tenant, call.token)
    const unusable = refuse({ because: 'link-unusable' })
    if (name === null || !methods.includes('email_link')) return unusable
    const answer = await deps.store.decide<Proved>({ tenant: call.tenant, id: name.flow }, (seen) => {
      const now = deps.now()
      const flow = asOf(seen.flow, rules, now)
      if (!linkIsCurrent(flow, name, now)) {
        const facts = { method: 'email_link', because: 'unusable' }
        const events = [flowEvent('proof.refused', { flow, at: now, client: call.client }, facts)]
        return { answer: unusable, effects: { events } }
      }
      const opened: AwaitingProof = { ...flow, id: newId(deps), locale: call.locale }
      const decision = accept(deps, { ...call, flow: opened, ledger: seen.ledger, method: 'email_link', now })
      const left = transition(flow, { type: 'moved-away' })
      if (left === null || decision.flow === undefined) return { answer: unusable }
      const moved = flowEvent('flow.moved', { flow, at: now }, { to: opened.id })
      const events = [moved, ...(decision.effects?.events ?? [])]
      return { answer: decision.answer, flow: left, opened: decision.flow, effects: { events } }
    })
    return answer ?? unusable
  }

function accept(
  deps: Pick<ProveDeps, 'tokens' | 'randomBytes'>,
  proof: { flow: AwaitingProof; ledger: Ledger; method: Method; client: Client; now: Date },
): Decision<Proved> {
  const { flow, ledger, method, client, now } = proof
  const proofs = [...flow.proofs, { method, at: now }]
  const enough = isEnough(assess(proofs, { secondProofWanted: secondProofIsWanted(ledger, now) }))
  const secret = newFlowSecret(deps)
  const secretDigest = deps.tokens.secretDigest(secret)
  const proved = transition({ ...flow, client }, { type: 'proved', proofs, enough, secretDigest, at: now })
  if (proved === null) return { answer: refuse({ because: 'already-proven' }) }
  const events = [flowEvent('proof.accepted', { flow: proved, at: now, client }, { method, enough })]
  return { answer: { ok: true, flow: proved, secret }, flow: proved, effects: { events } }
}

/** The code is derived and compared for a flow of nobody as well, so that both take the same time. */
function codeIsRight(
  deps: Pick<ProveDeps, 'tokens'>,
  flow: AwaitingProof,
  typed: string,
  now: Date,
): boolean {
  // A key that was thrown away before its time makes the code wrong; an error would tell that there was a mail.
  const issued = flow.issued !== null && deps.tokens.has(flow.issued.keyId) ? flow.issued : null
  const { generation, keyId } = issued ?? { generation: 0, keyId: deps.tokens.keyId }
  const matches = deps.tokens.isCode({ tenant: flow.tenant, flow: flow.id, generation, keyId }, typed)
  return matches && flow.whose.is === 'account' && issued !== null && issued.expiresAt > now
}

function linkIsCurrent(
  flow: Flow,
  name: { generation: number; keyId: string },
  now: Date,
): flow is AwaitingProof {
  if (flow.state !== 'awaiting-proof' || flow.whose.is !== 'account' || flow.issued === null) return false
  const { generation, keyId, expiresAt } = flow.issued
  return generation === name.generation && keyId === name.keyId && expiresAt > now
}
