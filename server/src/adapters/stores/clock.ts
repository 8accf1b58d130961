import { type Kysely, sql } from 'kysely'

/** What time it is for the database, at the moment of the answer and not of the transaction. */
export async function readDatabaseClock(database: Kysely<unknown>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(database)
  const [row] = rows
  if (row === undefined) throw new RangeError('a select without a table returned no row')
  return row.now
}
