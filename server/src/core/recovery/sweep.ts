import { eachRow, inPages } from '../../kernel/each-row.ts'
import type { RecoveryDeps } from './deps.ts'
import { after } from './rules.ts'
import { followingIn } from './targets.ts'
import { endOverdue, putBack } from './waiting-outcome.ts'
import { sweptOutcome } from './write-outcome.ts'

type SweepDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

interface FlowName {
  tenant: string
  id: string
}

const batch = 100
const keepEndedSeconds = 24 * 3_600

/**
 * Ends every write whose lease has run out as one of unknown outcome: its process died, or lost the database. One whose
 * password waits is put back, to be asked about. Those that have waited for as long as they may end as well. Any
 * number of sweepers may run at once. Throws `SomeFailed` when some can't be ended, after all others were.
 */
export const makeSweep = (deps: SweepDeps) => async (): Promise<{ ended: number }> => {
  let ended = 0
  const overrun = inPages<FlowName>(batch, (page) => deps.store.overrunWrites(deps.now(), page))
  await eachRow(
    overrun,
    ({ tenant, id }) => `flow ${tenant}/${id}`,
    async (name) => {
      if (await endOverrun(deps, name)) ended += 1
    },
  )
  const overdue = inPages<FlowName>(batch, (page) => deps.store.overdueWaits(deps.now(), page))
  await eachRow(
    overdue,
    ({ tenant, id }) => `flow ${tenant}/${id}`,
    async (name) => {
      if (await endOverdue(deps, name)) ended += 1
    },
  )
  return { ended }
}

/** Removes what ended a day ago and nobody needs any more; returns how many rows. */
export const makeForget = (deps: Pick<SweepDeps, 'store' | 'now'>) => (): Promise<number> =>
  deps.store.forget(after(deps.now(), -keepEndedSeconds))

async function endOverrun(deps: SweepDeps, target: FlowName): Promise<boolean> {
  const seen = await deps.store.read(target.tenant, target.id)
  const linked = seen?.state === 'writing' ? followingIn(seen).map(({ subject }) => subject) : []
  const ended = await deps.store.decide({ ...target, linked }, ({ flow, ledger, linked: ledgers }) => {
    const now = deps.now()
    const running = ledger.lease !== null && ledger.lease.flow === target.id && ledger.lease.until > now
    if (flow.state !== 'writing' || running) return { answer: false }
    const { acceptance, endsAs } = flow
    if (acceptance !== undefined && endsAs === undefined) {
      return { ...putBack({ ...flow, acceptance }, { ledger, now }), answer: false }
    }
    return { ...sweptOutcome(deps, flow, { ledger, linked: ledgers, now }), answer: true }
  })
  return ended === true
}
