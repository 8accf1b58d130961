import { type Kysely, type Selectable, sql } from 'kysely'
import type { Flow, FlowState } from '../../../core/recovery/flow.ts'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import { makeGather } from '../../../kernel/gather.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { oneStatement } from '../one-statement.ts'
import { decodeFlow, encodeFlow } from './flow-codec.ts'
import { keyOf, readFlows } from './flow-rows.ts'
import type { FlowTable, RecoveryTables } from './tables.ts'
import type { Trx } from './transaction.ts'

export interface FlowName {
  tenant: string
  id: string
}

/** A flow that nobody else can change before the transaction ends. */
export interface Held {
  flow: Flow
  /** Under which ledger it was found; the flow itself may belong to another by now. */
  subject: string
  /** `lasting`: it must not come undone, whatever happens to the place where flows wait. */
  write(next: Flow, how: { lasting: boolean }): Promise<void>
}

/** Where flows are kept. What is written in a transaction is true when that commits, and not before. */
export interface Flows {
  /** Keeps a new flow outside the database; null when it has to be inserted. */
  keep(flow: Flow): Promise<{ undo(): Promise<void> } | null>
  insert(trx: Trx, flow: Flow): Promise<void>
  read(name: FlowName): Promise<Flow | null>
  subjectOf(trx: Trx, name: FlowName): Promise<string | null>
  /** The ledger that was locked before, or null for a decision that needs none. */
  lock(trx: Trx, name: FlowName, ledger: Ledger | null): Promise<Held | null>
  /**
   * Every flow of the ledger's subject that has not ended, but one. If more than `waitingMax` wait without a proof,
   * these have become decoys instead and are not among them: strangers start as many as they like.
   */
  lockOpen(trx: Trx, ledger: Ledger, except: string | null): Promise<readonly Held[]>
  /** Flows of an account that are not recorded as ended, newest first, at most `limit`; nothing is locked. */
  readOpen(of: { tenant: string; subject: string }, limit: number): Promise<readonly Flow[]>
}

/** Small enough that nobody waits long for those who share the flush; while one is made, the next is written. */
export const atOnce = { itemsMax: 64, goesMax: 2 }

type Row = Selectable<FlowTable>

/** Flows as rows of PostgreSQL. */
export function makeFlowRows(deps: { database: Kysely<RecoveryTables>; sealer: Sealer }): Flows {
  const { database, sealer } = deps
  const read = makeGather<FlowName, Row | null>({
    together: async (flows) => {
      const found = new Map((await oneStatement(readFlows(database, flows))).map((row) => [keyOf(row), row]))
      return flows.map((flow) => found.get(keyOf(flow)) ?? null)
    },
    ...atOnce,
  })
  const held = (trx: Trx, row: Row): Held => ({
    flow: decodeFlow(row, sealer),
    subject: row.subject,
    async write(next) {
      await updateRow(trx, next, sealer)
    },
  })
  return {
    keep: () => Promise.resolve(null),
    async insert(trx, flow) {
      await trx.insertInto('flow').values(encodeFlow(flow, sealer)).execute()
    },
    async read(name) {
      const row = await read(name)
      return row === null ? null : decodeFlow(row, sealer)
    },
    async subjectOf(trx, name) {
      const row = await trx.selectFrom('flow').select('subject').where(at(name)).executeTakeFirst()
      return row?.subject ?? null
    },
    async lock(trx, name) {
      const row = await trx.selectFrom('flow').selectAll().where(at(name)).forUpdate().executeTakeFirst()
      return row === undefined ? null : held(trx, row)
    },
    async lockOpen(trx, ledger, except) {
      if ((await countWaiting(trx, ledger)) > waitingMax) await endWaitingRows(trx, ledger, except)
      const rows = await openRows(trx, ledger).selectAll().orderBy('id').forUpdate().execute()
      return rows.filter(({ id }) => id !== except).map((row) => held(trx, row))
    },
    async readOpen(of, limit) {
      const newest = openRows(database, of).selectAll().orderBy('started_at', 'desc').limit(limit)
      return (await newest.execute()).map((row) => decodeFlow(row, sealer))
    },
  }
}

/** Those of flows that have not ended; the index of open flows names the same. */
export const openStates = [
  'awaiting-proof',
  'proven',
  'writing',
  'accepted',
] as const satisfies readonly FlowState[]

export const openRows = (
  database: Kysely<RecoveryTables>,
  { tenant, subject }: { tenant: string; subject: string },
) =>
  database
    .selectFrom('flow')
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .where('state', 'in', openStates)

/** So many waiting flows of one account are ended one by one, each with its event in the log; more at a stroke. */
export const waitingMax = 100

/** Nobody has proven anything in them. */
const onlyWaiting = sql<boolean>`state = 'awaiting-proof' and body->'proofs' = '[]'`

export async function countWaiting(trx: Trx, ledger: Ledger): Promise<number> {
  const rows = await openRows(trx, ledger)
    .where(onlyWaiting)
    .select('id')
    .limit(waitingMax + 1)
    .execute()
  return rows.length
}

/** Makes decoys of them as `transition` does for a flow that was superseded or disavowed, in one statement. */
export const endWaitingRows = (trx: Trx, { tenant, subject }: Ledger, except: string | null) =>
  sql`update flow set subject = body->>'decoySubject',
      body = (body - 'issuedText') || '{"whose": {"is": "nobody"}, "issued": null, "proofs": []}'
    where tenant = ${tenant} and subject = ${subject} and ${onlyWaiting}
      and id is distinct from ${except}`.execute(trx)

/** True when there was a row. */
export async function updateRow(trx: Trx, flow: Flow, sealer: Sealer): Promise<boolean> {
  const { tenant, id, ...columns } = encodeFlow(flow, sealer)
  const { numUpdatedRows } = await trx
    .updateTable('flow')
    .set(columns)
    .where(at({ tenant, id }))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const at = ({ tenant, id }: FlowName) => sql<boolean>`tenant = ${tenant} and id = ${id}`
