import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Kysely, sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { NotYetDelivered } from '../../src/jobs/not-yet-delivered.ts'
import { type QueueDefinition, queues } from '../../src/jobs/registry.ts'
import { type Jobs, type JobsOptions, makeJobs, makeProductJobs } from '../../src/jobs/runner.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import type { TestPayloads, WorkerArguments } from '../support/jobs-worker.ts'

const runs = {
  name: 'runs',
  up: async (database: Kysely<unknown>) => {
    await sql`create table runs (number int, process int, attempt int, at timestamptz default now())`.execute(
      database,
    )
  },
}

const quick: QueueDefinition = {
  retries: 2,
  retrySecondsFirst: 1,
  retrySecondsMax: 1,
  runSecondsMax: 60,
  keptSeconds: 3600,
  concurrency: 3,
}

function aRunner(database: TestDatabase<unknown>, options: Partial<JobsOptions<TestPayloads>> = {}) {
  const jobs = makeJobs<TestPayloads>({
    connection: database.config,
    outside: systemOutside,
    log: () => {},
    queues: { count: quick },
    superviseSeconds: 1,
    ...options,
  })
  return Object.assign(jobs, { [Symbol.asyncDispose]: () => jobs.stop({ patienceSeconds: 1 }) })
}

const enqueueNumbers = (
  database: TestDatabase<unknown>,
  jobs: Jobs<TestPayloads>,
  numbers: readonly number[],
) =>
  database.kysely.transaction().execute(async (transaction) => {
    for (const number of numbers) await jobs.enqueue(transaction, { queue: 'count', payload: { number } })
  })

