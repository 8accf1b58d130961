import { afterSessionsEnded, endOther, writeIsUnderWay } from '../recovery/index.ts'
import { type DeskRefused, refuse } from './answers.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'

export type SessionsEnded =
  | { ok: true; subject: string; tokenVersion: number; writeUnderWay: boolean }
  | DeskRefused

/**
 * Ends every session and open flow of an account. The directory is not asked: it has to work above all when something
 * is wrong. A write that is under way can't be called back, and the answer says that there is one: its flow gets no
 * other, and the sessions that it might have kept end with it.
 */
export const makeEndSessions =
  (deps: Pick<HelpdeskDeps, 'store' | 'accounts' | 'tenant' | 'now'>) =>
  async (call: DeskCall, subject: string): Promise<SessionsEnded> => {
    const { tenant } = call
    if ((await deps.accounts.accountOf(tenant, subject)) === null) {
      return refuse({ because: 'account-unknown' })
    }
    return deps.store.decideSubject({ tenant, subject }, ({ ledger }) => {
      const at = deps.now()
      const ended = afterSessionsEnded(ledger)
      const { tokenVersion } = ended
      const writeUnderWay = writeIsUnderWay(ledger, deps.tenant(tenant).rules)
      return {
        answer: { ok: true, subject, tokenVersion, writeUnderWay },
        ledger: ended,
        others: (open) => endOther(open, { type: 'ended-by-operator' }, at),
        effects: {
          events: [
            deskEvent('account.sessions-ended', call, { subject, at }, { tokenVersion, writeUnderWay }),
          ],
        },
      }
    })
  }
