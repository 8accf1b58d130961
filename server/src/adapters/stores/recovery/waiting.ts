import { type Kysely, type Selectable, sql } from 'kysely'
import type { NamesPage, SeenAccount, WaitingPassword } from '../../../core/recovery/ports.ts'
import { makeKeyRing } from '../../../kernel/keys.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { makeSealer } from '../../../kernel/seal.ts'
import { Secret } from '../../../kernel/secret.ts'
import type { RecoveryTables, WaitingPasswordTable } from './tables.ts'
import type { StoreDeps, Trx } from './transaction.ts'

export const aboutWaiting = ({ tenant, id }: { tenant: string; id: string }): string =>
  `waiting/${tenant}/${id}`
export const aboutSeen = ({ tenant, subject }: { tenant: string; subject: string }): string =>
  `seen/${tenant}/${subject}`

const rowKeyBytes = 32

/**
 * Each password lies under a key of its own, which lies beside it under the data key: whoever turns the data key seals
 * that anew and never opens a password. What the row says of whose it is, which try and until when is authenticated with
 * the password, so a row that was changed or moved opens no more.
 */
export async function keepWaiting(
  { sealer, outside }: Pick<StoreDeps, 'sealer' | 'outside'>,
  trx: Trx,
  waiting: WaitingPassword,
): Promise<void> {
  const bytes = outside.randomBytes(rowKeyBytes)
  const row = {
    tenant: waiting.tenant,
    id: waiting.flow,
    subject: waiting.subject,
    directory: waiting.account.directory,
    account_key: waiting.account.key,
    attempt: waiting.attempt,
    password_set_at: waiting.passwordSetAt,
    expires_at: waiting.expiresAt,
  }
  const sealed = sealer.seal(aboutWaiting(row), Buffer.from(bytes).toString('base64url'))
  const password = sealerOf(bytes, outside).seal(aboutPassword(row), waiting.password.reveal())
  await trx
    .insertInto('waiting_password')
    .values({ ...row, accepted_at: outside.now(), sealed, password })
    .execute()
}

export async function readWaiting(
  { database, sealer, outside }: Pick<StoreDeps, 'database' | 'sealer' | 'outside'>,
  { tenant, id }: { tenant: string; id: string },
): Promise<WaitingPassword | null> {
  const row = await database
    .selectFrom('waiting_password')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  const bytes = Buffer.from(sealer.open(aboutWaiting(row), row.sealed), 'base64url')
  return {
    tenant,
    flow: id,
    subject: row.subject,
    account: { directory: row.directory, key: row.account_key },
    attempt: row.attempt,
    passwordSetAt: row.password_set_at,
    expiresAt: row.expires_at,
    password: new Secret(sealerOf(bytes, outside).open(aboutPassword(row), row.password)),
  }
}

/**
 * With the row goes the only copy of its key that the database shows. What files of the database, its log and backups
 * hold of it until they are written over opens with the data key alone (decision record 0010).
 */
export async function shred(trx: Trx, { tenant, id }: { tenant: string; id: string }): Promise<void> {
  await trx.deleteFrom('waiting_password').where('tenant', '=', tenant).where('id', '=', id).execute()
}

/**
 * Of tenants that are configured no more, those whose time was over before a moment: nobody is there who could end their
 * flows, or tell their owners. Returns how many.
 */
export async function shredOfOthers(
  database: Kysely<RecoveryTables>,
  tenants: readonly string[],
  before: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from waiting_password where expires_at < ${before} and tenant <> all(${[...tenants]})`.execute(
    database,
  )
  return Number(numAffectedRows ?? 0n)
}

export async function overdueWaits(
  database: Kysely<RecoveryTables>,
  now: Date,
  { limit, after }: NamesPage,
): Promise<readonly { tenant: string; id: string }[]> {
  const { rows } = await sql<{ tenant: string; id: string }>`
    select tenant, id from waiting_password
    where expires_at <= ${now} and (tenant, id) > (${after?.tenant ?? ''}, ${after?.id ?? ''})
    order by tenant, id limit ${limit}`.execute(database)
  return rows
}

/** For metrics: what waits now, of each tenant that has any. */
export async function countWaits(
  database: Kysely<RecoveryTables>,
  now: Date,
): Promise<readonly { tenant: string; count: number; oldestSeconds: number }[]> {
  const { rows } = await sql<{ tenant: string; count: number; oldestSeconds: number }>`
    select tenant, count(*)::int as count,
      greatest(0, extract(epoch from ${now}::timestamptz - min(accepted_at)))::float8 as "oldestSeconds"
    from waiting_password group by tenant`.execute(database)
  return rows
}

export async function keepSeen(
  { sealer }: Pick<StoreDeps, 'sealer'>,
  trx: Trx,
  seen: SeenAccount,
): Promise<void> {
  const { tenant, subject, entry, at } = seen
  const sealed = sealer.seal(aboutSeen(seen), JSON.stringify(entry))
  await trx
    .insertInto('seen_account')
    .values({ tenant, subject, sealed, at })
    .onConflict((conflict) => conflict.columns(['tenant', 'subject']).doUpdateSet({ sealed, at }))
    .execute()
}

export async function readSeen(
  { database, sealer }: Pick<StoreDeps, 'database' | 'sealer'>,
  { tenant, subject }: { tenant: string; subject: string },
): Promise<SeenAccount | null> {
  const query = database.selectFrom('seen_account').selectAll().where('tenant', '=', tenant)
  const row = await query.where('subject', '=', subject).executeTakeFirst()
  if (row === undefined) return null
  const entry = JSON.parse(sealer.open(aboutSeen(row), row.sealed)) as SeenAccount['entry']
  const { password } = entry
  // JSON has no dates.
  const dated = { ...password, changedAt: dateOf(password.changedAt), expiresAt: dateOf(password.expiresAt) }
  return { tenant, subject, at: row.at, entry: { ...entry, password: dated } }
}

const dateOf = (said: Date | string | null): Date | null => (said === null ? null : new Date(said))

type Bound = Pick<
  Selectable<WaitingPasswordTable>,
  'tenant' | 'id' | 'subject' | 'directory' | 'account_key' | 'attempt' | 'password_set_at' | 'expires_at'
>

const aboutPassword = (row: Bound): string =>
  JSON.stringify([
    row.tenant,
    row.id,
    row.subject,
    row.directory,
    row.account_key,
    row.attempt,
    row.password_set_at,
    row.expires_at,
  ])

const sealerOf = (bytes: Uint8Array, outside: Pick<Outside, 'randomBytes'>) =>
  makeSealer(makeKeyRing({ id: 'row', bytes }), 'waiting-password', outside)
