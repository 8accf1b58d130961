import { setTimeout as delay } from 'node:timers/promises'
import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { isFault } from '../kernel/fault.ts'
import { type Tracing, traced } from '../kernel/tracing.ts'
import { NotYetDelivered } from './not-yet-delivered.ts'
import type { QueueDefinition } from './registry.ts'
import type { JobHandler, JobsLog } from './runner.ts'
import { type Batch, makeSpares } from './spares.ts'
import { carried } from './trace-jobs.ts'

export interface Workers {
  stop(patienceSeconds: number): Promise<void>
}

interface WorkersOptions {
  boss: PgBoss
  handlers: ReadonlyMap<string, JobHandler<never>>
  queues: Readonly<Record<string, QueueDefinition>>
  log: JobsLog
  tracing: Tracing
}

/** Of each queue one worker looks often for jobs whose time has come, because NOTIFY tells of new ones only. */
const lookout = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 }
const others = { pollingIntervalSeconds: 5, notifyPollingIntervalSeconds: 60 }

/**
 * Each worker takes a job, or as many as the queue's definition says, and settles each of them by itself: a job that
 * fails takes no neighbour with it. With several workers a slow one holds up nobody.
 */
export async function startWorkers({
  boss,
  handlers,
  queues,
  log,
  tracing,
}: WorkersOptions): Promise<Workers> {
  const allSpares: ReturnType<typeof makeSpares>[] = []
  for (const [queue, handler] of handlers) {
    const definition = queues[queue]
    if (definition === undefined) throw new Error(`no queue is called ${queue}`)
    const { taken = 1, concurrency } = definition
    const workers = Math.min(concurrency, workersMax)
    const ids: string[] = []
    const wake = (index: number) => {
      const id = ids[index]
      if (id !== undefined) boss.notifyWorker(id)
    }
    const hire = (polling: typeof lookout, place: { next(): void; again(): void }): Promise<string> =>
      boss.work<object, unknown, Options>(
        queue,
        { ...polling, includeMetadata: true, batchSize: taken },
        async (jobs) => {
          // Where one job is there may be more: the next worker looks as well, and this one looks again
          // afterwards. Left alone, pg-boss would sleep until the next poll after every single job.
          place.next()
          const batch = spares.watch()
          try {
            const failed = await runJobs({
              ...{ jobs, handler, log, tracing, batch },
              concurrency: Math.ceil(concurrency / workers),
            })
            // Those that are not told of here are completed together when this returns.
            for (const { job, error } of failed) await boss.fail(queue, job, error)
          } finally {
            batch.ended()
            place.again()
          }
        },
      )
    const nobody = () => undefined
    const spares = makeSpares({
      hire: () => hire(others, { next: nobody, again: nobody }),
      dismiss: (id) => boss.offWork(queue, { id, wait: false }),
    })
    allSpares.push(spares)
    for (let index = 0; index < workers; index += 1) {
      const place = { next: () => wake(index + 1), again: () => wake(index) }
      ids.push(await hire(index === 0 ? lookout : others, place))
    }
  }
  return {
    stop: async (patienceSeconds) => {
      for (const spares of allSpares) await spares.stop()
      const idle = Promise.all([...handlers.keys()].map((queue) => boss.offWork(queue, { wait: true })))
      const patience = new AbortController()
      const late = delay(patienceSeconds * 1000, undefined, { signal: patience.signal }).catch(
        () => undefined,
      )
      await Promise.race([idle, late])
      patience.abort()
    },
  }
}

/** As many as take turns in fetching and running; more would only look for the same jobs. */
const workersMax = 4

interface Options {
  includeMetadata: true
  batchSize: number
}

/** Runs jobs that were taken together, some at a time and of each tenant in turn. Returns those that failed. */
async function runJobs({
  jobs,
  concurrency,
  tracing,
  batch,
  ...run
}: Pick<Run, 'handler' | 'log'> & {
  jobs: readonly JobWithMetadata[]
  tracing: Tracing
  batch: Batch
  concurrency: number
}): Promise<Failed[]> {
  const waiting = byTurns(jobs)
  const failed: Failed[] = []
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        await runTraced(tracing, { ...run, job })
      } catch (error) {
        if (!(error instanceof JobFailed)) throw error
        failed.push({ job, error })
      }
      batch.progressed()
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, work))
  return failed
}

/** The first job of every tenant, then the second of every tenant: many that are held up leave one for another. */
function byTurns(jobs: readonly JobWithMetadata[]): JobWithMetadata[] {
  const ofTenant = Map.groupBy(jobs, tenantOf)
  const turns = [...ofTenant.values()].flatMap((own) => own.map((job, turn) => ({ job, turn })))
  return turns.toSorted((one, other) => one.turn - other.turn).map(({ job }) => job)
}

const tenantOf = ({ data }: JobWithMetadata): unknown => {
  const { payload } = carried(data)
  return 'tenant' in payload ? payload.tenant : null
}

interface Failed {
  job: JobWithMetadata
  error: JobFailed
}

interface Run {
  job: JobWithMetadata
  payload: object
  handler: JobHandler<never>
  log: JobsLog
}

function runTraced(tracing: Tracing, { job, ...run }: Omit<Run, 'payload'>): Promise<void> {
  const { place, payload } = carried(job.data)
  const facts = { 'messaging.destination.name': job.name, 'rekey.attempt': job.retryCount + 1 }
  const span = tracing.beginBelow(place, { name: `job ${job.name}`, kind: 'consumer', facts })
  return traced(span, () => runJob({ ...run, job, payload }))
}

async function runJob({ job, payload, handler, log }: Run): Promise<void> {
  const lastAttempt = job.retryCount >= job.retryLimit
  try {
    await handler(payload as never, { signal: job.signal, attempt: job.retryCount + 1, lastAttempt })
  } catch (error) {
    const { code, detail } = problemOf(error)
    const because = detail === null ? {} : { because: detail }
    const facts = { queue: job.name, job: job.id, attempt: job.retryCount + 1, code, ...because }
    if (lastAttempt) log('error', 'job given up', facts)
    else log('warn', 'job failed and will be tried again', facts)
    // pg-boss keeps what it is given in the job's row, with all its properties and causes. An error may quote
    // an address or a server's answer, so the row gets the code and nothing else.
    throw new JobFailed(code)
  }
}

/** What broke, as it may be logged. Details are made for that; the message of any other error may quote anything. */
function problemOf(error: unknown): { code: string; detail: string | null } {
  const known = isFault(error) || error instanceof NotYetDelivered
  return known ? { code: error.code, detail: error.detail } : { code: 'unexpected', detail: null }
}

class JobFailed extends Error {
  constructor(code: string) {
    super(code)
    this.name = 'JobFailed'
    delete (this as { stack?: string }).stack
  }
}
