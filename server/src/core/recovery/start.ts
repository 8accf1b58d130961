import { newId } from '../../kernel/ids.ts'
import { fold } from '../accounts/index.ts'
import type { Shown } from '../gate/ports.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent, throttled } from './events.ts'
import type { AwaitingProof, Client, StartedKind } from './flow.ts'
import { unlockIsOffered } from './offer-unlock.ts'
import { after } from './rules.ts'
import { newFlowSecret } from './secrets.ts'

export interface StartCall {
  tenant: string
  identifier: string
  /** What is wanted; a new password unless said. */
  kind?: StartedKind
  service: string | null
  locale: string
  client: Client
  /** What was done for it; the gate looks at it, nobody else. */
  shown?: Shown
}

/**
 * Starts a way back in. The request writes the same rows whatever was typed; whether it names anybody is found
 * out by the job, when the answer has long been given.
 */
export function makeStart(
  deps: Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>,
) {
  return async (call: StartCall): Promise<(Answered & { secret: string }) | Refused> => {
    const tenant = deps.tenant(call.tenant)
    const { rules } = tenant
    const { kind = 'recovery' } = call
    if (kind === 'unlock' && !unlockIsOffered(tenant)) return refuse({ because: 'unlock-not-offered' })
    const taken = await deps.limiter.take(
      call.tenant,
      `starts:${call.client.network}`,
      rules.startsPerNetwork,
    )
    const now = deps.now()
    if (!taken.ok) {
      await deps.store.record([throttled(call.tenant, now, 'starts')])
      return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
    }
    const secret = newFlowSecret(deps)
    const id = newId(deps)
    const decoySubject = deps.tokens.name(call.tenant, fold(call.identifier.trim()))
    const flow: AwaitingProof = {
      state: 'awaiting-proof',
      kind,
      tenant: call.tenant,
      id,
      secretDigest: deps.tokens.secretDigest(secret),
      subject: decoySubject,
      decoySubject,
      locale: call.locale,
      service: call.service,
      client: call.client,
      startedAt: now,
      touchedAt: now,
      whose: { is: 'unresolved', identifier: call.identifier },
      codesTried: 0,
      asked: { times: 1, at: now, worksUntil: after(now, rules.challengeSeconds) },
      issued: null,
      proofs: [],
    }
    await deps.store.begin(flow, {
      events: [flowEvent('recovery.requested', { flow, at: now, client: call.client }, { kind })],
      jobs: [{ queue: 'resolve-recovery', payload: { tenant: call.tenant, flow: id, ask: 1 } }],
    })
    return { ok: true, flow, secret }
  }
}
