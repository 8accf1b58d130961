import type { RecoveryDeps } from './deps.ts'
import { endActivation } from './end-other.ts'
import { invitationEvent, isActivated, stateOf } from './invitation.ts'
import { writeIsUnderWay } from './ledger.ts'

export type Withdrawn =
  /** `writeUnderWay`: whoever opened it was having a password written, which can't be called back. */
  | { ok: true; writeUnderWay: boolean }
  | { ok: false; because: 'invitation-unknown' }
  /** A password was set with it, it has run out, or it was withdrawn before. */
  | { ok: false; because: 'invitation-over'; state: 'spent' | 'withdrawn' | 'expired' }

/**
 * Makes an invitation worthless, also in the hands of somebody who has opened it and set no password yet. The account
 * stays closed until somebody invites again. A write that is under way may still succeed, and no other follows it.
 */
export const makeWithdraw =
  (deps: Pick<RecoveryDeps, 'store' | 'tenant' | 'now'>) =>
  async ({ tenant, id }: { tenant: string; id: string }): Promise<Withdrawn> => {
    const target = { tenant, by: { id } }
    const answer = await deps.store.decideInvitations<Withdrawn>(target, ({ invitations, ledger }) => {
      const now = deps.now()
      const invitation = invitations.find((one) => one.id === id)
      if (invitation === undefined) return { answer: { ok: false, because: 'invitation-unknown' } }
      const state = stateOf(invitation, now)
      const isLeftOpen = state === 'spent' && !isActivated(ledger)
      if (state !== 'open' && !isLeftOpen) {
        return { answer: { ok: false, because: 'invitation-over', state } }
      }
      return {
        answer: { ok: true, writeUnderWay: writeIsUnderWay(ledger, deps.tenant(tenant).rules) },
        changed: [{ ...invitation, withdrawnAt: now }],
        others: (flow) => endActivation(flow, now),
        effects: { events: [invitationEvent('invitation.withdrawn', { invitation, at: now })] },
      }
    })
    return answer ?? { ok: false, because: 'invitation-unknown' }
  }
