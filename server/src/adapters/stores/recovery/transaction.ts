import type { ControlledTransaction, Kysely, Transaction } from 'kysely'
import type { AuditEvent, Report } from '../../../core/audit/ports.ts'
import type { Job } from '../../../core/recovery/ports.ts'
import { NothingDone } from '../../../kernel/gather.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { Flows } from './flows.ts'
import type { RecoveryTables } from './tables.ts'

/** What the recovery store shares with the log and the job queue: they write in its transactions. */
export interface StoreDeps {
  database: Kysely<RecoveryTables>
  outside: Outside
  sealer: Sealer
  appendEvents(trx: Transaction<unknown>, events: readonly AuditEvent[]): Promise<void>
  enqueue(trx: Transaction<unknown>, ...jobs: readonly PlacedJob[]): Promise<void>
  /** Place in the trace of whoever is calling (`Tracing.here`). */
  here?(): string | null
  /** Told after the commit, never before. */
  report: Report
  /** Where flows are kept; in the database alone unless told otherwise. */
  flows?: Flows
}

/** A job on its way into the queue. What is written together was ordered in several places. */
export type PlacedJob = Job & { place?: string | null }

export const placed = (jobs: readonly Job[] | undefined, place: string | null | undefined): PlacedJob[] =>
  (jobs ?? []).map((job) => (place === undefined ? job : { ...job, place }))

export type Trx = Transaction<RecoveryTables>

type Work<Result> = (
  trx: Trx,
) => Promise<{ result: Result; events: readonly AuditEvent[]; jobs?: readonly PlacedJob[] }>

/** One transaction: state, events and jobs together or not at all. */
export async function inTransaction<Result>(deps: StoreDeps, work: Work<Result>): Promise<Result> {
  try {
    return await inSharedTransaction(deps, work)
  } catch (error) {
    throw error instanceof NothingDone ? error.cause : error
  }
}

/**
 * The same for several who share it.
 *
 * @throws NothingDone when the work failed before the commit was sent, and the database confirmed that it is undone.
 *   Any other error means no connection, one that was lost, or a commit of which nobody knows whether it happened.
 */
export async function inSharedTransaction<Result>(deps: StoreDeps, work: Work<Result>): Promise<Result> {
  const trx = await deps.database.startTransaction().execute()
  const { result, events } = await workIn(trx, deps, work)
  try {
    await trx.commit().execute()
  } catch (error) {
    // Gives the connection back. Whether it works or not says nothing about the commit, whose error is the one to tell.
    await trx
      .rollback()
      .execute()
      .catch(() => undefined)
    throw error
  }
  if (events.length > 0) deps.report(events)
  return result
}

async function workIn<Result>(
  trx: ControlledTransaction<RecoveryTables>,
  deps: StoreDeps,
  work: Work<Result>,
): ReturnType<Work<Result>> {
  try {
    const done = await work(trx)
    if (done.events.length > 0) await deps.appendEvents(untyped(trx), done.events)
    if (done.jobs !== undefined && done.jobs.length > 0) await deps.enqueue(untyped(trx), ...done.jobs)
    return done
  } catch (error) {
    const isUndone = await trx
      .rollback()
      .execute()
      .then(
        () => true,
        () => false,
      )
    throw isUndone ? new NothingDone(error) : error
  }
}

/** Log and queue have tables of their own in the same database. */
const untyped = (trx: Trx): Transaction<unknown> => trx as unknown as Transaction<unknown>
