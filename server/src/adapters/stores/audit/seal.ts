import { type Kysely, sql } from 'kysely'
import {
  type AuditEvent,
  countedEvent,
  edgeRoot,
  encodeEntry,
  extendEdge,
  foldRepeats,
  type LogSigner,
  leafHash,
  type OpenRollUp,
  rollUpWindowMs,
  type SignedCheckpoint,
  signCheckpoint,
} from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { insertPending, type QueuedRow } from './append.ts'
import { lockSealing } from './locks.ts'
import { newestCheckpoint, readEdge, storeTiles } from './tree.ts'

export interface SealDeps {
  database: Kysely<unknown>
  outside: Outside
  signerOf(tenant: string, newest: SignedCheckpoint | null): LogSigner
}

export interface SealedBatch {
  sealed: number
  /** Repeats that were counted instead of recorded. */
  counted: number
  /** Null when nothing was sealed. */
  checkpoint: SignedCheckpoint | null
  /** There may be more waiting. */
  full: boolean
}

/** Bounds memory, and how long a crash can set sealing back. */
export const sealBatchMax = 5_000

/** Tenants with something to seal or with a minute of repeats that is over. */
export async function tenantsToSeal({ database, outside }: SealDeps): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`
    select tenant from audit_pending
    union
    select tenant from audit_roll_up where window_start <= ${dueWindow(outside)}
    order by tenant`.execute(database)
  return rows.map(({ tenant }) => tenant)
}

const dueWindow = (outside: Outside): Date => new Date(outside.now().getTime() - rollUpWindowMs)

/**
 * Gives leaf indexes to committed events, extends the tree and signs a checkpoint, all in one transaction of the one
 * sequencer. An event whose transaction commits later than that of a younger one is sealed later; there is no position
 * in the queue that could be passed, because what is sealed is taken out of it.
 *
 * A change of the signing key is recorded in front of all else; `handOver` does that also when nothing waits.
 */
export async function sealBatch(
  deps: SealDeps,
  tenant: string,
  { handOver = false }: { handOver?: boolean } = {},
): Promise<SealedBatch> {
  return deps.database.transaction().execute(async (trx) => {
    await lockSealing(trx, tenant)
    const waiting = await readWaiting(trx, tenant)
    const open = waiting.some(({ rollUp }) => rollUp !== null) ? await readOpen(trx, tenant) : []
    const { record, counted, changed } = foldRepeats(waiting, open)
    await storeCounts(trx, tenant, changed)
    await sql`
      delete from audit_pending
      where tenant = ${tenant} and seq = any(${counted.map(({ seq }) => seq)})`.execute(trx)
    const full = waiting.length === sealBatchMax
    // Only when the queue is empty: a minute that is over may still have repeats that wait to be counted.
    if (!full) record.push(...(await dueRollUps(trx, tenant, deps.outside)))
    const checkpoint =
      record.length === 0 && !handOver ? null : await sealRecords(trx, { ...deps, tenant, record })
    return { sealed: record.length, counted: counted.length, checkpoint, full }
  })
}

async function readWaiting(trx: Kysely<unknown>, tenant: string): Promise<QueuedRow[]> {
  const { rows } = await sql<QueuedRow>`
    select seq, at, roll_up as "rollUp", entry from audit_pending
    where tenant = ${tenant} order by seq limit ${sealBatchMax}`.execute(trx)
  return rows
}

