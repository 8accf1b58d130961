import { type Kysely, type Selectable, sql } from 'kysely'
import type { Enrolment, EnrolmentChange } from '../../../core/proofs/index.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { EnrolmentTable, RecoveryTables } from './tables.ts'
import type { StoreDeps, Trx } from './transaction.ts'

export const aboutEnrolment = (enrolment: { tenant: string; id: string }): string =>
  `enrolment/${enrolment.tenant}/${enrolment.id}`

/** Oldest first. */
export async function readEnrolments(
  database: Kysely<RecoveryTables>,
  sealer: Pick<Sealer, 'open'>,
  { tenant, subject }: { tenant: string; subject: string },
): Promise<readonly Enrolment[]> {
  const rows = await database
    .selectFrom('enrolment')
    .selectAll()
    .where(sql<boolean>`tenant = ${tenant} and subject = ${subject}`)
    .orderBy('id')
    .execute()
  return rows.map((row) => decode(row, sealer))
}

/** Writes what a decision made of them, in its transaction: the ledger is locked, so nobody else is at it. */
export async function changeEnrolments(
  { sealer }: Pick<StoreDeps, 'sealer'>,
  trx: Trx,
  changes: readonly EnrolmentChange[],
): Promise<void> {
  for (const one of changes) {
    if (one.change === 'removed') {
      const { tenant, subject, id } = one
      const isIt = sql<boolean>`tenant = ${tenant} and subject = ${subject} and id = ${id}`
      await trx.deleteFrom('enrolment').where(isIt).execute()
      continue
    }
    const row = encode(one.enrolment, sealer)
    const { tenant: _, subject: __, id: ___, method: ____, created_at: _____, ...changed } = row
    await trx
      .insertInto('enrolment')
      .values(row)
      .onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet(changed))
      .execute()
  }
}

function encode(enrolment: Enrolment, sealer: Pick<Sealer, 'seal'>) {
  const { tenant, subject, id, method, name, kept } = enrolment
  return {
    ...{ tenant, subject, id, method },
    sealed: sealer.seal(aboutEnrolment(enrolment), JSON.stringify({ name, kept })),
    token_key_id: enrolment.method === 'recovery_code' ? enrolment.kept.keyId : null,
    created_at: enrolment.createdAt,
    confirmed_at: enrolment.confirmedAt,
    usable_from: enrolment.usableFrom,
    last_used_at: enrolment.lastUsedAt,
  }
}

function decode(row: Selectable<EnrolmentTable>, sealer: Pick<Sealer, 'open'>): Enrolment {
  const sealed = JSON.parse(sealer.open(aboutEnrolment(row), row.sealed), reviveDate) as Pick<
    Enrolment,
    'name' | 'kept'
  >
  const { tenant, subject, id, method } = row
  // Sealed by `encode` alone, so what is kept is what the method keeps.
  return {
    ...{ tenant, subject, id, method, ...sealed },
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    usableFrom: row.usable_from,
    lastUsedAt: row.last_used_at,
  } as Enrolment
}

/** JSON has no dates; they are told by the name of the field. */
const reviveDate = (name: string, value: unknown): unknown =>
  name.endsWith('At') && typeof value === 'string' ? new Date(value) : value
