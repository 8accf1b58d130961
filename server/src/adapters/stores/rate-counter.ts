import { type Kysely, sql } from 'kysely'
import type { Limiter } from '../../core/recovery/ports.ts'
import { makeGather } from '../../kernel/gather.ts'
import type { Outside } from '../../kernel/outside.ts'
import { oneStatement } from './one-statement.ts'
import { prepared } from './prepared.ts'

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
 * Takes at the same time share a statement. PostgreSQL locks the row of each key, in the order of the keys, so of any
 * number of takes at the same time exactly `max` succeed. A refused take writes nothing new, so a flood makes no dead
 * rows; the row keeps some space free, so counting up touches no index (HOT). Around the end of a window up to
 * 2 × `max` takes may fall into a time of its length; limits are chosen with that in mind.
 *
 * Keys are short and say nothing about a person: whoever counts mailboxes or accounts gives keyed digests.
 */
export function makeRateCounter(deps: {
  database: Kysely<unknown>
  outside: Pick<Outside, 'now'>
}): RateCounter {
  const { database, outside } = deps
  const take = makeGather<Take, Taken>({
    together: (takes) => oneStatement(takeAll(database, outside.now(), takes)),
    // A statement counts a row up once.
    apart: ({ tenant, key }) => JSON.stringify([tenant, key]),
    itemsMax: takesAtOnce,
    goesMax: 2,
  })
  return {
    take: (tenant, key, { max, windowSeconds }) =>
      max < 1
        ? Promise.resolve({ ok: false, retryAfterSeconds: windowSeconds })
        : take({ tenant, key, max, windowSeconds }),

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

const takesAtOnce = 64

interface Take {
  tenant: string
  key: string
  max: number
  windowSeconds: number
}

type Taken = Awaited<ReturnType<Limiter['take']>>

async function takeAll(
  database: Kysely<unknown>,
  now: Date,
  takes: readonly Take[],
): Promise<readonly Taken[]> {
  const { rows } = await sql<{ place: number; taken: boolean; endsAt: Date | null }>`
    ${prepared}with wanted as (
      select * from unnest(
        ${takes.map(({ tenant }) => tenant)}::text[],
        ${takes.map(({ key }) => key)}::text[],
        ${takes.map(({ windowSeconds }) => secondsAfter(now, windowSeconds).toISOString())}::timestamptz[],
        ${takes.map(({ max }) => max)}::int[]
      ) with ordinality as wanted (tenant, key, ends_at, max, place)
    ), attempt as (
      insert into rate_counter as counter (tenant, key, ends_at, count)
      select tenant, key, ends_at, 1 from wanted order by tenant, key
      on conflict (tenant, key) do update set
        ends_at = case when counter.ends_at <= ${now} then excluded.ends_at else counter.ends_at end,
        count = case when counter.ends_at <= ${now} then 1 else counter.count + 1 end
      where counter.ends_at <= ${now} or counter.count < (
        select max from wanted where wanted.tenant = counter.tenant and wanted.key = counter.key
      )
      returning tenant, key
    )
    select wanted.place, attempt.key is not null as taken, before.ends_at as "endsAt" from wanted
    left join attempt on attempt.tenant = wanted.tenant and attempt.key = wanted.key
    left join rate_counter before on before.tenant = wanted.tenant and before.key = wanted.key
    order by wanted.place`.execute(database)
  return takes.map(({ windowSeconds }, index): Taken => {
    const row = rows[index]
    return row?.taken === true
      ? { ok: true }
      : { ok: false, retryAfterSeconds: secondsUntil(row?.endsAt ?? null, now, windowSeconds) }
  })
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
