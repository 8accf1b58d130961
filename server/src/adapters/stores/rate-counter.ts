import { type Kysely, sql } from 'kysely'
import type { Limiter } from '../../core/recovery/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

export interface RateCounter extends Limiter {
  /** Removes windows that are over, at most `limit` of them; returns how many. Any node, any time. */
  purge(limit?: number): Promise<number>
}

export const rateCounterMigration = {
  name: 'rate-counter',
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`
      create table rate_counter (
        tenant text not null,
        key text not null,
        ends_at timestamptz not null,
        count integer not null,
        primary key (tenant, key)
      ) with (fillfactor = 70)`.execute(database)
    await sql`create index rate_counter_ends_at on rate_counter (ends_at)`.execute(database)
  },
}

/**
 * Counts requests over all nodes.
 *
 * A take is one statement: PostgreSQL locks the row of the key, so of any number of takes at the same time
 * exactly `max` succeed. A refused take writes nothing new, so a flood makes no dead rows; the row keeps some
 * space free, so counting up touches no index (HOT). Around the end of a window up to 2 × `max` takes may fall
 * into a time of its length; limits are chosen with that in mind.
 *
 * Keys are short and say nothing about a person: whoever counts mailboxes or accounts gives keyed digests.
 */
export function makeRateCounter(deps: {
  database: Kysely<unknown>
  outside: Pick<Outside, 'now'>
}): RateCounter {
  const { database, outside } = deps
  return {
    async take(tenant, key, { max, windowSeconds }) {
      const now = outside.now()
      if (max < 1) return { ok: false, retryAfterSeconds: windowSeconds }
      const { rows } = await sql<{ taken: boolean; endsAt: Date | null }>`
        with attempt as (
          insert into rate_counter as counter (tenant, key, ends_at, count)
          values (${tenant}, ${key}, ${secondsAfter(now, windowSeconds)}, 1)
          on conflict (tenant, key) do update set
            ends_at = case when counter.ends_at <= ${now} then excluded.ends_at else counter.ends_at end,
            count = case when counter.ends_at <= ${now} then 1 else counter.count + 1 end
          where counter.ends_at <= ${now} or counter.count < ${max}
          returning 1
        )
        select exists (select from attempt) as taken,
          (select ends_at from rate_counter where tenant = ${tenant} and key = ${key}) as "endsAt"
      `.execute(database)
      const [row] = rows
      if (row?.taken === true) return { ok: true }
      return { ok: false, retryAfterSeconds: secondsUntil(row?.endsAt ?? null, now, windowSeconds) }
    },

    async purge(limit = 10_000) {
      // Rows that a take holds right now are left for the next time, so nobody waits for a purge.
      const { numAffectedRows } = await sql`
        delete from rate_counter using (
          select tenant, key from rate_counter where ends_at <= ${outside.now()}
          order by ends_at limit ${limit} for update skip locked
        ) as over
        where rate_counter.tenant = over.tenant and rate_counter.key = over.key
      `.execute(database)
      return Number(numAffectedRows ?? 0n)
    },
  }
}

const secondsAfter = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000)

/**
 * Whole seconds, at least one. The end is unknown when the window began while we were asking, and further away
 * than the window is long when another node's clock is ahead.
 */
function secondsUntil(endsAt: Date | null, now: Date, windowSeconds: number): number {
  const seconds = endsAt === null ? windowSeconds : Math.ceil((endsAt.getTime() - now.getTime()) / 1000)
  return Math.min(windowSeconds, Math.max(1, seconds))
}