async function aWorkerProcess(database: TestDatabase<unknown>, options: Partial<WorkerArguments> = {}) {
  const given = { connection: database.config, definition: quick, does: 'finish', alone: false, ...options }
  const script = fileURLToPath(new URL('../support/jobs-worker.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return { pid: child.pid, kill, [Symbol.asyncDispose]: kill }
}

async function runsIn(database: TestDatabase<unknown>) {
  const { rows } = await sql<{ number: number; process: number; attempt: number }>`
    select number, process, attempt from runs order by number, attempt`.execute(database.kysely)
  return rows
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const soon = { timeout: 20_000, interval: 20 }

describe('jobs', () => {
  it('exist if and only if the transaction that ordered them commits', async () => {
    await using database = await aDatabase([])
    await using jobs = aRunner(database)
    const done: number[] = []
    jobs.work('count', async ({ number }) => void done.push(number))
    await jobs.start()

    const abandoned = database.kysely.transaction().execute(async (transaction) => {
      await jobs.enqueue(transaction, { queue: 'count', payload: { number: 1 } })
      throw new Error('changed my mind')
    })
    await expect(abandoned).rejects.toThrow('changed my mind')
    await enqueueNumbers(database, jobs, [2])
    await vi.waitFor(() => expect(done).toContain(2), soon)

    expect(done).toEqual([2])
    expect(await jobs.depth()).toMatchObject([{ queue: 'count', ready: 0, active: 0, failed: 0 }])
  })

  it('are taken by priority, whenever they were ordered', async () => {
    await using database = await aDatabase([])
    await using ordering = aRunner(database)
    await ordering.start()
    await database.kysely.transaction().execute(async (transaction) => {
      for (const [number, priority] of [0, -1, 0, -1].entries())
        await ordering.enqueue(transaction, { queue: 'count', payload: { number }, priority })
    })
    await using jobs = aRunner(database, { queues: { count: { ...quick, concurrency: 1 } } })
    const done: number[] = []
    jobs.work('count', async ({ number }) => void done.push(number))
    await jobs.start()
    await vi.waitFor(() => expect(done).toHaveLength(4), soon)

    expect([done.slice(0, 2).toSorted(), done.slice(2).toSorted()]).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  it('fail alone: neighbours of a failing job run once', async () => {
    await using database = await aDatabase([])
    await using jobs = aRunner(database)
    const attempts: string[] = []
    jobs.work('count', async ({ number }, { attempt }) => {
      attempts.push(`${number}/${attempt}`)
      if (number === 3 && attempt === 1) throw new Fault('mail-unreachable')
    })
    await jobs.start()

    await enqueueNumbers(database, jobs, upTo(8))
    await vi.waitFor(() => expect(attempts).toHaveLength(9), soon)

    expect(attempts.toSorted()).toEqual(['0/1', '1/1', '2/1', '3/1', '3/2', '4/1', '5/1', '6/1', '7/1'])
  })

  it('are given up after the last try, and the row keeps the fault but nothing an error quoted', async () => {
    await using database = await aDatabase([])
    const said: string[] = []
    await using jobs = aRunner(database, {
      queues: { count: { ...quick, retries: 1 } },
      log: (level, message, facts) => void said.push(`${level} ${message} ${JSON.stringify(facts)}`),
    })
    const seen: boolean[] = []
    jobs.work('count', async (_payload, { lastAttempt }) => {
      seen.push(lastAttempt)
      throw new Fault('mail-refused', {
        detail: 'mx.example.test:25: mailbox refused',
        cause: new Error('550 ada@example.test'),
      })
    })
    await jobs.start()

    await enqueueNumbers(database, jobs, [1])
    await vi.waitFor(async () => expect(await jobs.depth()).toMatchObject([{ failed: 1 }]), soon)

    const { rows } = await sql<{ row: string }>`select to_jsonb(job)::text as row from jobs.job`.execute(
      database.kysely,
    )
    expect(seen).toEqual([false, true])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.row).toContain('mail-refused')
    expect(rows[0]?.row).not.toContain('mx.example.test')
    expect([...said, rows[0]?.row].join('\n')).not.toContain('ada@example.test')
    expect(said.at(-1)).toMatch(/^error job given up .*mail-refused.*mx\.example\.test:25: mailbox refused/)
  })

  it('that no mail server takes yet say which one it was and why', async () => {
    await using database = await aDatabase([])
    const said: unknown[] = []
    await using jobs = aRunner(database, {
      log: (level, message, facts) => void said.push({ level, message, facts }),
    })
    jobs.work('count', async () => {
      throw new NotYetDelivered({
        because: 'unreachable',
        tried: [
          { provider: 'relay', because: 'unreachable', detail: 'mx.example.test:25: connection refused' },
        ],
      })
    })
    await jobs.start()

    await enqueueNumbers(database, jobs, [1])
    await vi.waitFor(() => expect(said).not.toEqual([]), soon)

    expect(said[0]).toMatchObject({
      level: 'warn',
      facts: {
        code: 'mail-unreachable',
        because: 'mail provider "relay": unreachable: mx.example.test:25: connection refused',
      },
    })
  })

  it('that were put off are due when they are hastened, and those that are due stay free to be taken', async () => {
    await using database = await aDatabase([])
    // It has no workers, so that nothing else changes a row.
    await using jobs = aRunner(database)
    await jobs.start()
    await enqueueNumbers(database, jobs, [0, 1, 2])
    await sql`update jobs.job set state = 'retry', start_after = now()
      + case when data->>'number' = '0' then -1 else 1 end * interval '1 hour'`.execute(database.kysely)
    const seen = async () => {
      const { rows } = await sql<{ due: boolean; locks: string }>`select start_after <= now() as due,
        xmax::text as locks from jobs.job order by data->>'number'`.execute(database.kysely)
      return rows
    }

    await jobs.hasten('count', { atMost: 1 })
    expect((await seen()).filter(({ due }) => due)).toHaveLength(2)
    await jobs.hasten('count')

    expect((await seen()).map(({ due }) => due)).toEqual([true, true, true])
    // Whoever takes jobs passes over rows that are locked.
    expect((await seen())[0]?.locks).toBe('0')
  })

  describe('of a tenant whose jobs are held up', () => {
    interface Look {
      tenant: string
    }
    const look: QueueDefinition = { ...quick, concurrency: 8, taken: 8 }

    async function aHeldUpQueue() {
      const database = await aDatabase([])
      const free = Promise.withResolvers<undefined>()
      const jobs = makeJobs<{ look: Look }>({
        ...{ connection: database.config, outside: systemOutside, log: () => {} },
        ...{ queues: { look }, superviseSeconds: 1 },
      })
      const begun: Look[] = []
      const done: string[] = []
      jobs.work('look', async (payload) => {
        begun.push(payload)
        if (payload.tenant === 'slow') await free.promise
        done.push(payload.tenant)
      })
      const order = (...tenants: string[]) =>
        database.kysely.transaction().execute((transaction) =>
          jobs.enqueue(
            transaction,
            // Taken in this order.
            ...tenants.map((tenant, at) => ({ queue: 'look' as const, payload: { tenant }, priority: -at })),
          ),
        )
      return {
        ...{ jobs, begun, done, order },
        async [Symbol.asyncDispose]() {
          free.resolve(undefined)
          await jobs.stop({ patienceSeconds: 5 })
          await database[Symbol.asyncDispose]()
        },
      }
    }

    it('keep no worker from the others’', async () => {
      await using world = await aHeldUpQueue()
      await world.jobs.start()
      for (const count of [1, 2, 3, 4, 5]) {
        await world.order('slow')
        await vi.waitFor(() => expect(world.begun).toHaveLength(count), soon)
      }

      await world.order('quick')

      await vi.waitFor(() => expect(world.done).toEqual(['quick']), soon)
    })

    it('go by turns with the others’ where they were taken together', async () => {
      await using world = await aHeldUpQueue()
      await world.jobs.start()

      await world.order(...Array.from({ length: 7 }, () => 'slow'), 'quick')

      await vi.waitFor(() => expect(world.done).toEqual(['quick']), soon)
    })
  })

  it('with one key wait once, however often they are ordered', async () => {
    await using database = await aDatabase([])
    await using jobs = aRunner(database)
    await using enqueuer = aRunner(database)
    await enqueuer.start()
    const done: number[] = []
    jobs.work('count', async ({ number }) => void done.push(number))

    await database.kysely.transaction().execute(async (transaction) => {
      for (const number of [1, 2, 3]) {
        await enqueuer.enqueue(transaction, { queue: 'count', key: 'same', payload: { number } })
      }
      await enqueuer.enqueue(transaction, { queue: 'count', payload: { number: 4 } })
    })
    await jobs.start()
    await vi.waitFor(() => expect(done).toContain(4), soon)
    await enqueuer.enqueue(database.kysely, { queue: 'count', key: 'same', payload: { number: 5 } })
    await vi.waitFor(() => expect(done).toContain(5), soon)

    expect(done.toSorted()).toEqual([1, 4, 5])
  })

  it('start later when they are put off', async () => {
    await using database = await aDatabase([])
    await using jobs = aRunner(database)
    const done: number[] = []
    jobs.work('count', async ({ number }) => void done.push(number))
    await jobs.start()

    await jobs.enqueue(database.kysely, { queue: 'count', payload: { number: 1 }, startAfterSeconds: 2 })
    await enqueueNumbers(database, jobs, [2])
    await vi.waitFor(() => expect(done).toContain(2), soon)
    const before = await jobs.depth()
    await vi.waitFor(() => expect(done).toEqual([2, 1]), soon)

    expect(before).toMatchObject([{ delayed: 1, ready: 0 }])
  })

  it('are each done once by two processes on one database', async () => {
    await using database = await aDatabase([runs])
    // Both start on a database that has no tables for jobs yet.
    const workers = await Promise.all([aWorkerProcess(database), aWorkerProcess(database)])
    await using one = workers[0]
    await using other = workers[1]
    await using jobs = aRunner(database)
    await jobs.start()

    await enqueueNumbers(database, jobs, upTo(300))
    await vi.waitFor(async () => expect(await runsIn(database)).toHaveLength(300), soon)
    await vi.waitFor(async () => expect(await jobs.depth()).toMatchObject([{ ready: 0, active: 0 }]), soon)

    const ran = await runsIn(database)
    expect(ran.map(({ number }) => number)).toEqual(upTo(300))
    expect(new Set(ran.map(({ process }) => process))).toEqual(new Set([one.pid, other.pid]))
  })

  it('survive kill -9 of the process that was doing them', async () => {
    await using database = await aDatabase([runs])
    const definition = { ...quick, runSecondsMax: 2 }
    await using doomed = await aWorkerProcess(database, { definition, does: 'hang' })
    await using jobs = aRunner(database, { queues: { count: definition } })
    await jobs.start()
    await enqueueNumbers(database, jobs, [7])
    await vi.waitFor(async () => expect(await runsIn(database)).toHaveLength(1), soon)

    await doomed.kill()
    await using heir = await aWorkerProcess(database, { definition })
    await vi.waitFor(async () => expect(await runsIn(database)).toHaveLength(2), soon)

    expect(await runsIn(database)).toEqual([
      { number: 7, attempt: 1, process: doomed.pid },
      { number: 7, attempt: 2, process: heir.pid },
    ])
  })

  it('of a killed predecessor are taken up at the start by a process that is alone on its database', async () => {
    await using database = await aDatabase([runs])
    const definition = { ...quick, runSecondsMax: 900 }
    await using doomed = await aWorkerProcess(database, { definition, does: 'hang' })
    await using jobs = aRunner(database, { queues: { count: definition }, superviseSeconds: 600 })
    await jobs.start()
    await enqueueNumbers(database, jobs, [7])
    await vi.waitFor(async () => expect(await runsIn(database)).toHaveLength(1), soon)
    await doomed.kill()

    await using heir = await aWorkerProcess(database, { definition, alone: true })
    // Less than the ten seconds after which a missed heartbeat would free the job anyway.
    await vi.waitFor(async () => expect(await runsIn(database)).toHaveLength(2), {
      timeout: 5_000,
      interval: 20,
    })

    expect((await runsIn(database)).map(({ process }) => process)).toEqual([doomed.pid, heir.pid])
  })

  it('that run when a worker is stopped are finished first', async () => {
    await using database = await aDatabase([])
    await using jobs = aRunner(database)
    const events: string[] = []
    let finish = () => {}
    const gate = new Promise<void>((resolve) => {
      finish = resolve
    })
    jobs.work('count', async () => {
      events.push('started')
      await gate
      events.push('finished')
    })
    await jobs.start()
    await enqueueNumbers(database, jobs, [1])
    await vi.waitFor(() => expect(events).toEqual(['started']), soon)

    const stopped = jobs.stop().then(() => events.push('stopped'))
    // Time enough for a stop that does not wait.
    await delay(500)
    finish()
    await stopped

    expect(events).toEqual(['started', 'finished', 'stopped'])
    const { rows } = await sql<{ state: string }>`select state::text from jobs.job`.execute(database.kysely)
    expect(rows).toEqual([{ state: 'completed' }])
  })

  it('of every queue of the product can be ordered and done', async () => {
    await using database = await aDatabase([])
    const jobs = makeProductJobs({ connection: database.config, outside: systemOutside, log: () => {} })
    const done: unknown[] = []
    jobs.work('resolve-recovery', async (payload) => void done.push(payload))
    jobs.work('deliver-message', async (payload) => void done.push(payload))
    await jobs.start()

    await jobs.enqueue(database.kysely, {
      queue: 'resolve-recovery',
      payload: { tenant: 'a', flow: 'f', ask: 1 },
    })
    await jobs.enqueue(database.kysely, { queue: 'deliver-message', payload: { tenant: 'a', message: 'm' } })
    await vi.waitFor(() => expect(done).toHaveLength(2), soon)
    const depth = await jobs.depth()
    await jobs.stop()

    expect(done).toEqual(
      expect.arrayContaining([
        { tenant: 'a', flow: 'f', ask: 1 },
        { tenant: 'a', message: 'm' },
      ]),
    )
    expect(depth.map(({ queue }) => queue)).toEqual(Object.keys(queues))
  })
})
