import type { Enrolment } from '../proofs/index.ts'
import { type Refused, refuse } from '../recovery/index.ts'
import { type Shown, shownOf } from './add.ts'
import { type EnrolmentDeps, type OwnerCall, refuseUnlessFresh } from './deps.ts'

export interface ShowCall extends OwnerCall {
  id: string
}

export type Begun = { ok: true; enrolment: Enrolment; shown: Shown } | Refused

/**
 * What was begun and is not confirmed yet, once more: a page that is loaded again must not lose the seed. Only the sign-in that
 * began it is told, while it is fresh enough to begin another: nobody confirms a seed that a stranger may have seen.
 */
export const makeShow =
  (deps: EnrolmentDeps) =>
  async (call: ShowCall): Promise<Begun> => {
    const { tenant, subject, startedAt } = call.session
    const stale = refuseUnlessFresh(deps, call)
    if (stale !== null) return stale
    const all = await deps.store.readEnrolments(tenant, subject)
    const enrolment = all.find(({ id, confirmedAt }) => id === call.id && confirmedAt === null)
    const unknown = refuse({ because: 'enrolment-unknown' })
    if (enrolment === undefined || enrolment.createdAt < startedAt) return unknown
    const shown = shownOf(deps, call, { begun: enrolment, enrolments: all })
    return shown === null ? unknown : { ok: true, enrolment, shown }
  }
