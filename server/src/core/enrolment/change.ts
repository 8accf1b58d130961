import type { Enrolment, EnrolmentChange } from '../proofs/index.ts'
import { type Refused, refuse } from '../recovery/index.ts'
import {
  changed,
  type EnrolmentDeps,
  eventOf,
  type OwnerCall,
  readOwner,
  refuseUnlessFresh,
  tellOwner,
} from './deps.ts'

/** What its owner has set up, oldest first; what was begun and not finished is not among it. */
export const makeList =
  (deps: EnrolmentDeps) =>
  async ({ session }: Pick<OwnerCall, 'session'>): Promise<readonly Enrolment[]> => {
    const all = await deps.store.readEnrolments(session.tenant, session.subject)
    return all.filter(({ confirmedAt }) => confirmedAt !== null)
  }

export interface RenameCall extends OwnerCall {
  id: string
  name: string
}

/** A name is for its owner alone and changes nothing. */
export const makeRename =
  (deps: EnrolmentDeps) =>
  ({ session, id, name }: RenameCall): Promise<{ ok: true; enrolment: Enrolment } | Refused> => {
    const { tenant, subject } = session
    return deps.store.decideSubject<{ ok: true; enrolment: Enrolment } | Refused>(
      { tenant, subject, enrolments: true },
      ({ enrolments }) => {
        const found = enrolments.find((one) => one.id === id)
        if (found === undefined) return { answer: refuse({ because: 'enrolment-unknown' }) }
        const enrolment = { ...found, name }
        return {
          answer: { ok: true, enrolment },
          effects: { events: [], enrolments: [{ change: 'kept', enrolment }] },
        }
      },
    )
  }

export interface RemoveCall extends OwnerCall {
  id: string
  locale: string
}

/** Takes one away. Every recovery address is told. */
export const makeRemove =
  (deps: EnrolmentDeps) =>
  async (call: RemoveCall): Promise<{ ok: true } | Refused> => {
    const { tenant, subject, tokenVersion } = call.session
    const stale = refuseUnlessFresh(deps, call)
    if (stale !== null) return stale
    const owner = await readOwner(deps, call)
    if (!owner.ok) return owner
    const { entry } = owner
    return deps.store.decideSubject<{ ok: true } | Refused>({ tenant, subject, enrolments: true }, (seen) => {
      if (seen.ledger.tokenVersion !== tokenVersion) return { answer: refuse({ because: 'session-unknown' }) }
      const found = seen.enrolments.find(({ id }) => id === call.id)
      if (found === undefined) return { answer: refuse({ because: 'enrolment-unknown' }) }
      const at = deps.now()
      const { method } = found
      const changes: EnrolmentChange[] = [{ change: 'removed', tenant, subject, id: found.id }]
      const { ledger, enrolments } = changed(seen, changes)
      const notice = tellOwner(deps, call, { kind: 'method-removed', method, entry, at, locale: call.locale })
      const event = eventOf(call, 'method.removed', { at, method, because: 'owner' })
      return { answer: { ok: true }, ledger, effects: { ...notice, enrolments, events: [event] } }
    })
  }
