import type { PgBoss } from 'pg-boss'
import { schema } from './queue-setup.ts'

export interface QueueDepth {
  queue: string
  /** Could run now. */
  ready: number
  /** Starts later: put off, or waiting for its next try. */
  delayed: number
  active: number
  /** Given up and not yet cleared away. */
  failed: number
  /** How long the oldest ready job has been waiting: the number to alert on. */
  oldestReadySeconds: number
}

/** Read from the jobs themselves and not from pg-boss's statistics, which are a minute old. */
export async function readDepth(boss: PgBoss, queues: readonly string[]): Promise<readonly QueueDepth[]> {
  const { rows } = await boss.getDb().executeSql(
    `select name,
       count(*) filter (where state < 'active' and start_after <= now())::int as ready,
       count(*) filter (where state < 'active' and start_after > now())::int as delayed,
       count(*) filter (where state = 'active')::int as active,
       count(*) filter (where state = 'failed')::int as failed,
       coalesce(extract(epoch from now() - min(start_after)
         filter (where state < 'active' and start_after <= now())), 0)::float8 as "oldestReadySeconds"
     from ${schema}.job where name = any($1::text[]) and state <> 'completed' group by name`,
    [queues],
  )
  const found = new Map(
    (rows as (Omit<QueueDepth, 'queue'> & { name: string })[]).map((row) => [row.name, row]),
  )
  return queues.map((queue) => {
    const { ready = 0, delayed = 0, active = 0, failed = 0, oldestReadySeconds = 0 } = found.get(queue) ?? {}
    return { queue, ready, delayed, active, failed, oldestReadySeconds }
  })
}
