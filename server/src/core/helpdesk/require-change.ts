import { whyNoChangeHere, writeIsUnderWay } from '../recovery/index.ts'
import type { DeskRefused } from './answers.ts'
import { approach, askDirectory, tellOwner } from './ask-directory.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'

export type ChangeOrdered = { ok: true; subject: string; writeUnderWay: boolean } | DeskRefused

/**
 * Orders that the password of an account is changed at the next sign-in, and tells its owner. The order stands in Rekey's
 * ledger, which the portal goes by, and in the directory where that has such a mark, for everything else that signs people in.
 * A write that is under way leaves the order in the ledger and may take the directory's mark off; the answer says that there is one.
 */
export const makeRequireChange =
  (deps: HelpdeskDeps) =>
  async (call: DeskCall, subject: string): Promise<ChangeOrdered> => {
    const approached = await approach(deps, call, subject)
    if (!approached.ok) return approached
    const { directory, account } = approached
    const answer = await askDirectory(deps, call, {
      approached,
      whyNot: (entry) =>
        whyNoChangeHere(deps.tenant(call.tenant), { ...entry, directory: account.directory }),
      started: 'account.change-ordered',
      failed: 'account.change-failed',
      ask: (signal) =>
        directory.abilities.mustChange
          ? directory.requireChange(account.key, signal)
          : Promise.resolve({ ok: true }),
    })
    if (!answer.ok) return answer
    return deps.store.decideSubject({ tenant: call.tenant, subject }, ({ ledger }) => {
      const at = deps.now()
      const writeUnderWay = writeIsUnderWay(ledger, deps.tenant(call.tenant).rules)
      const facts = { directory: directory.name, writeUnderWay }
      return {
        answer: { ok: true, subject, writeUnderWay },
        ledger: { ...ledger, mustChange: { because: 'ordered', at } },
        effects: {
          ...tellOwner(deps, call, { kind: 'change-required', at, approached }),
          events: [deskEvent('account.change-required', call, { subject, at }, facts)],
        },
      }
    })
  }
