/**
 * A worker in a process of its own, for tests that kill it. Argument: JSON with the connection, the queue's
 * definition and what to do. Each run of a job is written to the table `runs`; `hang` never finishes one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { QueueDefinition } from '../../src/jobs/registry.ts'
import { makeJobs } from '../../src/jobs/runner.ts'
import { systemOutside } from '../../src/kernel/outside.ts'

export interface WorkerArguments {
  connection: pg.PoolConfig
  definition: QueueDefinition
  does: 'finish' | 'hang'
  alone: boolean
}

export interface TestPayloads {
  count: { number: number }
}

const { connection, definition, does, alone } = JSON.parse(process.argv[2] ?? '') as WorkerArguments
const pool = new pg.Pool({ ...connection, max: 2 })
const jobs = makeJobs<TestPayloads>({
  connection,
  outside: systemOutside,
  queues: { count: definition },
  alone,
  superviseSeconds: 1,
  log: () => {},
})
jobs.work('count', async ({ number }, { attempt }) => {
  await pool.query('insert into runs (number, process, attempt) values ($1, $2, $3)', [
    number,
    process.pid,
    attempt,
  ])
  if (does === 'hang') await new Promise(() => {})
  await delay(5)
})
await jobs.start()
console.log('ready')
