import { type Kysely, type Selectable, sql } from 'kysely'
import { afterHistory, type HistoryChange, type RememberedPassword } from '../../../core/passwords/index.ts'
import type { Effects, KeptHistory } from '../../../core/recovery/ports.ts'
import type { RecoveryTables, RememberedPasswordTable } from './tables.ts'
import { inTransaction, type StoreDeps, type Trx } from './transaction.ts'

interface Account {
  tenant: string
  subject: string
}

export async function readRemembered(
  database: Kysely<RecoveryTables>,
  of: Account,
): Promise<readonly RememberedPassword[]> {
  const rows = await database.selectFrom('remembered_password').selectAll().where(isOf(of)).execute()
  return rows.map(decode)
}

/** Writes what a decision made of them, in its transaction: the ledger is locked, so nobody else is at it. */
export async function changeHistory(trx: Trx, change: NonNullable<Effects['history']>): Promise<number> {
  const { tenant, subject } = change
  const before = await readRemembered(trx, change)
  const after = afterHistory(before, change)
  const changed = after.filter((one) => !before.includes(one))
  const over = before.filter((one) => !after.includes(one)).map(({ number }) => number)
  if (over.length > 0) {
    await trx.deleteFrom('remembered_password').where(isOf(change)).where('number', 'in', over).execute()
  }
  if (changed.length > 0) {
    const rows = changed.map((one) => ({ tenant, subject, ...encode(one) }))
    await trx.insertInto('remembered_password').values(rows).execute()
  }
  return before.length - after.length
}

const rowsAtOnce = 5_000

/**
 * See `RecoveryStore.cutHistories`. What nobody is to have is taken away without the ledgers, for all accounts at once;
 * a row that a decision holds is left to the next round, so that neither waits for the other.
 */
export async function cutHistories(
  deps: StoreDeps,
  kept: readonly KeptHistory[],
  lockLedger: (trx: Trx, tenant: string, subject: string) => Promise<unknown>,
): Promise<number> {
  let gone = 0
  for (let rows = rowsAtOnce; rows === rowsAtOnce; gone += rows) rows = await dropUnkept(deps, kept)
  for (const { tenant, directory, keep } of kept) {
    for (const subject of await longerThan(deps, { tenant, directory, keep })) {
      const cut: HistoryChange = { change: 'cut', keep }
      gone += await inTransaction(deps, async (trx) => {
        await lockLedger(trx, tenant, subject)
        return { result: await changeHistory(trx, { tenant, subject, ...cut }), events: [] }
      })
    }
  }
  return gone
}

async function dropUnkept({ database }: StoreDeps, kept: readonly KeptHistory[]): Promise<number> {
  const places = kept.map(({ tenant, directory }) => sql`(${tenant}::text, ${directory}::text)`)
  const isKept = places.length === 0 ? sql`false` : sql`(r.tenant, a.directory) in (${sql.join(places)})`
  const { numAffectedRows = 0n } = await sql`
    delete from remembered_password where (tenant, subject, number) in (
      select r.tenant, r.subject, r.number from remembered_password r
      left join account a on a.tenant = r.tenant and a.subject = r.subject
      where (${isKept}) is not true
      limit ${rowsAtOnce} for update of r skip locked)`.execute(database)
  return Number(numAffectedRows)
}

async function longerThan(
  { database }: StoreDeps,
  { tenant, directory, keep }: KeptHistory,
): Promise<readonly string[]> {
  const { rows } = await sql<{ subject: string }>`
    select r.subject from remembered_password r
    join account a on a.tenant = r.tenant and a.subject = r.subject
    where r.tenant = ${tenant} and a.directory = ${directory}
    group by r.subject having count(*) > ${keep} order by r.subject`.execute(database)
  return rows.map(({ subject }) => subject)
}

const isOf = ({ tenant, subject }: Account) => sql<boolean>`tenant = ${tenant} and subject = ${subject}`

const decode = (row: Selectable<RememberedPasswordTable>): RememberedPassword => ({
  number: row.number,
  keyId: row.key_id,
  salt: row.salt,
  digest: row.digest,
  at: row.at,
  write:
    row.write_flow === null || row.write_attempt === null
      ? null
      : { flow: row.write_flow, attempt: row.write_attempt },
})

const encode = ({ number, keyId, salt, digest, at, write }: RememberedPassword) => ({
  number,
  key_id: keyId,
  salt,
  digest,
  at,
  write_flow: write?.flow ?? null,
  write_attempt: write?.attempt ?? null,
})
