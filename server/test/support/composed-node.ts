import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/load.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { freePorts } from './free-ports.ts'
import type { MailServer } from './smtp.ts'

export interface ComposedNode extends AsyncDisposable {
  url: string
  consoleUrl: string
  /** By which commands find its configuration. */
  env: Readonly<Record<string, string>>
  log(): string
}

/**
 * The whole service in this process, as one of several nodes on one database with the local directory `people`. Nodes of
 * one folder have the same keys, and each has a clock of its own.
 */
export async function aComposedNode(options: {
  folder: string
  database: string
  mail: Pick<MailServer, 'host' | 'port'>
  /** How far the node's clock is ahead. */
  aheadMs?: number
  /** In place of keys that are drawn for the folder. */
  keys?: object
  /** What the tenant says besides. */
  tenant?: object
}): Promise<ComposedNode> {
  const { folder, database, mail, aheadMs = 0, keys = await keysIn(folder), tenant = {} } = options
  const name = randomBytes(4).toString('hex')
  const [portal = 0, console = 0] = await freePorts(2)
  await mkdir(join(folder, name))
  const file = join(folder, `${name}.yaml`)
  await writeFile(file, stringify(configuration({ folder, name, portal, console, mail, keys, tenant })), {
    mode: 0o600,
  })
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const outside = { ...systemOutside, now: () => new Date(systemOutside.now().getTime() + aheadMs) }
  const env = { REKEY_CONFIG: file, NODE_DATABASE: database }
  const loaded = loadConfig(env)
  const app = await compose(loaded, outside, pino({ level: 'info' }, sink))
  return {
    url: `http://127.0.0.1:${portal}`,
    consoleUrl: `http://127.0.0.1:${console}`,
    env,
    log: () => lines.join(''),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

const ringNames = ['token', 'data', 'audit'] as const

async function keysIn(folder: string): Promise<object> {
  for (const ring of ringNames) {
    const file = join(folder, ring)
    if (!existsSync(file)) await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  }
  return Object.fromEntries(ringNames.map((ring) => [ring, { current: { file: join(folder, ring) } }]))
}

interface Place {
  folder: string
  name: string
  portal: number
  console: number
  mail: Pick<MailServer, 'host' | 'port'>
  keys: object
  tenant: object
}

const configuration = ({ folder, name, portal, console, mail, keys, tenant }: Place) => ({
  tenants: [
    {
      id: 'northwind',
      name: 'Northwind',
      publicUrl: 'http://localhost',
      languages: ['en'],
      directories: [{ name: 'people', kind: 'local' }],
      limits: { requestsPerNetworkPerMinute: 100_000 },
      ...tenant,
    },
  ],
  keys,
  mail: {
    from: { name: 'Northwind account recovery', address: 'recovery@northwind.test' },
    providers: [{ name: 'relay', kind: 'smtp', host: mail.host, port: mail.port, tls: 'none' }],
  },
  audit: { origin: 'northwind.test/rekey', witnesses: [{ kind: 'file', folder: join(folder, 'witness') }] },
  listen: { portal: { port: portal }, console: { port: console } },
  data: join(folder, name),
  database: { url: { env: 'NODE_DATABASE' } },
})
