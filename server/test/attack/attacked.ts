import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { type LocalAccount, makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { openDirectory } from '../../src/adapters/connectors/open.ts'
import { compose } from '../../src/compose.ts'
import { composeAuditLog } from '../../src/compose-commands.ts'
import { loadConfig } from '../../src/config/load.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { aClock, type FakeClock } from '../support/fake-outside.ts'
import { freePorts } from '../support/free-ports.ts'
import { ask, type RawAnswer, type RawRequest } from '../support/raw-http.ts'
import { startRedis } from '../support/redis-server.ts'
import { aMailServer, type MailServer, type ReceivedMail } from '../support/smtp.ts'

/** Passwords of the people before anybody attacks. */
export const oldPassword = 'violet tundra kettle 1'
export const victimAddress = 'victim.home@example.test'
export const attackerAddress = 'attacker.home@evil.test'
/** What mails must be built from, whatever a request says. */
export const publicUrl = 'https://recovery.northwind.test'

export interface Attacked extends AsyncDisposable {
  clock: FakeClock
  database: TestDatabase<unknown>
  mail: MailServer
  /** Of the public listener on a loopback port; `publicUrl` is another address on purpose. */
  url: string
  consoleUrl: string
  consoleEntry: string
  /** Folder with configuration, keys, witness. */
  folder: string
  /** What the configuration reads from the environment, and where it is. */
  env: Readonly<Record<string, string>>
  /** Everything that was logged, at trace level. */
  log(): string
  ask(path: string, asked?: RawRequest): Promise<RawAnswer>
  /** A JSON body, and the flow's secret when there is one. */
  post(path: string, body: unknown, secret?: string): Promise<RawAnswer>
  start(identifier: string): Promise<StartedFlow>
  /** Resolves when no job waits or runs: everything that was started has had its consequences. */
  settled(): Promise<void>
  /** Mails to an address, oldest first. */
  mailsTo(address: string): ReceivedMail[]
  /** Starts for somebody and waits for the mail; the link's token and the code. */
  mailed(identifier: string, address: string): Promise<MailedFlow>
  /** With the old password, unless nobody has ever set one. */
  addPerson(account: LocalAccount, how?: { isNew: boolean }): Promise<void>
  removePerson(username: string): Promise<void>
  /** Whether the directory takes the password, asked without any of the code that serves requests. */
  signsIn(username: string, password: string): Promise<boolean>
  /** How many events of a name were recorded, sealed or not. */
  audit(name: string): Promise<number>
  /** Writes the audit log as `rekey audit export` does. */
  exportLog(into: string): Promise<void>
}

export interface StartedFlow {
  id: string
  secret: string
}

export interface MailedFlow extends StartedFlow {
  token: string
  code: string
}

/** The same attacks over Redis are a part of `npm run prove`. */
const redisWanted = process.env['REKEY_REDIS'] === '1'

/** The whole service with a fake clock, that stands still unless told otherwise, on a real PostgreSQL, a real SMTP server and the local directory. */
export async function anAttackedRekey(
  over: {
    limits?: object
    tenant?: object
    /** Other tenants beside the one that is attacked; what they do not say they have as it does. */
    moreTenants?: readonly object[]
    /** More of the configuration file, such as other directories. */
    config?: object
    env?: Readonly<Record<string, string>>
    /** Peers whose X-Forwarded-For is believed. */
    trustedProxies?: readonly string[]
    /** A mail server of the test's own, and how the configuration file names it. */
    smtp?: { server: MailServer; provider: object }
    clock?: FakeClock
    /** Told of everything that is drawn by chance. */
    onDrawn?: (bytes: Uint8Array) => void
  } = {},
): Promise<Attacked> {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-attack-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const database = opening.use(await aDatabase())
  const mail = over.smtp?.server ?? opening.use(await aMailServer({ tls: 'none' }))
  const { clock = aClock() } = over
  const randomBytes = (count: number) => {
    const bytes = systemOutside.randomBytes(count)
    over.onDrawn?.(bytes)
    return bytes
  }
  const outside = { now: () => clock.now(), randomBytes }
  const [portal = 0, console = 0] = await freePorts(2)
  const provider = over.smtp?.provider ?? {
    name: 'relay',
    kind: 'smtp',
    host: '127.0.0.1',
    port: mail.port,
    tls: 'none',
  }
  const redis = redisWanted ? opening.use(await startRedis()) : null
  const shared = redis === null ? {} : { redis: { url: { env: 'ATTACKED_REDIS' } } }
  const more = { ...over, config: { ...shared, ...over.config }, provider }
  const config = await writeConfig(folder, { portal, console }, more)
  const env = {
    REKEY_CONFIG: config,
    ATTACKED_DATABASE: database.url,
    ...(redis === null ? {} : { ATTACKED_REDIS: redis.url }),
    ...over.env,
  }
  const loaded = loadConfig(env)
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const app = opening.use(await compose(loaded, outside, pino({ level: 'trace' }, sink)))
  const accounts = makeLocalAccounts(database.kysely, 'northwind', 'people', outside)
  const [entry] = loaded.config.tenants[0]?.directories ?? []
  const directory =
    entry?.kind === 'local'
      ? openDirectory(entry, {
          ...outside,
          tenant: 'northwind',
          database: database.kysely,
          warn: () => undefined,
        })
      : null
  const url = `http://127.0.0.1:${portal}`
  const running = opening.move()

  const world: Attacked = {
    clock,
    database,
    mail,
    url,
    consoleUrl: `http://127.0.0.1:${console}`,
    consoleEntry: app.consoleEntry,
    folder,
    env,
    log: () => lines.join(''),
    ask: (path, asked = {}) => ask(`${url}${path}`, asked),
    post: (path, body, secret) =>
      ask(`${url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // With one tenant nobody looks at the name.
          ...(over.moreTenants === undefined ? {} : { host: new URL(publicUrl).host }),
          ...(secret === undefined ? {} : { authorization: `Flow ${secret}` }),
        },
        body: JSON.stringify(body),
      }),
    async start(identifier) {
      const { json, status, text } = await world.post('/v1/recoveries', { identifier })
      if (status !== 202) throw new Error(`a start was answered ${status}: ${text}`)
      return json as StartedFlow
    },
    async settled() {
      for (;;) {
        const { rows } = await database.pool.query<{ open: number }>(
          `select count(*)::int as open from jobs.job where state in ('created', 'retry', 'active')
           and name in ('resolve-recovery', 'deliver-message')`,
        )
        if (rows[0]?.open === 0) return
        await sleep(15)
      }
    },
    mailsTo: (address) => mail.received.filter(({ to }) => to.includes(address)),
    async mailed(identifier, address) {
      const before = world.mailsTo(address).length
      const flow = await world.start(identifier)
      await world.settled()
      const received = world.mailsTo(address)[before]
      if (received === undefined) throw new Error(`no mail came to ${address}`)
      return { ...flow, ...secretsOf(received) }
    },
    async addPerson(account, { isNew } = { isNew: false }) {
      await accounts.upsert(isNew ? account : { password: new Secret(oldPassword), ...account })
    },
    async removePerson(username) {
      await accounts.remove(username)
    },
    async signsIn(username, password) {
      const account = (await accounts.list()).find((person) => person.username === username)
      if (account === undefined || directory === null) return false
      const verdict = await directory.verifyPassword(
        account.key,
        new Secret(password),
        AbortSignal.timeout(10_000),
      )
      return verdict.ok
    },
    async audit(name) {
      const { rows } = await database.pool.query<{ count: number }>(auditCountSql, [name])
      return rows[0]?.count ?? 0
    },
    async exportLog(into) {
      await using log = await composeAuditLog(loaded, outside, pino({ level: 'silent' }))
      await log.store.exportLog('northwind', into)
    },
    async [Symbol.asyncDispose]() {
      await directory?.close()
      await running.disposeAsync()
    },
  }
  await world.addPerson({
    username: 'victim',
    displayName: 'Vera Victim',
    mails: ['victim@example.test'],
    upn: 'vera@northwind.example',
    recoveryAddresses: [victimAddress],
  })
  await world.addPerson({
    username: 'attacker',
    displayName: 'Art Attacker',
    mails: ['attacker@example.test'],
    recoveryAddresses: [attackerAddress],
  })
  return world
}

/** Link token and code of a mail, from its text part. */
export function secretsOf({ text }: Pick<ReceivedMail, 'text'>): { token: string; code: string } {
  const token = /\/(?:recover|unlock|activate)#([\w.-]+)/.exec(text)?.[1] ?? ''
  // Eight digits in a row happen in a link as well.
  const [wayIn = ''] = text.replaceAll(/#[\w.-]+/g, '').split('/disavow')
  const code = /(?<!\d)(\d{4})[ \u00a0-]?(\d{4})(?!\d)/.exec(wayIn)
  return { token, code: `${code?.[1] ?? ''}${code?.[2] ?? ''}` }
}

const auditCountSql = `select (select count(*) from audit_event where name = $1)::int
  + (select count(*) from audit_pending where name = $1)::int as count`

async function writeConfig(
  folder: string,
  ports: { portal: number; console: number },
  {
    limits = {},
    tenant = {},
    moreTenants = [],
    config = {},
    trustedProxies = [],
    provider,
  }: {
    limits?: object
    tenant?: object
    moreTenants?: readonly object[]
    config?: object
    trustedProxies?: readonly string[]
    provider: object
  },
): Promise<string> {
  await mkdir(join(folder, 'data'))
  const names = ['token', 'data', 'audit'] as const
  for (const name of names) {
    await writeFile(join(folder, `${name}.key`), `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  }
  const attacked = {
    id: 'northwind',
    name: 'Northwind',
    publicUrl,
    languages: ['en', 'de'],
    directories: [{ name: 'people', kind: 'local' }],
    services: [{ name: 'intranet', title: 'Northwind intranet', directory: 'people' }],
    limits: {
      requestsPerNetworkPerMinute: 100_000,
      mailsPerQuarterHour: 20,
      mailsPerDay: 100,
      ...limits,
    },
    ...tenant,
  }
  const whole = {
    tenants: [attacked, ...moreTenants.map((other) => ({ ...attacked, ...other }))],
    keys: Object.fromEntries(names.map((name) => [name, { current: { file: join(folder, `${name}.key`) } }])),
    mail: {
      from: { name: 'Northwind account recovery', address: 'recovery@northwind.test' },
      returnPath: 'bounces@northwind.test',
      providers: [provider],
    },
    audit: {
      origin: 'northwind.test/rekey',
      witnesses: [{ kind: 'file', folder: join(folder, 'witness') }],
    },
    listen: {
      portal: { host: '127.0.0.1', port: ports.portal, trustedProxies },
      console: { host: '127.0.0.1', port: ports.console, hostNames: ['localhost', '127.0.0.1'] },
    },
    data: join(folder, 'data'),
    database: { url: { env: 'ATTACKED_DATABASE' } },
    ...config,
  }
  const file = join(folder, 'rekey.yaml')
  await writeFile(file, stringify(whole), { mode: 0o600 })
  return file
}

/** Text of every file below a folder, by its path within it; bytes as Latin-1. */
export async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const))
  return Object.fromEntries(texts.map(([file, text]) => [file.slice(folder.length + 1), text]))
}
