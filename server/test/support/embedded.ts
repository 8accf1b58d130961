import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Embedded, openEmbedded } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { systemOutside } from '../../src/kernel/outside.ts'

/** How a test reaches the run's PostgreSQL; plain values, because they travel to the test workers. */
export interface TestCluster {
  host: string
  port: number
  user: string
  database: string
}

export interface RunningCluster {
  cluster: TestCluster
  stop(): Promise<void>
}

/**
 * The PostgreSQL that Rekey ships, started by the supervisor that Rekey ships, once for a test run. Unlike the
 * product it does without flushing (nobody pulls the plug in the middle of a run) and takes more connections.
 */
export async function startTestCluster(): Promise<RunningCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-test-'))
  const embedded = await openEmbedded({
    folder,
    outside: systemOutside,
    log: (level, message) => {
      if (level === 'error') console.error(message)
    },
    onDeath: (fault) => console.error(fault),
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' },
  })
  await allowCreatingDatabases(embedded)
  const { host = '', port = 0, user = '', database = '' } = embedded.connection
  return {
    cluster: { host, port, user, database },
    stop: async () => {
      await embedded.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function allowCreatingDatabases({ connection }: Embedded): Promise<void> {
  const administrator = new pg.Client({ ...connection, user: 'postgres', database: 'postgres' })
  await administrator.connect()
  await administrator.query('alter role rekey createdb')
  await administrator.end()
}
