import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { type Migration, migrate } from '../../src/adapters/stores/migrate.ts'
import type { TestCluster } from './embedded.ts'
import { testMigrations } from './migrations.ts'

export interface TestDatabase<Tables> {
  kysely: Kysely<Tables>
  pool: pg.Pool
  /** For tests that open connections of their own. */
  config: pg.PoolConfig
  /** For child processes. */
  url: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A database of its own on a real PostgreSQL, migrated and empty; dropped at the end of the block:
 * `await using database = await aDatabase()`. Copied from a template that is migrated once a run, so it costs a
 * few hundredths of a second. Use it in the projects `contract`, `integration` and `e2e`.
 */
export async function aDatabase<Tables = unknown>(
  migrations: readonly Migration[] = testMigrations,
): Promise<TestDatabase<Tables>> {
  const cluster = inject('cluster')
  const template = await ensureTemplate(cluster, migrations)
  const name = `test_${randomBytes(8).toString('hex')}`
  await asMaintainer(cluster, (client) => client.query(`create database ${name} template ${template}`))
  const config: pg.PoolConfig = { ...cluster, database: name, ssl: false }
  const { kysely, pool, close } = openDatabase<Tables>({ connection: config, connectionsMax: 10 })
  return {
    kysely,
    pool,
    config,
    url: `postgresql://${cluster.user}@localhost:${cluster.port}/${name}?host=${encodeURIComponent(cluster.host)}`,
    [Symbol.asyncDispose]: async () => {
      await close()
      await asMaintainer(cluster, (client) => drop(client, name))
    },
  }
}

/** A worker of autovacuum may be at it, which is not ours to end (42501): it is gone in a moment. */
async function drop(client: pg.Client, name: string, triesLeft = 100): Promise<void> {
  try {
    await client.query(`drop database ${name} with (force)`)
  } catch (error) {
    const isWorker = error instanceof Error && 'code' in error && error.code === '42501'
    if (!isWorker || triesLeft === 0) throw error
    await sleep(50)
    await drop(client, name, triesLeft - 1)
  }
}

/** Named after what the migrations are, so that test files with lists of their own do not get each other's. */
async function ensureTemplate(cluster: TestCluster, migrations: readonly Migration[]): Promise<string> {
  const digest = createHash('sha256')
  for (const { name, up } of migrations) digest.update(`${name}\n${up.toString()}\n`)
  const template = `template_${digest.digest('hex').slice(0, 16)}`
  await asMaintainer(cluster, async (client) => {
    // Test files run in several processes; the session's lock makes one of them build the template.
    await client.query('select pg_advisory_lock(1)')
    const found = await client.query('select 1 from pg_database where datname = $1', [template])
    if (found.rowCount === 0) await buildTemplate(cluster, client, template, migrations)
  })
  return template
}

/** Built under another name: a migration that fails must not leave a template that looks finished. */
async function buildTemplate(
  cluster: TestCluster,
  maintainer: pg.Client,
  template: string,
  migrations: readonly Migration[],
): Promise<void> {
  const draft = `${template}_draft`
  await maintainer.query(`drop database if exists ${draft} with (force)`)
  await maintainer.query(`create database ${draft}`)
  const { kysely, close } = openDatabase({ connection: { ...cluster, database: draft, ssl: false } })
  try {
    await migrate(kysely, migrations)
  } finally {
    await close()
  }
  await maintainer.query(`alter database ${draft} rename to ${template}`)
}

async function asMaintainer<Result>(
  cluster: TestCluster,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...cluster, ssl: false })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
