import { type DeskRefused, refuse } from './answers.ts'
import { approach, askDirectory, tellOwner } from './ask-directory.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'

export type AccountUnlocked = { ok: true; subject: string; wasLocked: boolean } | DeskRefused

/**
 * Lifts the lock that a directory put on an account after failed sign-ins. The password stays, and so does what Rekey
 * itself counts: wrong codes are guesses, whoever made them.
 */
export const makeUnlockAccount =
  (deps: HelpdeskDeps) =>
  async (call: DeskCall, subject: string): Promise<AccountUnlocked> => {
    const approached = await approach(deps, call, subject)
    if (!approached.ok) return approached
    const { directory, account } = approached
    if (!directory.abilities.unlock) return refuse({ because: 'unlock-not-offered' })
    const answer = await askDirectory(deps, call, {
      approached,
      started: 'account.unlock-started',
      failed: 'account.unlock-failed',
      ask: (signal) => directory.unlock(account.key, signal),
    })
    if (!answer.ok) return answer
    const { wasLocked } = answer
    return deps.store.decideSubject({ tenant: call.tenant, subject }, () => {
      const at = deps.now()
      const facts = { directory: directory.name, outcome: wasLocked ? 'unlocked' : 'was-not-locked' }
      return {
        answer: { ok: true, subject, wasLocked },
        effects: {
          ...(wasLocked ? tellOwner(deps, call, { kind: 'account-unlocked', at, approached }) : {}),
          events: [deskEvent('account.unlocked', call, { subject, at }, facts)],
        },
      }
    })
  }
