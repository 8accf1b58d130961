import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import { prepared } from '../prepared.ts'
import { decodeLedger } from './ledger-codec.ts'
import type { FlowTable, LedgerTable, RecoveryTables } from './tables.ts'
import type { Trx } from './transaction.ts'

/** Statements about many flows at once. Each text is the same for any number of them, so it is read once. */

export async function insertFlows(trx: Trx, rows: readonly Insertable<FlowTable>[]): Promise<void> {
  if (rows.length === 0) return
  await sql`${prepared}
    insert into flow (tenant, id, state, subject, secret_digest, body, sealed, started_at, touched_at)
    select * from ${asRows(rows)}`.execute(trx)
}

export async function updateFlows(trx: Trx, rows: readonly Insertable<FlowTable>[]): Promise<void> {
  if (rows.length === 0) return
  await sql`${prepared}
    update flow set state = changed.state, subject = changed.subject, secret_digest = changed.secret_digest,
      body = changed.body, sealed = changed.sealed, started_at = changed.started_at,
      touched_at = changed.touched_at
    from ${asRows(rows)}
    where flow.tenant = changed.tenant and flow.id = changed.id`.execute(trx)
}

const asRows = (rows: readonly Insertable<FlowTable>[]) => sql`unnest(
      ${rows.map(({ tenant }) => tenant)}::text[],
      ${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ state }) => state)}::text[],
      ${rows.map(({ subject }) => subject)}::text[],
      ${rows.map((row) => row.secret_digest)}::text[],
      ${rows.map(({ body }) => body)}::jsonb[],
      ${rows.map(({ sealed }) => sealed)}::text[],
      ${rows.map((row) => row.started_at.toISOString())}::timestamptz[],
      ${rows.map((row) => row.touched_at.toISOString())}::timestamptz[]
    ) as changed (tenant, id, state, subject, secret_digest, body, sealed, started_at, touched_at)`

/** What a flow or a ledger is known by within its tables. */
export interface At {
  tenant: string
  id: string
}

export const keyOf = ({ tenant, id }: At): string => `${tenant}/${id}`

/** The ledger's subject of each flow that there is. */
export async function readSubjects(trx: Trx, flows: readonly At[]): Promise<(At & { subject: string })[]> {
  const { rows } = await sql<At & { subject: string }>`${prepared}
    select flow.tenant, flow.id, flow.subject from flow
    join ${places(flows)} on flow.tenant = place.tenant and flow.id = place.id`.execute(trx)
  return rows
}

/** Those that there are, in no order. */
export async function readFlows(
  database: Kysely<RecoveryTables>,
  flows: readonly At[],
): Promise<Selectable<FlowTable>[]> {
  const { rows } = await sql<Selectable<FlowTable>>`${prepared}
    select ${columns} from flow
    join ${places(flows)} on flow.tenant = place.tenant and flow.id = place.id`.execute(database)
  return rows
}

/** Locks flows in the order of their ids, which is the order for all who lock several. */
export async function lockFlows(trx: Trx, flows: readonly At[]): Promise<Selectable<FlowTable>[]> {
  const { rows } = await sql<Selectable<FlowTable>>`${prepared}
    select ${columns} from flow
    join ${places(flows)} on flow.tenant = place.tenant and flow.id = place.id
    order by flow.tenant, flow.id for update of flow`.execute(trx)
  return rows
}

/** Locks ledgers in the order of their subjects; those that are not there yet are made. No subject twice. */
export async function lockLedgers(trx: Trx, subjects: readonly At[]): Promise<Ledger[]> {
  const { rows } = await sql<Selectable<LedgerTable>>`${prepared}
    insert into ledger (tenant, subject)
    select place.tenant, place.id from ${places(subjects)} order by place.tenant, place.id
    on conflict (tenant, subject) do update set subject = excluded.subject
    returning *`.execute(trx)
  return rows.map(decodeLedger)
}

const columns = sql`flow.tenant, flow.id, flow.state, flow.subject, flow.secret_digest, flow.body, flow.sealed,
      flow.started_at, flow.touched_at`

const places = (of: readonly At[]) => sql`unnest(
      ${of.map(({ tenant }) => tenant)}::text[],
      ${of.map(({ id }) => id)}::text[]
    ) as place (tenant, id)`
