import { sql } from 'kysely'
import { fold, foldMail } from '../../../core/accounts/index.ts'
import type { IdentifierQuery } from '../../../core/accounts/ports.ts'
import type { LocalAccountRow } from './directory.ts'
import type { LocalDatabase, Place } from './tables.ts'

/** What each query finds, at most two rows: enough to know that a match is ambiguous. One statement for all. */
export async function findRows(
  database: LocalDatabase,
  { tenant, directory }: Place,
  queries: readonly IdentifierQuery[],
): Promise<LocalAccountRow[][]> {
  const { rows } = await sql<LocalAccountRow & { place: number }>`
    select wanted.place, found.* from unnest(
      ${queries.map(({ by }) => by)}::text[],
      ${queries.map(({ by, value }) => (by === 'mail' ? foldMail(value) : fold(value)))}::text[]
    ) with ordinality as wanted (by, value, place)
    cross join lateral (
      (select * from local_account
        where wanted.by = 'username' and tenant = ${tenant} and directory = ${directory}
          and username_folded = wanted.value limit 2)
      union all
      (select * from local_account
        where wanted.by = 'upn' and tenant = ${tenant} and directory = ${directory}
          and upn_folded = wanted.value limit 2)
      union all
      (select * from local_account
        where wanted.by = 'mail' and tenant = ${tenant} and directory = ${directory} and key in (
          select key from local_account_mail
          where tenant = ${tenant} and directory = ${directory} and mail_folded = wanted.value
        ) limit 2)
    ) as found`.execute(database)
  const byPlace = Map.groupBy(rows, ({ place }) => place)
  return queries.map((_, index) => byPlace.get(index + 1) ?? [])
}
