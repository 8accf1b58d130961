import type { RecoveryDeps } from './deps.ts'
import { after } from './rules.ts'
import { unexplained } from './write-outcome.ts'

type SweepDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

const batch = 100
const keepEndedSeconds = 24 * 3_600

/**
 * Ends every write whose lease has run out as one of unknown outcome: its process died, or lost the database. Then
 * removes flows that ended a day ago. Any number of sweepers may run at once.
 */
export const makeSweep = (deps: SweepDeps) => async (): Promise<{ ended: number; forgotten: number }> => {
  let ended = 0
  for (const target of await deps.store.overrunWrites(deps.now(), batch)) {
    const done = await deps.store.decide(target, ({ flow, ledger }) => {
      const now = deps.now()
      const running = ledger.lease !== null && ledger.lease.flow === target.id && ledger.lease.until > now
      if (flow.state !== 'writing' || running) return { answer: false }
      return { ...unexplained(deps, flow, { ledger, now }), answer: true }
    })
    if (done === true) ended += 1
  }
  return { ended, forgotten: await deps.store.forget(after(deps.now(), -keepEndedSeconds)) }
}
