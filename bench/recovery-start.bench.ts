import { setTimeout as sleep } from 'node:timers/promises'
import { anInstallation, type Installation, startBare } from './harness/installation.ts'
import { type Loaded, load } from './harness/load.ts'
import { cpuSeconds } from './harness/pinned.ts'
import { median, print } from './harness/rows.ts'

/**
 * Starts of recovery per second: Rekey on one core, PostgreSQL and the load on the other, every commit flushed.
 * Beside it, on the same cores and the same PostgreSQL, bare Fastify that does one INSERT.
 *
 * A start is answered when its rows are on the disk; who is meant is found out by a job afterwards. Jobs run in the
 * same process while the starts come in. What they have not done by the end of a round is done before the next one
 * begins, and its speed is printed as well: an installation can't take more starts for long than it resolves.
 */
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const path = '/v1/recoveries'
const bodies = Array.from({ length: 1_000 }, (_, index) =>
  JSON.stringify({ identifier: `stranger-${index}@example.test` }),
)

await using installation = await anInstallation()
await using bare = await startBare('bare-fastify.ts', JSON.stringify(installation.connection))

const ours: Measured[] = []
const theirs: Measured[] = []
const resolved: Drained[] = []
await load({ port: installation.port, path, bodies, seconds: 2 }, 202)
await load({ port: bare.port, path, bodies, seconds: 2 }, 202)
await drain(installation)
for (let round = 0; round < rounds; round += 1) {
  theirs.push(await measured(bare.pid, bare.port))
  ours.push(await measured(installation.rekey.pid, installation.port))
  resolved.push(await drain(installation))
}

const rate = ({ loaded }: Measured) => loaded.perSecond
print({
  what: 'starts of recovery per second',
  values: ours.map(rate),
  unit: '/s',
  beside: { what: 'bare Fastify with one INSERT', values: theirs.map(rate) },
  aim: { ratio: 0.4 },
})
const latency = ({ loaded }: Measured) => loaded.p99
print({
  what: 'a start takes, 99th percentile, 64 at once',
  values: ours.map(latency),
  unit: 'ms',
  note: `bare: ${median(theirs.map(latency)).toFixed(1)} ms`,
})
print({
  what: 'jobs resolved per second, nothing else to do',
  values: resolved.map(({ perSecond }) => perSecond),
  unit: '/s',
})
print({
  what: 'processor time of the server for a job',
  values: resolved.map(({ server }) => server),
  unit: 'µs',
  note: `PostgreSQL: ${median(resolved.map(({ postgres }) => postgres)).toFixed(0)} µs`,
})
print({
  what: 'processor time of the server for a start and its share of jobs',
  values: ours.map(({ server }) => server),
  unit: 'µs',
  note: `bare: ${median(theirs.map(({ server }) => server)).toFixed(0)} µs`,
})
print({
  what: 'processor time of PostgreSQL for the same',
  values: ours.map(({ postgres }) => postgres),
  unit: 'µs',
  note: `bare: ${median(theirs.map(({ postgres }) => postgres)).toFixed(0)} µs`,
})
print({
  what: 'the load itself took of its core',
  values: ours.map(({ loaded }) => loaded.generatorShare * 100),
  unit: '%',
  note: `bare: ${median(theirs.map(({ loaded }) => loaded.generatorShare * 100)).toFixed(0)} %`,
})

interface Measured {
  loaded: Loaded
  /** Microseconds a request. */
  server: number
  postgres: number
}

async function measured(pid: number, port: number): Promise<Measured> {
  const before = [cpuSeconds(pid), cpuSeconds(installation.postgres)] as const
  const loaded = await load({ port, path, bodies, seconds }, 202)
  const each = (now: number, then: number) => ((now - then) * 1e6) / loaded.answered
  return {
    loaded,
    server: each(cpuSeconds(pid), before[0]),
    postgres: each(cpuSeconds(installation.postgres), before[1]),
  }
}

interface Drained {
  perSecond: number
  /** Microseconds a job. */
  server: number
  postgres: number
}

/** Waits until every job is done. */
async function drain({ client, rekey, postgres }: Installation): Promise<Drained> {
  const left = async () => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from jobs.job where state < 'completed'`,
    )
    return rows[0]?.count ?? 0
  }
  const before = [cpuSeconds(rekey.pid), cpuSeconds(postgres)] as const
  const began = performance.now()
  const waiting = await left()
  while ((await left()) > 0) await sleep(250)
  const each = (now: number, then: number) => ((now - then) * 1e6) / waiting
  return {
    perSecond: waiting / ((performance.now() - began) / 1_000),
    server: each(cpuSeconds(rekey.pid), before[0]),
    postgres: each(cpuSeconds(postgres), before[1]),
  }
}
