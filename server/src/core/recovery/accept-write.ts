import type { Secret } from '../../kernel/secret.ts'
import type { Answered, Refused } from './answers.ts'
import { endOther } from './end-other.ts'
import { flowEvent } from './events.ts'
import type { Accepted } from './flow.ts'
import { orderNotice } from './notices.ts'
import type { Decision, WriteOutcome } from './ports.ts'
import { after, type RecoveryRules } from './rules.ts'
import { transition } from './transition.ts'
import { type EndDeps, type Ending, endWrite, unremembered } from './write-outcome.ts'

/**
 * Whether a password that passed every check may wait for its directory: the operator said so, and it certainly did not
 * arrive there (decision record 0010). A change is left alone by the
 * transition, because it would need the old one as well, and so are several accounts that are to have one password.
 */
export const mayWait = (
  { acceptSeconds }: Pick<RecoveryRules, 'acceptSeconds'>,
  outcome: WriteOutcome,
): boolean => acceptSeconds > 0 && outcome.is === 'not-written' && outcome.because === 'directory-unreachable'

/**
 * Keeps the password, sealed, together with everything that follows from it: the flow waits, its owner is told by mail,
 * a job tries again. Another one that waits for the same account is destroyed. The lease is given back, because nothing
 * is at the directory: each later try takes it anew. A flow that was ended meanwhile, and one that can't wait, goes on as
 * after any write.
 */
export async function acceptWrite(
  deps: EndDeps,
  ending: Ending,
  waits: { password: Secret; passwordSetAt: Date | null },
): Promise<Answered | Refused> {
  const { tenant, id, attempts } = ending.writing
  const answer = await deps.store.decide<Answered | null>({ tenant, id }, ({ flow, ledger }) => {
    const holdsLease = ledger.lease?.flow === id && ledger.lease.attempt === attempts
    if (flow.state !== 'writing' || flow.attempts !== attempts || !holdsLease) return { answer: null }
    const now = deps.now()
    const expiresAt = after(now, deps.tenant(tenant).rules.acceptSeconds)
    const acceptance = { at: now, expiresAt, doubted: false }
    const accepted = transition({ ...flow, touchedAt: now }, { type: 'put-off', acceptance })
    if (accepted?.state !== 'accepted') return { answer: null }
    return { ...decideAccepted(deps, accepted, { ending, waits }), ledger: { ...ledger, lease: null } }
  })
  return answer ?? endWrite(deps, ending)
}

function decideAccepted(
  deps: EndDeps,
  accepted: Accepted,
  { ending, waits }: { ending: Ending; waits: { password: Secret; passwordSetAt: Date | null } },
): Decision<Answered> {
  const { tenant, id, subject, account, attempts, acceptance } = accepted
  const { at, expiresAt } = acceptance
  const about = { flow: accepted, at }
  const facts = { directory: account.directory, attempt: attempts }
  const notice = orderNotice(deps, {
    kind: 'password-accepted',
    ...{ at, tenant, subject, flow: id, generation: 0, to: accepted.notify },
    username: accepted.username,
    locale: accepted.locale,
    service: accepted.service,
    client: ending.client,
    facts: { validUntil: expiresAt.toISOString() },
    notAfter: expiresAt,
    disavowalSeconds: deps.tenant(tenant).rules.disavowalSeconds,
  })
  return {
    answer: { ok: true, flow: accepted },
    flow: accepted,
    others: (other) => (other.state === 'accepted' ? endOther(other, { type: 'superseded' }, at) : null),
    effects: {
      ...notice,
      ...unremembered(ending, [
        flowEvent('password.write-failed', about, { ...facts, because: 'directory-unreachable' }),
        flowEvent('password.accepted', about, { ...facts, until: expiresAt.toISOString() }),
      ]),
      jobs: [...notice.jobs, { queue: 'write-waiting', payload: { tenant, flow: id } }],
      waiting: { tenant, flow: id, subject, account, attempt: attempts, expiresAt, ...waits },
    },
  }
}
