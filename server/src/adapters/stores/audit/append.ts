import { type Kysely, sql } from 'kysely'
import { type AuditEvent, encodeEntry, rollUpKey } from '../../../core/audit/index.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { prepared } from '../prepared.ts'
import type { PersonKeys } from './person-keys.ts'

/**
 * Writes events in the caller's transaction, in the order given: one insert for all of them, and one statement before
 * it when any has personal fields. Only inserts, so that it waits for nobody and deadlocks with nobody.
 */
export async function appendEvents(
  trx: Kysely<unknown>,
  events: readonly AuditEvent[],
  deps: { personKeys: PersonKeys; outside: Outside },
): Promise<void> {
  const named = events.map((event) => ({ id: newId(deps.outside), event }))
  const fields = await deps.personKeys.sealFields(trx, named)
  const rows = named.map(({ id, event }) => {
    const personal = fields.get(id)
    const parts = personal === undefined ? { id } : { id, personal }
    return { id, event, entry: encodeEntry(event, parts), rollUp: rollUpKey(event) }
  })
  if (rows.length > 0) await insertRows(rows).execute(trx)
}

export interface PendingRow {
  id: string
  event: AuditEvent
  entry: string
  /** Null for events that are recorded whatever happens. */
  rollUp: string | null
}

/** The rows as the queue has them, in the order given. */
export interface QueuedRow {
  seq: number
  at: Date
  rollUp: string | null
  entry: string
}

export async function insertPending(trx: Kysely<unknown>, rows: readonly PendingRow[]): Promise<QueuedRow[]> {
  if (rows.length === 0) return []
  const queued =
    await sql<QueuedRow>`${insertRows(rows)} returning seq, at, roll_up as "rollUp", entry`.execute(trx)
  return queued.rows
}

const insertRows = (rows: readonly PendingRow[]) => sql`${prepared}
    insert into audit_pending (tenant, id, at, name, subject, roll_up, entry)
    select tenant, id, at, name, subject, roll_up, entry from unnest(
      ${rows.map(({ event }) => event.tenant)}::text[],
      ${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ event }) => event.at.toISOString())}::timestamptz[],
      ${rows.map(({ event }) => event.name)}::text[],
      ${rows.map(({ event }) => event.subject)}::text[],
      ${rows.map(({ rollUp }) => rollUp)}::text[],
      ${rows.map(({ entry }) => entry)}::text[]
    ) with ordinality as pending (tenant, id, at, name, subject, roll_up, entry, place)
    order by place`
