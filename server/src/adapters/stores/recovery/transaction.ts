import type { Kysely, Transaction } from 'kysely'
import type { AuditEvent, Report } from '../../../core/audit/ports.ts'
import type { Job } from '../../../core/recovery/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { RecoveryTables } from './tables.ts'

/** What the recovery store shares with the log and the job queue: they write in its transactions. */
export interface StoreDeps {
  database: Kysely<RecoveryTables>
  outside: Outside
  sealer: Sealer
  appendEvents(trx: Transaction<unknown>, events: readonly AuditEvent[]): Promise<void>
  enqueue(trx: Transaction<unknown>, job: Job): Promise<void>
  /** Told after the commit, never before. */
  report: Report
}

export type Trx = Transaction<RecoveryTables>

/** One transaction: state, events and jobs together or not at all. */
export async function inTransaction<Result>(
  deps: StoreDeps,
  work: (trx: Trx) => Promise<{ result: Result; events: readonly AuditEvent[]; jobs?: readonly Job[] }>,
): Promise<Result> {
  const { result, events } = await deps.database.transaction().execute(async (trx) => {
    const done = await work(trx)
    if (done.events.length > 0) await deps.appendEvents(untyped(trx), done.events)
    for (const job of done.jobs ?? []) await deps.enqueue(untyped(trx), job)
    return done
  })
  if (events.length > 0) deps.report(events)
  return result
}

/** Log and queue have tables of their own in the same database. */
const untyped = (trx: Trx): Transaction<unknown> => trx as unknown as Transaction<unknown>
