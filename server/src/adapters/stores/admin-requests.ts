import { type Kysely, sql } from 'kysely'
import type { Claim, RequestAnswer, RequestName, RequestRecords } from '../../core/helpdesk/ports.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Sealer } from '../../kernel/seal.ts'
import type { SealedColumn } from './resealing.ts'

export const adminRequestMigration = {
  name: 'admin-request',
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`
      create table admin_request (
        tenant text not null,
        caller text not null,
        route text not null,
        key text not null,
        fingerprint text not null,
        began_at timestamptz not null,
        sealed text,
        primary key (tenant, caller, route, key)
      )`.execute(database)
    await sql`create index admin_request_began on admin_request (began_at)`.execute(database)
  },
}

const keptMs = 86_400_000
/** Longer than any request is worked on. */
const lostAfterMs = 60_000

const about = ({ tenant, caller, route, key }: RequestName): string =>
  `admin-request/${JSON.stringify([tenant, caller, route, key])}`

/** Answers name people, so they lie under the data key. */
export const adminRequestColumn = (sealer: Sealer): SealedColumn => ({
  table: 'admin_request',
  column: 'sealed',
  key: ['tenant', 'caller', 'route', 'key'],
  about: ([tenant = '', caller = '', route = '', key = '']) => about({ tenant, caller, route, key }),
  sealer,
})

/** Writes of the admin API in PostgreSQL: one row each, and the row decides who does the work. */
export function makeRequestRecords(deps: {
  database: Kysely<unknown>
  sealer: Sealer
  outside: Pick<Outside, 'now'>
}): RequestRecords {
  const { database, sealer, outside } = deps
  return {
    async claim(name, fingerprint) {
      const beganAt = outside.now()
      for (;;) {
        if (await take(database, { name, fingerprint, beganAt })) return mine(deps, name, beganAt)
        const row = await find(database, name)
        // Released or forgotten between the two looks.
        if (row === null) continue
        if (row.fingerprint !== fingerprint) return { is: 'other' }
        if (row.sealed === null) return { is: 'in-flight' }
        return { is: 'answered', answer: JSON.parse(sealer.open(about(name), row.sealed)) as RequestAnswer }
      }
    },
    async forget() {
      const before = new Date(outside.now().getTime() - keptMs)
      const { numAffectedRows } = await sql`delete from admin_request where began_at < ${before}`.execute(
        database,
      )
      return Number(numAffectedRows ?? 0n)
    },
  }
}

/** True for the one who is to do the work. */
async function take(
  database: Kysely<unknown>,
  { name, fingerprint, beganAt }: { name: RequestName; fingerprint: string; beganAt: Date },
): Promise<boolean> {
  const { tenant, caller, route, key } = name
  const over = new Date(beganAt.getTime() - keptMs)
  const lost = new Date(beganAt.getTime() - lostAfterMs)
  const { rows } = await sql`
    insert into admin_request as known (tenant, caller, route, key, fingerprint, began_at)
    values (${tenant}, ${caller}, ${route}, ${key}, ${fingerprint}, ${beganAt})
    on conflict (tenant, caller, route, key) do update
      set fingerprint = excluded.fingerprint, began_at = excluded.began_at, sealed = null
      where known.began_at < ${over}
        or (known.sealed is null and known.began_at < ${lost} and known.fingerprint = excluded.fingerprint)
    returning 1 as taken`.execute(database)
  return rows.length > 0
}

async function find(
  database: Kysely<unknown>,
  { tenant, caller, route, key }: RequestName,
): Promise<{ fingerprint: string; sealed: string | null } | null> {
  const { rows } = await sql<{ fingerprint: string; sealed: string | null }>`
    select fingerprint, sealed from admin_request
    where tenant = ${tenant} and caller = ${caller} and route = ${route} and key = ${key}`.execute(database)
  return rows[0] ?? null
}

/** Whoever was taken for lost and comes back settles and releases nothing: the row is another's by then. */
function mine(
  { database, sealer }: { database: Kysely<unknown>; sealer: Sealer },
  name: RequestName,
  beganAt: Date,
): Claim {
  const { tenant, caller, route, key } = name
  const ours = sql`tenant = ${tenant} and caller = ${caller} and route = ${route} and key = ${key}
    and began_at = ${beganAt} and sealed is null`
  return {
    is: 'new',
    async settle(answer) {
      const sealed = sealer.seal(about(name), JSON.stringify(answer))
      await sql`update admin_request set sealed = ${sealed} where ${ours}`.execute(database)
    },
    async release() {
      await sql`delete from admin_request where ${ours}`.execute(database)
    },
  }
}
