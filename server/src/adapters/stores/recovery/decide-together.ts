import type { Flow } from '../../../core/recovery/flow.ts'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import type { Decidable, DecideTarget, Decision } from '../../../core/recovery/ports.ts'
import { writeEffects } from './effects.ts'
import { decodeFlow, encodeFlow } from './flow-codec.ts'
import { type At, keyOf, lockFlows, lockLedgers, readSubjects, updateFlows } from './flow-rows.ts'
import { encodeLedger } from './ledger-codec.ts'
import { inSharedTransaction, placed, type StoreDeps, type Trx } from './transaction.ts'

/** A decision and whom it is about; its answer is the decider's own affair. */
export interface Undecided {
  target: DecideTarget
  /** Place in the trace that its jobs belong to. */
  place: string | null | undefined
  decider(seen: Decidable): Decision<unknown>
}

/** `again`: the flow's ledger changed between two looks, and the decision has to be made alone. */
export type Outcome = { answer: unknown } | 'again'

/**
 * Decisions about several flows in one transaction, made one after the other under all their locks: each sees what
 * those before it decided. Locks are taken in the order ledgers, flows, and within both in the order of their keys.
 *
 * @throws NothingDone as `inSharedTransaction`; its cause is a RangeError for a decision that changes other flows too; made alone it is in order.
 */
export const decideTogether = (deps: StoreDeps, undecided: readonly Undecided[]): Promise<Outcome[]> =>
  inSharedTransaction(deps, async (trx) => {
    const seen = await see(deps, trx, undecided)
    const decided = undecided.map((one) => decideOne(seen, one))
    const effects = decided.flatMap(({ decision }) => decision?.effects ?? [])
    await updateFlows(
      trx,
      [...seen.changed].map((flow) => encodeFlow(flow, deps.sealer)),
    )
    for (const ledger of seen.counted) await updateLedger(trx, ledger)
    for (const each of effects) await writeEffects(deps, trx, each)
    return {
      result: decided.map(({ outcome }) => outcome),
      events: effects.flatMap(({ events }) => events),
      jobs: decided.flatMap(({ decision }, at) => placed(decision?.effects?.jobs, undecided[at]?.place)),
    }
  })

interface Seen {
  flows: Map<string, Flow>
  ledgers: Map<string, Ledger>
  /** Whose ledger was locked for a flow. */
  subjects: Map<string, string>
  changed: Set<Flow>
  counted: Set<Ledger>
}

async function see(deps: StoreDeps, trx: Trx, undecided: readonly Undecided[]): Promise<Seen> {
  const targets = distinct(undecided.map(({ target }) => ({ tenant: target.tenant, id: target.id })))
  const subjects = new Map((await readSubjects(trx, targets)).map((row) => [keyOf(row), row.subject]))
  const counting = undecided.flatMap(({ target }): At[] => {
    const subject = target.subject ?? subjects.get(keyOf(target))
    return subject === undefined ? [] : [{ tenant: target.tenant, id: subject }]
  })
  const ledgers = await lockLedgers(trx, distinct(counting))
  const rows = await lockFlows(trx, targets)
  return {
    flows: new Map(rows.map((row) => [keyOf(row), decodeFlow(row, deps.sealer)])),
    ledgers: new Map(ledgers.map((ledger) => [keyOf({ ...ledger, id: ledger.subject }), ledger])),
    subjects,
    changed: new Set(),
    counted: new Set(),
  }
}

function decideOne(
  seen: Seen,
  { target, decider }: Undecided,
): { outcome: Outcome; decision: Decision<unknown> | null } {
  const flow = seen.flows.get(keyOf(target))
  const subject = target.subject ?? seen.subjects.get(keyOf(target))
  if (flow === undefined || subject === undefined) return { outcome: { answer: null }, decision: null }
  const ledgerKey = keyOf({ tenant: target.tenant, id: subject })
  const ledger = seen.ledgers.get(ledgerKey)
  const isElsewhere = target.subject === undefined && flow.subject !== subject
  if (ledger === undefined || isElsewhere) return { outcome: 'again', decision: null }
  const decision = decider({ flow, ledger, linked: [], enrolments: [] })
  if (decision.others !== undefined || decision.opened !== undefined) {
    throw new RangeError('a decision that changes other flows is made alone')
  }
  if (decision.flow !== undefined) {
    seen.changed.delete(flow)
    seen.changed.add(decision.flow)
    seen.flows.set(keyOf(target), decision.flow)
  }
  if (decision.ledger !== undefined) {
    seen.counted.delete(ledger)
    seen.counted.add(decision.ledger)
    seen.ledgers.set(ledgerKey, decision.ledger)
  }
  return { outcome: { answer: decision.answer }, decision }
}

export const updateLedger = (trx: Trx, ledger: Ledger) =>
  trx
    .updateTable('ledger')
    .set(encodeLedger(ledger))
    .where('tenant', '=', ledger.tenant)
    .where('subject', '=', ledger.subject)
    .execute()

const distinct = (of: readonly At[]): At[] => [...new Map(of.map((one) => [keyOf(one), one])).values()]
