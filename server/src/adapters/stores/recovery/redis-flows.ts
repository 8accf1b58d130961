import { type Kysely, type Selectable, sql } from 'kysely'
import type { Flow } from '../../../core/recovery/flow.ts'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import { transition } from '../../../core/recovery/transition.ts'
import { Fault, isFault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { Redis } from '../redis.ts'
import { decodeFlow, encodeFlow } from './flow-codec.ts'
import { type FlowRecord, isFresh, onlyWaits, openRecord, sealRecord } from './flow-record.ts'
import {
  countWaiting,
  endWaitingRows,
  type FlowName,
  type Flows,
  type Held,
  openRows,
  openStates,
  updateRow,
  waitingMax,
} from './flows.ts'
import type { FlowTable, RecoveryTables } from './tables.ts'
import type { Trx } from './transaction.ts'

export interface RedisFlowsDeps {
  database: Kysely<RecoveryTables>
  redis: Redis
  outside: Pick<Outside, 'now'>
  sealer: Sealer
  /** How long a record is kept after its flow was started; longer than any flow lasts. */
  keepSeconds: number
  /** Told once that Redis holds something that can't be opened. */
  warn(message: string, facts: Readonly<Record<string, string>>): void
}

/** A flow as it was found: its row, its record, and what the two together say. */
interface Seen {
  name: FlowName
  row: Selectable<FlowTable> | null
  /** The record as Redis had it, to be compared with when it is replaced. */
  sealed: string | null
  /** Null: there is no such flow, or no longer. */
  flow: Flow | null
  subject: string
  /** There is something in the place of its record that can't be opened; it is taken for nothing. */
  isGarbage: boolean
}

/**
 * Flows that wait for their first proof in Redis, all others in PostgreSQL (decision record 0003).
 *
 * A row always speaks for its flow: what must not come undone (a wrong code, a spent link, a flow that another one
 * ended) makes one, and an old copy of Redis can't talk over it. A row of a flow that began in Redis and still waits
 * is there only together with its record: if Redis loses everything, flows of accounts and of nobody go together.
 * Both places are asked whoever the flow belongs to, and what waits is written to both.
 */
export function makeRedisFlows(given: RedisFlowsDeps): Flows {
  let isTold = false
  const deps: RedisFlowsDeps = {
    ...given,
    warn(...words) {
      if (!isTold) given.warn(...words)
      isTold = true
    },
  }
  const { database, redis, sealer } = deps
  const holding =
    (trx: Trx, transaction: string) =>
    ({ name, row, sealed, flow, subject }: Seen): Held | null => {
      if (flow === null) return null
      const write: Held['write'] = async (next, { lasting }) => {
        const hadRow = await updateRow(trx, next, sealer)
        const needsRow = !hadRow && (lasting || sealed === null || !isFresh(next))
        if (needsRow) {
          const began = sealed !== null
          await trx
            .insertInto('flow')
            .values({ ...encodeFlow(next, sealer), began_in_redis: began })
            .execute()
        }
        if (sealed === null || !onlyWaits(next)) return
        const record = { before: row === null ? flow : null, after: next, transaction }
        try {
          if (await replace(deps, name, sealed, record)) return
        } catch (error) {
          // The row speaks, whatever becomes of the record: a reset that was written must not fail here.
          if (isFault(error, 'redis-unavailable') && (hadRow || needsRow)) return
          throw error
        }
        throw new Fault('redis-unavailable', { detail: 'the record of a flow is another than a moment ago' })
      }
      return { flow, subject, write }
    }
  const lockThese = async (trx: Trx, ledger: Ledger, except: string | null, waiting: readonly string[]) => {
    const rows = await openRows(trx, ledger).select('id').execute()
    const ids = [...new Set([...rows.map(({ id }) => id), ...waiting])].filter((id) => id !== except)
    if (ids.length === 0) return []
    const { transaction } = await lockAll(trx, ledger.tenant, ids, ledger)
    const seen = await look(deps, trx, ledger.tenant, ids)
    // Another node may have the key that this one lacks.
    if (seen.some(({ isGarbage }) => isGarbage)) await sayWaitingIsOver(deps, trx, ledger)
    return seen.filter(isOpenOf(ledger.subject)).flatMap((one) => holding(trx, transaction)(one) ?? [])
  }
  /**
   * Without looking into Redis, which is away or has too much: the ledger speaks for records, and for a row that somebody is
   * deciding about without the ledger. So a reset or a disavowal need not wait for Redis to come back.
   */
  const lockProven = async (trx: Trx, ledger: Ledger, except: string | null) => {
    await sayWaitingIsOver(deps, trx, ledger)
    await endWaitingRows(trx, ledger, except)
    return lockThese(trx, ledger, except, [])
  }
  return {
    async keep(flow) {
      if (!isFresh(flow)) return null
      try {
        const record = { before: null, after: flow, transaction: null }
        if (!(await replace(deps, flow, '', record))) throw new RangeError('two flows have one id')
      } catch (error) {
        // Without Redis a flow is a row like any other, whoever it is for.
        if (isFault(error, 'redis-unavailable')) return null
        throw error
      }
      return {
        async undo() {
          await redis.remove(recordKey(flow)).catch((error: unknown) => {
            // Nobody knows the flow's secret, and it goes with its time.
            if (!isFault(error, 'redis-unavailable')) throw error
          })
        },
      }
    },
    async insert(trx, flow) {
      await trx.insertInto('flow').values(encodeFlow(flow, sealer)).execute()
    },
    async read(name) {
      const [seen] = await look(deps, database, name.tenant, [name.id])
      return seen?.flow ?? null
    },
    async subjectOf(trx, name) {
      const [seen] = await look(deps, trx, name.tenant, [name.id])
      return seen?.flow?.subject ?? null
    },
    async lock(trx, name, ledger) {
      const { transaction, waitingOverAt } = await lockAll(trx, name.tenant, [name.id], ledger)
      const [seen] = await look(deps, trx, name.tenant, [name.id])
      if (seen === undefined) return null
      return holding(trx, transaction)(waitingOverAt === null ? seen : endedBefore(seen, waitingOverAt))
    },
    async lockOpen(trx, ledger, except) {
      try {
        const waiting = await redis.members(indexKey(ledger.tenant, ledger.subject))
        const isFlood = waiting.length + (await countWaiting(trx, ledger)) > waitingMax
        return isFlood ? await lockProven(trx, ledger, except) : await lockThese(trx, ledger, except, waiting)
      } catch (error) {
        if (!isFault(error, 'redis-unavailable')) throw error
        return lockProven(trx, ledger, except)
      }
    },
    async readOpen({ tenant, subject }, limit) {
      const rows = await openRows(database, { tenant, subject }).select('id').execute()
      const waiting = await redis.members(indexKey(tenant, subject))
      // Ids begin with their time.
      const ids = [...new Set([...rows.map(({ id }) => id), ...waiting])].toSorted().toReversed()
      const seen = await look(deps, database, tenant, ids.slice(0, limit))
      return seen.filter(isOpenOf(subject)).flatMap(({ flow }) => flow ?? [])
    },
  }
}

/** Of the account that was asked for: a record stays on the list of whom its flow belonged to before. */
const isOpenOf =
  (subject: string) =>
  ({ flow }: Seen): boolean =>
    flow?.subject === subject && openStates.some((state) => state === flow.state)

/** Looks into both places, whatever is in the first. */
async function look(
  { redis, sealer, warn }: RedisFlowsDeps,
  database: Kysely<RecoveryTables>,
  tenant: string,
  ids: readonly string[],
): Promise<Seen[]> {
  const names = ids.map((id) => ({ tenant, id }))
  const texts = await redis.texts(names.map(recordKey)).catch((error: unknown) => {
    if (isFault(error, 'redis-unavailable')) return error
    throw error
  })
  const away = texts instanceof Fault ? texts : null
  const sealed = texts instanceof Fault ? ids.map(() => null) : texts
  const records = names.map((name, at) => {
    const text = sealed[at] ?? null
    return text === null ? null : opened(name, text, { sealer, warn })
  })
  const transactions = records.map((record) => record?.transaction ?? null)
  const rows = await rowsAndCommits(database, tenant, { ids, transactions })
  return names.map((name, at) => {
    const { committed, ...row } = rows[at] ?? { committed: false, id: null }
    const found = row.id === null ? null : row
    const record = records[at] ?? null
    const text = record === null ? null : (sealed[at] ?? null)
    const isGarbage = record === null && typeof sealed[at] === 'string'
    const flow = flowOf(found, record, { committed, sealer, away })
    return { name, row: found, sealed: text, flow, subject: flow?.subject ?? '', isGarbage }
  })
}

/** Null for a record that was changed, belongs elsewhere or lost its key: its holder starts again. */
function opened(
  name: FlowName,
  text: string,
  { sealer, warn }: Pick<RedisFlowsDeps, 'sealer' | 'warn'>,
): FlowRecord | null {
  try {
    return openRecord(name, text, sealer)
  } catch {
    warn('a flow in redis can’t be opened and is taken for gone', { tenant: name.tenant })
    return null
  }
}

/** What row and record say together. Throws when that can't be said without Redis. */
function flowOf(
  row: Selectable<FlowTable> | null,
  record: FlowRecord | null,
  { committed, sealer, away }: { committed: boolean; sealer: Sealer; away: Fault | null },
): Flow | null {
  if (row !== null) {
    const flow = decodeFlow(row, sealer)
    const needsRecord = row.began_in_redis && onlyWaits(flow)
    if (!needsRecord || record !== null) return flow
  }
  if (away !== null) throw away
  if (row !== null || record === null) return null
  return record.transaction === null || committed ? record.after : record.before
}

/**
 * The rows, and which of the transactions have committed. One that is not known here (this database is a copy that
 * fell behind) or too old to be known has not: what it would make true waits for a proof, and can be asked for again.
 */
async function rowsAndCommits(
  database: Kysely<RecoveryTables>,
  tenant: string,
  { ids, transactions }: { ids: readonly string[]; transactions: readonly (string | null)[] },
): Promise<({ committed: boolean } & (Selectable<FlowTable> | { id: null }))[]> {
  const { rows } = await sql<{ committed: boolean } & (Selectable<FlowTable> | { id: null })>`
    select coalesce(case when asked.transaction < pg_snapshot_xmax(pg_current_snapshot())
        then pg_xact_status(asked.transaction) end = 'committed', false) as committed, found.*
    from unnest(${ids}::text[], ${transactions}::text[]::xid8[]) with ordinality as asked (id, transaction, place)
    left join lateral (select * from flow where tenant = ${tenant} and flow.id = asked.id) as found on true
    order by asked.place`.execute(database)
  return rows
}

/** Waits until nobody else decides about these flows; together with what else has to be known by then. */
async function lockAll(
  trx: Trx,
  tenant: string,
  ids: readonly string[],
  ledger: Ledger | null,
): Promise<{ transaction: string; waitingOverAt: Date | null }> {
  const words = ids.toSorted().map((id) => `${tenant}/flow/${id}`)
  const { rows } = await sql<{ transaction: string; waitingOverAt: Date | null }>`
    select pg_advisory_xact_lock(hashtextextended(word, 0)), pg_current_xact_id()::text as transaction,
      (select waiting_over_at from ledger where tenant = ${tenant} and subject = ${ledger?.subject ?? null})
        as "waitingOverAt"
    from unnest(${words}::text[]) as word`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new RangeError('nothing was locked')
  return row
}

/** Flows of the account that were started by now and wait without a proof go on as decoys, wherever they are. */
const sayWaitingIsOver = ({ outside }: RedisFlowsDeps, trx: Trx, { tenant, subject }: Ledger) =>
  sql`update ledger set waiting_over_at = ${outside.now()}
    where tenant = ${tenant} and subject = ${subject}`.execute(trx)

/** The flow as it would be if it had been ended by itself when another flow of its account ended all. */
function endedBefore(seen: Seen, moment: Date): Seen {
  const { flow } = seen
  if (flow === null || !onlyWaits(flow) || flow.whose.is !== 'account' || flow.startedAt > moment) return seen
  return { ...seen, flow: transition(flow, { type: 'superseded' }) }
}

/** Does nothing if the record is another one: then the transaction has lost its lock and must not go on. */
const replaceScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[7], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`

/**
 * Puts a record in the place of another (the empty text: of none), and the flow on the list of its subject. False if
 * there is another one than was expected.
 */
async function replace(
  { redis, sealer, outside, keepSeconds }: RedisFlowsDeps,
  name: FlowName,
  expected: string,
  record: FlowRecord,
): Promise<boolean> {
  const now = outside.now().getTime()
  const keepMs = keepSeconds * 1_000
  const leftMs = record.after.startedAt.getTime() + keepMs - now
  const lastsMs = Math.min(keepMs, Math.max(leftMs, lastsMsMin))
  const { tenant, subject } = record.after
  const replaced = await redis.run(
    replaceScript,
    [recordKey(name), indexKey(tenant, subject)],
    [
      expected,
      sealRecord(record, sealer),
      String(lastsMs),
      name.id,
      String(keepMs),
      String(now),
      String(now + lastsMs),
    ],
  )
  return replaced === 1
}

/** Clocks of nodes differ; a record that is written must be there to be read. */
const lastsMsMin = 60_000

/** Braces: in a cluster everything of one tenant lies on one server, so that one script may touch it. */
const recordKey = ({ tenant, id }: FlowName): string => `rekey:{${tenant}}:flow:${id}`
const indexKey = (tenant: string, subject: string): string => `rekey:{${tenant}}:of:${subject}`
