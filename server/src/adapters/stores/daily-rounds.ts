import { type Kysely, sql, type Transaction } from 'kysely'

/** Orders what is to be done once a day, in one transaction with the note that it was ordered. */
export interface DailyRounds {
  /**
   * Runs `order` unless this round of the tenant was ordered on this day, or on a later one, by whichever node.
   * True when it was ordered now. `day` is "2026-03-01".
   */
  begin(
    round: { tenant: string; name: string; day: string },
    order: (transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<boolean>
}

export const dailyRoundMigration = {
  name: 'daily-rounds',
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`
      create table daily_round (
        tenant text not null,
        name text not null,
        day date not null,
        primary key (tenant, name)
      )`.execute(database)
  },
}

export const makeDailyRounds = (database: Kysely<unknown>): DailyRounds => ({
  begin: ({ tenant, name, day }, order) =>
    database.transaction().execute(async (transaction) => {
      const { rows } = await sql`
        insert into daily_round (tenant, name, day) values (${tenant}, ${name}, ${day}::date)
        on conflict (tenant, name) do update set day = excluded.day where daily_round.day < excluded.day
        returning day`.execute(transaction)
      if (rows.length === 0) return false
      await order(transaction)
      return true
    }),
})
