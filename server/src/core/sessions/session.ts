import type { EnrolledMethod } from '../proofs/index.ts'
import {
  after,
  type Ledger,
  type RecoveryDeps,
  type Refused,
  refuse,
  sessionIsOpen,
} from '../recovery/index.ts'
import type { PortalSession } from './ports.ts'

type SessionDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>

/** Somebody who says to hold a session. */
export interface SessionCall {
  tenant: string
  id: string
  secret: string
}

export interface HeldSession {
  ok: true
  session: PortalSession
  ledger: Ledger
}

/** The holder's session, also while it awaits its second proof, which it does for a few minutes only. */
export const makeReadAny =
  (deps: SessionDeps) =>
  async ({ tenant, id, secret }: SessionCall): Promise<HeldSession | Refused> => {
    const session = await deps.store.readSession(tenant, id)
    if (session === null || !deps.tokens.isSecret(session.secretDigest, secret)) {
      return refuse({ because: 'session-unknown' })
    }
    const ledger = await deps.store.readLedger(tenant, session.subject)
    const { rules } = deps.tenant(tenant)
    const now = deps.now()
    const isOpen = sessionIsOpen(session, ledger, rules, now)
    const isLate = session.awaits !== null && after(session.startedAt, rules.secondStepSeconds) <= now
    return isOpen && !isLate ? { ok: true, session, ledger } : refuse({ because: 'session-unknown' })
  }

/** The holder's session while it is open. Looking changes nothing and makes it live no longer. */
export function makeReadSession(deps: SessionDeps) {
  const read = makeReadAny(deps)
  return async (call: SessionCall): Promise<{ ok: true; session: PortalSession } | Refused> => {
    const held = await read(call)
    if (!held.ok) return held
    const { session, ledger } = held
    if (session.awaits === null) return { ok: true, session }
    const methods = secondSteps(deps.tenant(call.tenant).methods, ledger)
    return refuse({ because: 'second-proof-needed', methods })
  }
}

/** What a sign-in can be finished with: everything that is enrolled and that the tenant offers. */
export const secondSteps = (
  offered: readonly string[],
  { enrolled }: Pick<Ledger, 'enrolled'>,
): readonly EnrolledMethod[] => [
  ...new Set(enrolled.map(({ method }) => method).filter((method) => offered.includes(method))),
]

/** Ends a session by its holder's wish. Said again, it is a session that nobody knows. */
export function makeSignOut(deps: SessionDeps) {
  const read = makeReadAny(deps)
  return async (call: SessionCall): Promise<{ ok: true } | Refused> => {
    const held = await read(call)
    if (!held.ok) return held
    const { tenant, id, subject } = held.session
    const at = deps.now()
    const event = { tenant, at, subject, flow: null, facts: { because: 'signed-out' } }
    return deps.store.decideSubject({ tenant, subject }, () => ({
      answer: { ok: true },
      effects: {
        events: [{ ...event, name: 'session.ended' }],
        session: { change: 'ended', tenant, id, at },
      },
    }))
  }
}
