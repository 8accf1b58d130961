import { sql, type Transaction } from 'kysely'
import type { PasswordVerdict } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { argon2idHash, needsUpgrade } from '../hashes/argon2.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import type { LocalConfig } from './config.ts'
import type { LocalDatabase, LocalTables, Place } from './tables.ts'

/** What an attempt found, after it was counted. */
interface Charged {
  hash: string | null
  disabled: boolean
  federated: boolean
  lockedBefore: boolean
  mustChange: boolean
}

/** `hash` is what the account is stored with after the proof; null when nothing was proven. */
interface Proof {
  verdict: PasswordVerdict
  hash: string | null
}

interface Deps {
  database: LocalDatabase
  place: Place
  config: LocalConfig
  outside: Pick<Outside, 'now' | 'randomBytes'>
}

/**
 * Proves a password. An attempt is paid for before it is looked at, and a right one is refunded: however many
 * arrive at once, no more than `lockoutTries` of them are answered.
 *
 * Every attempt, whoever it is about, is one transaction and one argon2id at the configured cost: an account
 * that is unknown, disabled, locked or without a password is checked against a decoy. What is left is a hash
 * that was imported in another format, which takes its own time until its owner signs in for the first time.
 */
export function makeProvePassword(deps: Deps) {
  const { config, outside } = deps
  let decoy: Promise<string> | null = null
  const decoyHash = () => (decoy ??= argon2idHash(outside.randomBytes(32), config.argon2))

  return async (key: string, password: Buffer, signal: AbortSignal): Promise<Proof> => {
    const decoyReady = decoyHash()
    const charged = await charge(deps, key)
    signal.throwIfAborted()
    const hash = charged?.hash ?? null
    const check = hash === null ? null : readStoredHash(hash)
    const matches = await (check ?? readStoredHash(await decoyReady))?.(password)
    const verdict = verdictOn(charged, check !== null && matches === true)
    const proven = verdict.ok && hash !== null ? await refund(deps, { key, hash, password }) : null
    return { verdict, hash: proven }
  }
}

/** Disabled before locked before wrong; the password of a locked account is not even told right from wrong. */
function verdictOn(charged: Charged | null, right: boolean): PasswordVerdict {
  if (charged === null || charged.federated) return { ok: false, because: 'wrong' }
  if (charged.disabled) return { ok: false, because: 'disabled' }
  if (charged.lockedBefore) return { ok: false, because: 'locked' }
  return right ? { ok: true, mustChange: charged.mustChange } : { ok: false, because: 'wrong' }
}

/**
 * So long do wrong passwords count, from the first of them. As long as the budget of wrong ones at the portal, so that
 * what strangers may try there in a day never adds up to a lockout over many days.
 */
export const failuresCountSeconds = 86_400

/** The count and its beginning after one more, decided over there. */
function counted(now: Date) {
  const since = new Date(now.getTime() - failuresCountSeconds * 1000).toISOString()
  const stillCounts = sql`failed_since > ${since}::timestamptz`
  return {
    count: sql<number>`case when ${stillCounts} then failed_count + 1 else 1 end`,
    since: sql<Date>`case when ${stillCounts} then failed_since else ${now.toISOString()}::timestamptz end`,
  }
}

function charge(deps: Deps, key: string): Promise<Charged | null> {
  const { database, place, config, outside } = deps
  return database.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('local_account')
      .select(['password_hash', 'disabled', 'federated', 'must_change'])
      .select(({ eb }) => eb('locked_at', 'is not', null).as('locked'))
      .where('tenant', '=', place.tenant)
      .where('directory', '=', place.directory)
      .where('key', '=', key)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) {
      await chargeDecoy(transaction, deps)
      return null
    }
    const now = outside.now()
    const { count, since } = counted(now)
    await transaction
      .updateTable('local_account')
      // Decided over there: a time that is read and sent back would tell a locked account by 30 µs.
      .set({
        failed_count: count,
        failed_since: since,
        locked_at: sql<Date | null>`case when locked_at is null and ${count} >= ${config.lockoutTries}
          then ${now.toISOString()}::timestamptz else locked_at end`,
      })
      .where('tenant', '=', place.tenant)
      .where('directory', '=', place.directory)
      .where('key', '=', key)
      .execute()
    return {
      hash: row.password_hash,
      disabled: row.disabled,
      federated: row.federated,
      lockedBefore: row.locked === true,
      mustChange: row.must_change,
    }
  })
}

/**
 * The same write for nobody, since a commit that has nothing to write down returns sooner. An update as well: an insert
 * that finds its row there takes 20 µs longer.
 */
async function chargeDecoy(
  transaction: Transaction<LocalTables>,
  { place, config, outside }: Deps,
): Promise<void> {
  const now = outside.now()
  const { count, since } = counted(now)
  const { numUpdatedRows } = await transaction
    .updateTable('local_decoy')
    // Nobody reads the number, it must only change; the words are those of an account, because planning them takes time.
    .set({
      failed_count: sql<number>`case when failed_count is null and ${count} >= ${config.lockoutTries}
        then extract(epoch from ${now.toISOString()}::timestamptz) else (failed_count + 1) % 1000000 end`,
      failed_since: since,
    })
    .where('tenant', '=', place.tenant)
    .where('directory', '=', place.directory)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  await transaction
    .insertInto('local_decoy')
    .values({ ...place, failed_count: 1, failed_since: now })
    .onConflict((conflict) => conflict.columns(['tenant', 'directory']).doNothing())
    .execute()
}

/** A right password clears the count and moves its hash to argon2id, unless a new one was set meanwhile. */
async function refund(deps: Deps, attempt: { key: string; hash: string; password: Buffer }): Promise<string> {
  const { database, place, config } = deps
  const hash = needsUpgrade(attempt.hash, config.argon2)
    ? await argon2idHash(attempt.password, config.argon2)
    : attempt.hash
  await database
    .updateTable('local_account')
    .set({ failed_count: 0, failed_since: null, locked_at: null, password_hash: hash })
    .where('tenant', '=', place.tenant)
    .where('directory', '=', place.directory)
    .where('key', '=', attempt.key)
    .where('password_hash', '=', attempt.hash)
    .execute()
  return hash
}