async function sealRecords(
  trx: Kysely<unknown>,
  {
    tenant,
    record,
    signerOf,
    outside,
  }: Pick<SealDeps, 'signerOf' | 'outside'> & { tenant: string; record: QueuedRow[] },
): Promise<SignedCheckpoint | null> {
  const newest = await newestCheckpoint(trx, tenant)
  const before = await readEdge(trx, tenant, newest)
  const signer = signerOf(tenant, newest)
  const handover = signer.handover({ tenant, leaf: before.size, at: outside.now() })
  if (handover !== null) record.unshift(...(await insertOwn(trx, [handover], outside)))
  if (record.length === 0) return null
  const leaves = record.map(({ entry }) => leafHash(Buffer.from(entry, 'utf8')))
  const { edge, tiles } = extendEdge(before, leaves)
  await moveToLog(trx, { tenant, record, start: before.size })
  await storeTiles(trx, tenant, tiles)
  const checkpoint = signCheckpoint({ origin: signer.name, size: edge.size, root: edgeRoot(edge) }, signer)
  await sql`
    insert into audit_checkpoint (tenant, size, at, note)
    values (${tenant}, ${edge.size}, ${outside.now()}, ${checkpoint.note})`.execute(trx)
  return checkpoint
}

async function moveToLog(
  trx: Kysely<unknown>,
  { tenant, record, start }: { tenant: string; record: readonly QueuedRow[]; start: number },
): Promise<void> {
  const moved = await sql`
    with place as (
      select * from unnest(
        ${record.map(({ seq }) => seq)}::bigint[],
        ${record.map((_, index) => start + index)}::bigint[]
      ) as place (seq, leaf)
    ), taken as (
      delete from audit_pending pending using place
      where pending.tenant = ${tenant} and pending.seq = place.seq
      returning place.leaf, pending.id, pending.at, pending.name, pending.subject, pending.entry
    )
    insert into audit_event (tenant, leaf, id, at, name, subject, entry)
    select ${tenant}, leaf, id, at, name, subject, entry from taken order by leaf`.execute(trx)
  if (Number(moved.numAffectedRows ?? 0) !== record.length) {
    throw new Fault('audit-log-broken', { detail: 'events vanished while they were being sealed' })
  }
}

async function readOpen(trx: Kysely<unknown>, tenant: string): Promise<OpenRollUp[]> {
  const { rows } = await sql<{ key: string; window: Date; repeats: number | string; lastAt: Date }>`
    select key, window_start as window, repeats, last_at as "lastAt" from audit_roll_up
    where tenant = ${tenant}`.execute(trx)
  return rows.map((row) => ({ ...row, repeats: Number(row.repeats) }))
}

async function storeCounts(
  trx: Kysely<unknown>,
  tenant: string,
  changed: readonly OpenRollUp[],
): Promise<void> {
  if (changed.length === 0) return
  await sql`
    insert into audit_roll_up (tenant, window_start, key, repeats, last_at)
    select ${tenant}, * from unnest(
      ${changed.map(({ window }) => window.toISOString())}::timestamptz[],
      ${changed.map(({ key }) => key)}::text[],
      ${changed.map(({ repeats }) => repeats)}::bigint[],
      ${changed.map(({ lastAt }) => lastAt.toISOString())}::timestamptz[]
    )
    on conflict (tenant, window_start, key)
    do update set repeats = excluded.repeats, last_at = excluded.last_at`.execute(trx)
}

/** The counts of minutes that are over join the queue, to be sealed in this same transaction. */
async function dueRollUps(trx: Kysely<unknown>, tenant: string, outside: Outside): Promise<QueuedRow[]> {
  const { rows } = await sql<{ key: string; window: Date; repeats: number | string; lastAt: Date }>`
    delete from audit_roll_up where tenant = ${tenant} and window_start <= ${dueWindow(outside)}
    returning key, window_start as window, repeats, last_at as "lastAt"`.execute(trx)
  const due = rows
    .map((row) => ({ ...row, repeats: Number(row.repeats) }))
    .filter(({ repeats }) => repeats > 0)
  return insertOwn(
    trx,
    due.map((open) => countedEvent(tenant, open)),
    outside,
  )
}

/** Events of the sealer's own; they have no personal fields. */
function insertOwn(
  trx: Kysely<unknown>,
  events: readonly AuditEvent[],
  outside: Outside,
): Promise<QueuedRow[]> {
  const rows = events.map((event) => {
    const id = newId(outside)
    return { id, event, entry: encodeEntry(event, { id }), rollUp: null }
  })
  return insertPending(trx, rows)
}
