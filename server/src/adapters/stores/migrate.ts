import { type Kysely, sql } from 'kysely'

/**
 * One step of the schema. A name is never changed and a released step never edited: databases remember steps by
 * name. Old code must run on the new schema, because nodes are replaced one after the other.
 */
export interface Migration {
  name: string
  up: (database: Kysely<unknown>) => Promise<void>
}

/** Of nobody else: any constant does, as long as it is the same in every Rekey ("rekey" in hexadecimal). */
const migrationLock = 0x72656b6579

/**
 * Brings a database up to date: runs the steps that it does not know, in the order of the list, each in a
 * transaction together with the note that it ran. Safe to call from many nodes at once and at every start.
 *
 * @returns the names of the steps that ran now.
 */
export async function migrate(
  database: Kysely<unknown>,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  refuseDuplicates(migrations)
  const known = await knownNames(database)
  const ran: string[] = []
  for (const migration of migrations) {
    if (!known.has(migration.name) && (await runOnce(database, migration))) ran.push(migration.name)
  }
  return ran
}

/** The lock goes with the transaction, so one that is cut off leaves nothing behind. */
async function runOnce(database: Kysely<unknown>, { name, up }: Migration): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    // Waiting for another node's step and changing a large table may both take longer than a request may.
    await sql`set local statement_timeout = 0`.execute(transaction)
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction)
    await sql`
      create table if not exists migrations (
        name text primary key,
        applied_at timestamptz not null default now()
      )`.execute(transaction)
    if ((await knownNames(transaction)).has(name)) return false
    await up(transaction)
    await sql`insert into migrations (name) values (${name})`.execute(transaction)
    return true
  })
}

async function knownNames(database: Kysely<unknown>): Promise<Set<string>> {
  // A statement that fails would end a surrounding transaction, so the table is looked for first.
  const there = await sql<{ found: boolean }>`select to_regclass('migrations') is not null as found`.execute(
    database,
  )
  if (there.rows[0]?.found !== true) return new Set()
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(database)
  return new Set(rows.map((row) => row.name))
}

function refuseDuplicates(migrations: readonly Migration[]): void {
  const names = migrations.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`two migrations are called ${twice}`)
}
