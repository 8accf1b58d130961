import type { RecoveryDeps } from './deps.ts'
import { after } from './rules.ts'
import { unexplained } from './write-outcome.ts'

type SweepDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

const batch = 100
const keepEndedSeconds = 24 * 3_600

/**
 * Ends every write whose lease has run out as one of unknown outcome: its process died, or lost the database. Any
 * number of sweepers may run at once. One that can't be ended keeps none of the others; the first error is thrown
 * when all have been tried.
 */
export const makeSweep = (deps: SweepDeps) => async (): Promise<{ ended: number }> => {
  let ended = 0
  const errors: unknown[] = []
  for (const target of await deps.store.overrunWrites(deps.now(), batch)) {
    try {
      if (await endOverrun(deps, target)) ended += 1
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
  return { ended }
}

/** Removes what ended a day ago and nobody needs any more; returns how many rows. */
export const makeForget = (deps: Pick<SweepDeps, 'store' | 'now'>) => (): Promise<number> =>
  deps.store.forget(after(deps.now(), -keepEndedSeconds))

async function endOverrun(deps: SweepDeps, target: { tenant: string; id: string }): Promise<boolean> {
  const ended = await deps.store.decide(target, ({ flow, ledger }) => {
    const now = deps.now()
    const running = ledger.lease !== null && ledger.lease.flow === target.id && ledger.lease.until > now
    if (flow.state !== 'writing' || running) return { answer: false }
    return { ...unexplained(deps, flow, { ledger, now }), answer: true }
  })
  return ended === true
}
