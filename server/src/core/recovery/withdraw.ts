import type { RecoveryDeps } from './deps.ts'
import { invitationEvent, stateOf } from './invitation.ts'

export type Withdrawn =
  | { ok: true }
  | { ok: false; because: 'invitation-unknown' }
  /** It has been spent, has run out, or was withdrawn before. */
  | { ok: false; because: 'invitation-over'; state: 'spent' | 'withdrawn' | 'expired' }

/** Makes an invitation worthless that nobody has used yet. The account stays closed until somebody invites again. */
export const makeWithdraw =
  (deps: Pick<RecoveryDeps, 'store' | 'now'>) =>
  async ({ tenant, id }: { tenant: string; id: string }): Promise<Withdrawn> => {
    const answer = await deps.store.decideInvitations<Withdrawn>(
      { tenant, by: { id } },
      ({ invitations }) => {
        const now = deps.now()
        const invitation = invitations.find((one) => one.id === id)
        if (invitation === undefined) return { answer: { ok: false, because: 'invitation-unknown' } }
        const state = stateOf(invitation, now)
        if (state !== 'open') return { answer: { ok: false, because: 'invitation-over', state } }
        return {
          answer: { ok: true },
          changed: [{ ...invitation, withdrawnAt: now }],
          effects: { events: [invitationEvent('invitation.withdrawn', { invitation, at: now })] },
        }
      },
    )
    return answer ?? { ok: false, because: 'invitation-unknown' }
  }
