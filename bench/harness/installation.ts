import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '../../server/src/adapters/stores/embedded/open-embedded.ts'
import { systemOutside } from '../../server/src/kernel/outside.ts'
import { type Rekey, type RekeyOptions, startRekey } from '../../server/test/support/rekey-process.ts'
import { otherCore, pin, serverCore } from './pinned.ts'

export interface Installation extends AsyncDisposable {
  rekey: Rekey
  port: number
  /** The postmaster. */
  postgres: number
  connection: pg.PoolConfig
  client: pg.Client
}

/**
 * Rekey on one core, and on the other PostgreSQL with the settings it ships with (every commit is flushed). The
 * embedded directory and nobody in it; limits of networks out of the way; the log says warnings only.
 */
export async function anInstallation(options: Pick<RekeyOptions, 'smtp'> = {}): Promise<Installation> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const embedded = await openEmbedded({ folder, outside: systemOutside, log: () => {} })
  stack.defer(() => embedded.stop())
  pin(embedded.processId, otherCore)
  const { host = '', user = '', database = '' } = embedded.connection
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`
  const rekey = stack.use(
    await startRekey({
      ...options,
      config: {
        listen: { portal: { trustedProxies: ['127.0.0.1', '::1'] } },
        log: { level: 'warn' },
        database: { url: { env: 'BENCH_DATABASE_URL' } },
        tenants: [
          {
            id: 'northwind',
            name: 'Northwind',
            languages: ['en', 'de'],
            directories: [{ name: 'people', kind: 'local' }],
            limits: { requestsPerNetworkPerMinute: 100_000 },
          },
        ],
      },
      env: { BENCH_DATABASE_URL: url },
    }),
  )
  pin(rekey.pid, serverCore)
  const client = new pg.Client(embedded.connection)
  await client.connect()
  stack.defer(() => client.end())
  return {
    rekey,
    port: Number(new URL(rekey.portalUrl).port),
    postgres: embedded.processId,
    connection: embedded.connection,
    client,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export interface Bare extends AsyncDisposable {
  port: number
  pid: number
}

/** A bare server of `bench/harness`, on the core that Rekey has. It prints its port when it is ready. */
export async function startBare(script: string, ...words: readonly string[]): Promise<Bare> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, script), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (child.stdout === null || child.pid === undefined) throw new Error(`${script} did not start`)
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  pin(child.pid, serverCore)
  return {
    port: Number(port.toString()),
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
