import type { PgBoss } from 'pg-boss'
import type { QueueDefinition } from './registry.ts'

/** The schema that pg-boss keeps its tables in; nothing of ours reads them but the files beside this one. */
export const schema = 'jobs'

export type QueueDefinitions<Payloads extends object> = Readonly<Record<keyof Payloads, QueueDefinition>>

/** The shortest that pg-boss knows. A worker that has not shown itself for so long is taken for dead. */
const heartbeatSeconds = 10

/** The largest `integer`, so that a fetch with this lower bound finds no job. */
const priorityOfNobody = 2_147_483_647

/** Makes the queues that are missing and brings the others up to date: definitions may change between versions. */
export async function ensureQueues<Payloads extends object>(
  boss: PgBoss,
  queues: QueueDefinitions<Payloads>,
): Promise<void> {
  const known = new Set((await boss.getQueues()).map(({ name }) => name))
  for (const [name, definition] of Object.entries<QueueDefinition>(queues)) {
    const options = optionsOf(definition)
    if (known.has(name)) await boss.updateQueue(name, options)
    else await boss.createQueue(name, { ...options, policy: 'short' })
    // Reads the queue's row into the sender's cache now. A later `send` inside a caller's transaction would
    // otherwise wait for a second connection, which on a pool of one is the caller's own.
    await boss.fetch(name, { minPriority: priorityOfNobody })
  }
}

const optionsOf = (definition: QueueDefinition) => ({
  retryLimit: definition.retries,
  retryDelay: definition.retrySecondsFirst,
  retryDelayMax: definition.retrySecondsMax,
  retryBackoff: true,
  expireInSeconds: definition.runSecondsMax,
  deleteAfterSeconds: definition.keptSeconds,
  heartbeatSeconds,
  notify: true,
})

/** Jobs that a process which is certainly dead was working on wait again, to be tried at once. */
export async function returnAbandoned(boss: PgBoss): Promise<void> {
  await boss
    .getDb()
    .executeSql(`update ${schema}.job set state = 'retry', start_after = now() where state = 'active'`)
}

/**
 * Jobs that wait for their next try are due now. Workers take those that are due in the order they were made in, and pass
 * over what is locked: so those that are due already are left alone, or younger ones would be taken before them.
 */
export async function hasten(boss: PgBoss, queue: string, atMost: number | null): Promise<void> {
  await boss.getDb().executeSql(
    // Chosen once: a subquery with a limit may be asked again for every row.
    `with chosen as materialized (
       select id from ${schema}.job where name = $1 and state = 'retry' and start_after > now()
       order by priority desc, created_on limit $2 for update skip locked)
     update ${schema}.job set start_after = now() from chosen where name = $1 and job.id = chosen.id`,
    [queue, atMost],
  )
}
