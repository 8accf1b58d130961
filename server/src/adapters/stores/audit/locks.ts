import { type Kysely, type RawBuilder, sql } from 'kysely'

/** Tells Rekey's audit locks from other users of advisory locks ("audi" in hexadecimal). */
const seed = 0x61756469

const number = (tenant: string, of: string) => sql`hashtextextended(${`${tenant}/${of}`}, ${seed}::bigint)`

/** One sealer at a time and tenant; released with the transaction, also when its process dies. */
export const lockSealing = async (trx: Kysely<unknown>, tenant: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${number(tenant, 'seal')})`.execute(trx)
}

/** Waits for every transaction that may just be making a key for this owner, and holds up new ones. */
export const lockOwner = async (trx: Kysely<unknown>, tenant: string, owner: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${number(tenant, owner)})`.execute(trx)
}

/** Held by all who may make a key; they do not exclude each other. `owner` is a column. */
export const sharedOwnerLock = (tenant: string, owner: string): RawBuilder<unknown> =>
  sql`pg_advisory_xact_lock_shared(hashtextextended(${`${tenant}/`}::text || ${sql.ref(owner)}, ${seed}::bigint))`
