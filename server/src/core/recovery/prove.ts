import { definitionOf, type EnrolmentChange, type ProofAnswer } from '../proofs/index.ts'
import { acceptProof, type Proved } from './accept-proof.ts'
import { type Answered, refuse } from './answers.ts'
import { fits, mayRecover, type ReadyAnswer, readyToCompare } from './compare-answer.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Client } from './flow.ts'
import { type HolderCall, makeRead, onFlow } from './holder.ts'
import { afterFailedTry, codesAreOpen } from './ledger.ts'
import type { Decidable, Effects } from './ports.ts'
import { takeProof } from './proof-quota.ts'
import { scoreProof } from './score-proof.ts'
import { transition } from './transition.ts'

export type ProveCall = HolderCall & ProofAnswer & { client: Client }

type ProveDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'digests' | 'passkeys' | 'risk' | 'now' | 'randomBytes'
>

/**
 * Answers a challenge: a code that was mailed or texted, one of an authenticator app, one of a sheet, a passkey. The count goes up in the
 * transaction that compares, so two hundred guesses at once are two hundred guesses in a row. Past the account's budget the
 * right code counts as wrong and nobody can see it: what can't be guessed (a link, a code of a sheet, a passkey) goes on working,
 * so a guesser locks nobody out. Where nothing is enrolled, and for nobody, the same is compared in vain.
 */
export function makeProve(deps: ProveDeps) {
  const read = makeRead(deps)
  return async (call: ProveCall): Promise<Proved> => {
    const { tenant, method } = call
    const { rules, methods } = deps.tenant(tenant)
    const refused = await takeProof(deps, tenant, call.client)
    if (refused !== null) return refused
    if (!methods.includes(method)) return refuse({ because: 'method-not-offered' })
    const held = await read(call)
    if (!held.ok) return held
    // Before anything that costs: what is over is not compared with.
    if (held.flow.state === 'ended') return refuse({ because: 'flow-ended', flow: held.flow })
    if (held.flow.state !== 'awaiting-proof') return refuse({ because: 'already-proven' })
    const busy = call.method === 'recovery_code' ? await takeSlow(deps, call) : null
    if (busy !== null) return busy
    const scored = await scoreProof(deps, { flow: held.flow, client: call.client })
    let ready: ReadyAnswer | null = null
    if (call.method !== 'email_code' && call.method !== 'sms_code') {
      const { subject, id: of } = held.flow
      ready = await readyToCompare(deps, { tenant, subject, purpose: 'flow', of }, call)
      if (ready === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
    }
    const target = {
      ...{ tenant, id: call.id, secret: call.secret, inLine: call.client.network },
      ...(ready === null ? {} : { enrolments: true as const }),
    }
    return onFlow<Answered & { secret: string }>(deps, target, ({ flow, ledger, enrolments, now }) => {
      if (flow.state !== 'awaiting-proof') return { answer: refuse({ because: 'already-proven' }) }
      const { guessable } = definitionOf(method)
      if (guessable && flow.codesTried >= rules.codeTriesPerFlow) {
        return { answer: refuse({ because: 'code-tries-used-up' }) }
      }
      if (ready === null && flow.asked.worksUntil <= now) {
        return { answer: refuse({ because: 'code-expired' }) }
      }
      const compared = compare(deps, { call, ready, flow, enrolments, now })
      if (compared !== null && (!guessable || codesAreOpen(ledger, rules, now))) {
        const accepted = acceptProof(deps, { flow, ledger, method, client: call.client, now, scored })
        const { effects = { events: [] } } = accepted
        const entered = method === 'sms_code' ? textEntered(flow, now) : {}
        return { ...accepted, effects: { ...effects, ...entered, enrolments: compared } }
      }
      if (ready?.method === 'passkey') {
        const facts = { method, because: ready.because }
        return {
          answer: refuse({ because: 'passkey-refused' }),
          flow: { ...flow, touchedAt: now },
          ledger,
          effects: { events: [flowEvent('proof.refused', { flow, at: now }, facts)] },
        }
      }
      const tried = transition({ ...flow, touchedAt: now }, { type: 'code-wrong' }) ?? flow
      const triesLeft = Math.max(0, rules.codeTriesPerFlow - flow.codesTried - 1)
      const facts = { method, because: 'wrong' }
      return {
        answer: refuse({ because: 'code-wrong', triesLeft }),
        flow: tried,
        // The same rows are written for what can't be guessed.
        ledger: guessable ? afterFailedTry(ledger, rules, now) : ledger,
        effects: { events: [flowEvent('proof.refused', { flow, at: now }, facts)] },
      }
    })
  }
}

/** Each costs a slow digest, whoever has a sheet; a person types a few, and strangers start flows as often as they may. */
async function takeSlow({ limiter, tenant: find }: ProveDeps, { tenant, id }: ProveCall) {
  const taken = await limiter.take(tenant, `slow:${id}`, find(tenant).rules.slowTriesPerFlow)
  if (taken.ok) return null
  return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
}

/** What it spends of what is enrolled when it is right; null when it is wrong. */
function compare(
  deps: Pick<ProveDeps, 'tokens'>,
  of: Pick<Decidable, 'enrolments'> & {
    call: ProveCall
    ready: ReadyAnswer | null
    flow: AwaitingProof
    now: Date
  },
): readonly EnrolmentChange[] | null {
  const { call, ready, flow, enrolments, now } = of
  if (call.method === 'email_code' || call.method === 'sms_code') {
    return codeIsRight(deps, { flow, method: call.method, typed: call.code.replaceAll(/[\s-]/g, ''), now })
      ? []
      : null
  }
  if (ready === null) return null
  const change = fits(ready, enrolments, { now, isEligible: mayRecover(now) })
  return change === null || flow.whose.is !== 'account' ? null : [change]
}

/** What is sent and never typed shows who sends for the money. */
const textEntered = ({ tenant, id, issuedText }: AwaitingProof, at: Date): Pick<Effects, 'textEntered'> =>
  issuedText === undefined ? {} : { textEntered: { tenant, flow: id, generation: issuedText.generation, at } }

/** The code is derived and compared for a flow of nobody as well, so that both take the same time. */
function codeIsRight(
  deps: Pick<ProveDeps, 'tokens'>,
  of: { flow: AwaitingProof; method: 'email_code' | 'sms_code'; typed: string; now: Date },
): boolean {
  const { tokens } = deps
  const { flow, typed, now } = of
  const isText = of.method === 'sms_code'
  const latest = (isText ? flow.issuedText : flow.issued) ?? null
  // A key that was thrown away before its time makes the code wrong; an error would tell that there was a mail.
  const issued = latest !== null && tokens.has(latest.keyId) ? latest : null
  const { generation, keyId } = issued ?? { generation: 0, keyId: tokens.keyId }
  const name = { tenant: flow.tenant, flow: flow.id, generation, keyId }
  const matches = isText ? tokens.isTextCode(name, typed) : tokens.isCode(name, typed)
  return matches && flow.whose.is === 'account' && issued !== null && issued.expiresAt > now
}
