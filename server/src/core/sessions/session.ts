import { type RecoveryDeps, type Refused, refuse, sessionIsOpen } from '../recovery/index.ts'
import type { PortalSession } from './ports.ts'

type SessionDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>

/** Somebody who says to hold a session. */
export interface SessionCall {
  tenant: string
  id: string
  secret: string
}

/** The holder's session while it is open. Looking changes nothing and makes it live no longer. */
export const makeReadSession =
  (deps: SessionDeps) =>
  async ({ tenant, id, secret }: SessionCall): Promise<{ ok: true; session: PortalSession } | Refused> => {
    const session = await deps.store.readSession(tenant, id)
    if (session === null || !deps.tokens.isSecret(session.secretDigest, secret)) {
      return refuse({ because: 'session-unknown' })
    }
    const ledger = await deps.store.readLedger(tenant, session.subject)
    return sessionIsOpen(session, ledger, deps.tenant(tenant).rules, deps.now())
      ? { ok: true, session }
      : refuse({ because: 'session-unknown' })
  }

/** Ends a session by its holder's wish. Said again, it is a session that nobody knows. */
export function makeSignOut(deps: SessionDeps) {
  const read = makeReadSession(deps)
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
