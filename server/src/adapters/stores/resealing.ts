import { type Kysely, sql } from 'kysely'
import type { Resealed, SealedPlace } from '../../core/keys/index.ts'
import type { Sealer } from '../../kernel/seal.ts'

/** A column whose texts lie under the data key; rows that are there once have a key that is always true. */
export interface SealedColumn {
  table: string
  column: string
  /** The primary key, in order; all of it can be written as text. */
  key: readonly string[]
  sealer: Sealer
  isVital?: true
  /** What a text is sealed to, from the values of the key in that order. */
  about(key: readonly string[]): string
}

export const sealedPlace = (database: Kysely<unknown>, column: SealedColumn): SealedPlace => ({
  isVital: column.isVital ?? false,
  reseal: (options) => resealColumn(database, column, options),
  under: (key) => rowsUnder(database, column, key),
})

const rowsPerBatch = 500

/**
 * Brings a column under the key that is written with now: once along the primary key, so the work grows with the rows
 * and not with their square. Nothing is locked between two rows; a row that changes meanwhile was sealed anew by
 * whoever changed it. Cut off at any point, it is simply run again. Several rows are never locked at once, because a
 * decision about a flow would then have to wait, or be the one that a deadlock ends.
 */
async function resealColumn(
  database: Kysely<unknown>,
  column: SealedColumn,
  { signal, progress }: { signal: AbortSignal; progress(rows: number): unknown },
): Promise<Resealed> {
  const done: Resealed = { resealed: 0, unreadable: 0 }
  let from: readonly string[] | null = null
  while (!signal.aborted) {
    const rows = await readBatch(database, column, from)
    const old = rows.filter(({ sealed }) => sealed !== null && !isUnder(sealed, column.sealer.keyId))
    for (const row of old) {
      if (await resealRow(database, column, row)) done.resealed += 1
      else done.unreadable += 1
    }
    await progress(rows.length)
    if (rows.length < rowsPerBatch) return done
    from = rows.at(-1)?.key ?? null
  }
  return done
}

async function rowsUnder(
  database: Kysely<unknown>,
  { table, column }: Pick<SealedColumn, 'table' | 'column'>,
  keyId: string,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)}
    where starts_with(${sql.ref(column)}, ${`${keyId}.`})`.execute(database)
  return rows[0]?.count ?? 0
}

const isUnder = (sealed: string, keyId: string): boolean => sealed.startsWith(`${keyId}.`)

interface SealedRow {
  key: readonly string[]
  sealed: string | null
}

async function readBatch(
  database: Kysely<unknown>,
  { table, column, key }: SealedColumn,
  from: readonly string[] | null,
): Promise<readonly SealedRow[]> {
  const place = sql.join(key.map((name) => sql.ref(name)))
  const after = from === null ? sql`true` : sql`(${place}) > (${sql.join(from)})`
  const { rows } = await sql<SealedRow>`
    select array[${place}]::text[] as key, ${sql.ref(column)} as sealed from ${sql.table(table)}
    where ${after} order by ${place} limit ${rowsPerBatch}`.execute(database)
  return rows
}

/** False when no key opens it. Written only where the old text still stands: otherwise somebody wrote a newer one. */
async function resealRow(
  database: Kysely<unknown>,
  { table, column, key, sealer, about }: SealedColumn,
  { key: values, sealed }: SealedRow,
): Promise<boolean> {
  const after = reseal(sealer, about(values), sealed ?? '')
  if (after === null) return false
  const here = sql.join(
    key.map((name, at) => sql`${sql.ref(name)} = ${values[at] ?? ''}`),
    sql` and `,
  )
  await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${after}
    where ${here} and ${sql.ref(column)} = ${sealed}`.execute(database)
  return true
}

function reseal(sealer: Sealer, about: string, sealed: string): string | null {
  try {
    return sealer.seal(about, sealer.open(about, sealed))
  } catch {
    // Its key is gone or it was tampered with: either way there is nothing to seal anew, and the others go on.
    return null
  }
}
