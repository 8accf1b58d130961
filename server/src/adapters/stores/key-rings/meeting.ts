import { type Kysely, sql } from 'kysely'
import { type KeyMeeting, type RingName, type RingRecord, ringNames } from '../../../core/keys/ports.ts'
import { readDatabaseClock } from '../clock.ts'

/** A node that has not shown itself for so long is switched off, or stands still and is told apart when it wakes. */
const nodeSilentSeconds = 30

/** Of nobody else: one node at a time decides ("ring" in hexadecimal). */
const meetingLock = 0x72696e67

/** Nodes meet in the database, and its clock is the one that counts. */
export function makeKeyMeeting(database: Kysely<unknown>): KeyMeeting {
  return {
    meet: (node, known, choose) =>
      database.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${meetingLock})`.execute(trx)
        for (const ring of ringNames) await showUp(trx, { node, ring, ids: known[ring] })
        await sql`delete from key_node where seen_at < clock_timestamp() - interval '1 hour'`.execute(trx)
        const now = await readDatabaseClock(trx)
        const active = await readActive(trx)
        const retired = await readRetired(trx)
        const nodes = await readNodes(trx)
        for (const ring of ringNames) {
          const others = nodes.filter((other) => other.ring === ring && other.node !== node)
          const before = active.get(ring) ?? null
          const use = choose(ring, { now, active: before, retired: idsOf(retired, ring), others })
          if (use !== null && use !== before) await activate(trx, { ring, use, now })
        }
      }),
    async leave(node) {
      await sql`delete from key_node where node = ${node}`.execute(database)
    },
    nodes: () => readNodes(database),
    async records() {
      const { rows } = await sql<RingRecord>`
        select ring, id, active_at as "activeAt", retired_at as "retiredAt", resealed_at as "resealedAt"
        from ring_key order by ring, active_at`.execute(database)
      return rows
    },
    async claimResealing() {
      const { rows } = await sql<{ id: string }>`
        update ring_key set resealing_until = clock_timestamp() + interval '1 minute'
        where ring = 'data' and retired_at is null and resealed_at is null
          and active_at < clock_timestamp() - make_interval(secs => ${nodeSilentSeconds})
          and (resealing_until is null or resealing_until < clock_timestamp())
        returning id`.execute(database)
      return rows[0]?.id ?? null
    },
    async keepResealing(id) {
      await sql`update ring_key set resealing_until = clock_timestamp() + interval '1 minute'
        where ring = 'data' and id = ${id}`.execute(database)
    },
    async resealed(id) {
      await sql`update ring_key set resealed_at = clock_timestamp(), resealing_until = null
        where ring = 'data' and id = ${id} and retired_at is null`.execute(database)
    },
  }
}

interface Shown {
  node: string
  ring: RingName
  ids: readonly string[]
}

async function showUp(trx: Kysely<unknown>, { node, ring, ids }: Shown): Promise<void> {
  await sql`
    insert into key_node (node, ring, ids, seen_at)
    values (${node}, ${ring}, ${[...ids]}::text[], clock_timestamp())
    on conflict (node, ring) do update set ids = excluded.ids, seen_at = excluded.seen_at`.execute(trx)
}

async function readActive(trx: Kysely<unknown>): Promise<ReadonlyMap<RingName, string>> {
  const { rows } = await sql<{ ring: RingName; id: string }>`
    select ring, id from ring_key where retired_at is null`.execute(trx)
  return new Map(rows.map(({ ring, id }) => [ring, id]))
}

interface RetiredKey {
  ring: RingName
  id: string
}

const idsOf = (keys: readonly RetiredKey[], ring: RingName): readonly string[] =>
  keys.filter((key) => key.ring === ring).map(({ id }) => id)

async function readRetired(trx: Kysely<unknown>): Promise<readonly RetiredKey[]> {
  const { rows } = await sql<RetiredKey>`
    select ring, id from ring_key where retired_at is not null`.execute(trx)
  return rows
}

async function readNodes(database: Kysely<unknown>): Promise<Shown[]> {
  const { rows } = await sql<Shown>`
    select node, ring, ids from key_node
    where seen_at > clock_timestamp() - make_interval(secs => ${nodeSilentSeconds})
    order by node, ring`.execute(database)
  return rows
}

async function activate(
  trx: Kysely<unknown>,
  { ring, use, now }: { ring: RingName; use: string; now: Date },
): Promise<void> {
  await sql`update ring_key set retired_at = ${now} where ring = ${ring} and retired_at is null`.execute(trx)
  await sql`
    insert into ring_key (ring, id, active_at) values (${ring}, ${use}, ${now})
    on conflict (ring, id) do update
    set active_at = excluded.active_at, retired_at = null, resealed_at = null, resealing_until = null`.execute(
    trx,
  )
}
