import { type Kysely, sql } from 'kysely'
import type { SharedTally } from '../../core/gate/ports.ts'
import { prepared } from './prepared.ts'

/**
 * Sums over all nodes, in the rows of the request counter: they are swept away with it. Several nodes add at the same time;
 * the rows are locked in the order of their keys, so that none waits for one that waits for it.
 */
export const makeSharedTally = (deps: { database: Kysely<unknown> }): SharedTally => ({
  async add(counts) {
    const { rows } = await sql<{ tenant: string; key: string; count: number }>`
      ${prepared}insert into rate_counter as counter (tenant, key, ends_at, count)
      select * from unnest(
        ${counts.map(({ tenant }) => tenant)}::text[],
        ${counts.map(({ key }) => key)}::text[],
        ${counts.map(({ endsAt }) => endsAt.toISOString())}::timestamptz[],
        ${counts.map(({ count }) => count)}::int[]
      ) as added (tenant, key, ends_at, count) order by 1, 2
      on conflict (tenant, key) do update set count = counter.count + excluded.count
      returning tenant, key, count`.execute(deps.database)
    const sums = new Map(rows.map(({ tenant, key, count }) => [JSON.stringify([tenant, key]), count]))
    return counts.map(({ tenant, key }) => sums.get(JSON.stringify([tenant, key])) ?? 0)
  },
})
