import { type Kysely, sql } from 'kysely'
import type { EnrolledOf } from '../../../core/enrolment/index.ts'
import { readSummaries } from './ledger-codec.ts'
import type { RecoveryTables } from './tables.ts'

/** What many accounts have set up, in one statement. */
export const makeEnrolledOf =
  (database: Kysely<RecoveryTables>): EnrolledOf =>
  async ({ tenant, directory }, keys) => {
    if (keys.length === 0) return new Map()
    const { rows } = await sql<{ key: string; enrolled: unknown }>`
      select a.key, l.enrolled from account a
      join ledger l on l.tenant = a.tenant and l.subject = a.subject
      where a.tenant = ${tenant} and a.directory = ${directory} and a.key = any(${[...keys]}::text[])
        and l.enrolled <> '[]'`.execute(database)
    return new Map(rows.map(({ key, enrolled }) => [key, readSummaries(enrolled)]))
  }
