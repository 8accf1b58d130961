import { CompiledQuery, type Kysely } from 'kysely'
import type pg from 'pg'
import { PgBoss } from 'pg-boss'
import { Fault, isFault } from '../kernel/fault.ts'
import { newId } from '../kernel/ids.ts'
import type { Outside } from '../kernel/outside.ts'
import { preparedText } from '../kernel/prepared-text.ts'
import { noTracing, type Tracing } from '../kernel/tracing.ts'
import { type QueueDepth, readDepth } from './depth.ts'
import { ensureQueues, hasten, type QueueDefinitions, returnAbandoned, schema } from './queue-setup.ts'
import { type JobPayloads, queues as registered } from './registry.ts'
import { carrying } from './trace-jobs.ts'
import { startWorkers, type Workers } from './workers.ts'

export type JobsLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  facts: Readonly<Record<string, string | number | boolean>>,
) => void

/** What a job carries is an object, whatever the queue. */
export type Objects<Payloads> = { [Name in keyof Payloads]: object }

export interface JobsOptions<Payloads extends Objects<Payloads>> {
  connection: pg.PoolConfig
  outside: Outside
  log: JobsLog
  /** Jobs go on below the span that ordered them. */
  tracing?: Tracing
  /** The queues of the product unless told otherwise. */
  queues: QueueDefinitions<Payloads>
  /**
   * True when no other process uses this database (the embedded one, whose folder is locked): what a killed
   * predecessor was working on is then taken up at the start. Otherwise it is taken up when its heartbeat has
   * been missed for ten seconds, because it might be running elsewhere.
   */
  alone?: boolean
  /** How often abandoned and overdue jobs are looked for. */
  superviseSeconds?: number
}

export interface JobOrder<Payloads extends Objects<Payloads>, Name extends keyof Payloads> {
  queue: Name
  payload: Payloads[Name]
  /** While a job with this key waits for its first try, another one with the same key is dropped. */
  key?: string
  /** 0 unless said. Those with a higher one are taken first, those with the same oldest first. */
  priority?: number
  /** Counted by the database's clock. */
  startAfterSeconds?: number
  /** Place in the trace that ordered it; where `enqueue` is called unless given. */
  place?: string | null
}

export interface JobRun {
  /** Aborted when the time is up or another process has taken the job over: stop, the result is not wanted. */
  signal: AbortSignal
  /** 1 for the first. */
  attempt: number
  /** Failing now ends the job. */
  lastAttempt: boolean
}

/** Resolves when the job is done; throws when it must be tried again. May be run twice for one job: be idempotent. */
export type JobHandler<Payload> = (payload: Payload, run: JobRun) => Promise<void>

export interface Jobs<Payloads extends Objects<Payloads>> {
  /** In the caller's transaction: the jobs exist if and only if that transaction commits. A statement a queue. */
  enqueue<Name extends keyof Payloads>(
    transaction: Pick<Kysely<unknown>, 'executeQuery'>,
    ...orders: readonly JobOrder<Payloads, Name>[]
  ): Promise<void>
  /** Says who does the jobs of a queue. Before `start`. A process without handlers only enqueues. */
  work<Name extends keyof Payloads>(queue: Name, handler: JobHandler<Payloads[Name]>): void
  start(): Promise<void>
  /** Takes no new job and waits for those that run; what is not done by then is left for the next worker. */
  stop(options?: { patienceSeconds?: number }): Promise<void>
  /**
   * What was put off after a failure is tried again now, in the order in which jobs are taken: what it waited for is back. `atMost` jobs, all
   * unless told otherwise.
   */
  hasten(queue: keyof Payloads, options?: { atMost?: number }): Promise<void>
  /** For metrics: how much waits, runs and has failed, by queue. */
  depth(): Promise<readonly QueueDepth[]>
}

/** The product's jobs: `makeJobs` over the registry. */
export const makeProductJobs = (options: Omit<JobsOptions<JobPayloads>, 'queues'>): Jobs<JobPayloads> =>
  makeJobs<JobPayloads>({ ...options, queues: registered })

/**
 * Durable jobs in PostgreSQL (pg-boss), enqueued in the transaction that makes them true. Workers are woken by
 * NOTIFY when that transaction commits and poll only for what is due later, and as a second way when the
 * listening connection is lost.
 */
export function makeJobs<Payloads extends Objects<Payloads>>(options: JobsOptions<Payloads>): Jobs<Payloads> {
  const { connection, outside, log, queues, alone = false, superviseSeconds = 10 } = options
  const { tracing = noTracing } = options
  const handlers = new Map<string, JobHandler<never>>()
  let boss: PgBoss | undefined
  let workers: Workers | undefined

  const running = (): PgBoss => {
    if (boss === undefined) throw new Error('jobs are not started')
    return boss
  }
  return {
    enqueue: async (transaction, ...orders) => {
      const db = preparing(transaction)
      for (const [queue, own] of Map.groupBy(orders, (order) => String(order.queue))) {
        const inserts = own.map(
          ({ payload, key, priority = 0, startAfterSeconds, place = tracing.here() }) => ({
            data: carrying(place, payload),
            priority,
            // The queue's policy is one waiting job per key, so a job that needs none gets one of its own.
            singletonKey: key ?? newId(outside),
            ...(startAfterSeconds === undefined ? {} : { startAfter: String(startAfterSeconds) }),
          }),
        )
        await running().insert(queue, inserts, { db })
      }
    },
    work: (queue, handler) => {
      if (boss !== undefined) throw new Error('work() comes before start()')
      handlers.set(String(queue), handler)
    },
    start: async () => {
      const starting = open(connection, { listen: handlers.size > 0, superviseSeconds })
      starting.on('error', (error) => log('error', 'job queue: a statement failed', { code: codeOf(error) }))
      starting.on('warning', ({ message }) => log('warn', 'job queue: warning', { message }))
      try {
        await starting.start()
        await ensureQueues(starting, queues)
        if (alone) await returnAbandoned(starting)
        workers = await startWorkers({ boss: starting, handlers, queues, log, tracing })
      } catch (cause) {
        await starting.stop({ graceful: false }).catch(() => {})
        throw new Fault('database-unavailable', { cause, detail: 'the job queue could not be opened' })
      }
      boss = starting
    },
    stop: async ({ patienceSeconds = 30 } = {}) => {
      const stopping = boss
      boss = undefined
      await workers?.stop(patienceSeconds)
      await stopping?.stop({ graceful: false })
    },
    hasten: (queue, { atMost } = {}) => hasten(running(), String(queue), atMost ?? null),
    depth: () => readDepth(running(), Object.keys(queues)),
  }
}

/** pg-boss inserts the jobs of a queue by a long statement that is always the same. */
const preparing = (transaction: Pick<Kysely<unknown>, 'executeQuery'>) => ({
  executeSql: async (text: string, values: unknown[] = []) => {
    const { rows } = await transaction.executeQuery(CompiledQuery.raw(preparedText(text), values))
    return { rows }
  },
})

function open(
  connection: pg.PoolConfig,
  { listen, superviseSeconds }: { listen: boolean; superviseSeconds: number },
) {
  const { host, port, user, database, password, ssl, connectionString } = connection
  const given = { host, port, user, database, password, ssl, connectionString }
  return new PgBoss({
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    schema,
    application_name: 'rekey jobs',
    // A pool of its own, so that requests that hold connections can't keep jobs from being settled.
    max: 3,
    schedule: false,
    useListenNotify: listen,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    maintenanceIntervalSeconds: 300,
  })
}

const codeOf = (error: unknown): string => {
  if (isFault(error)) return error.code
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}
