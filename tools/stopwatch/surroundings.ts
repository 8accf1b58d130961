/**
 * The service, a directory and a mail server, in a process of their own: what they print and send must not make the
 * process wait that holds the clock. Takes a condition and a number of accounts; says over its channel when it is
 * ready and ends with it.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startMailSink } from '../../server/test/support/mail-sink.ts'
import { type OpenLdap, type Person, startOpenLdap } from '../../server/test/support/openldap.ts'
import { onOpenLdap, type Rekey, startRekey } from '../../server/test/support/rekey-process.ts'
import { startTcpProxy } from '../../server/test/support/tcp-proxy.ts'
import {
  type AccountClass,
  type Condition,
  classes,
  conditions,
  loadPerSecond,
  type Surroundings,
  slowDirectoryMs,
  slowMailMs,
} from './conditions.ts'
import { openWire } from './wire.ts'

/** As many mails as the configuration can let one mailbox have in a while. */
const mailsPerQuarterHour = 20
const fullMailboxes = 5

const opened = new AsyncDisposableStack()

async function open(here: Condition, count: number): Promise<Surroundings> {
  const directory = opened.use(await startOpenLdap())
  const names = await populate(directory, count)
  const { config, env } = onOpenLdap(directory, {
    directory: { urls: [`ldaps://localhost:${await directoryPort(here, directory)}`] },
    limits: { mailsPerQuarterHour, mailsPerDay: 100, codeTries: 10, failedTriesPerDay: 100 },
  })
  const [tenant] = (config as { tenants: object[] }).tenants
  const limited = { ...tenant, id: 'limited', limits: { requestsPerNetworkPerMinute: 5 } }
  const rekey = opened.use(
    await startRekey({
      config: { ...config, tenants: [tenant, limited] },
      env,
      smtp: { host: '127.0.0.1', port: await mailPort(here) },
      ...(await dataInMemory()),
    }),
  )
  const port = Number(new URL(rekey.portalUrl).port)
  const host = `localhost:${port}`
  const mailboxFull = here === 'quiet' ? names.known.slice(0, fullMailboxes) : []
  const rest = { ...names, known: names.known.slice(fullMailboxes) }
  await fillMailboxes(mailboxFull, { port, host })
  if (here === 'under load') keepBusy(rekey, [...names.locked, ...names.unknown])
  return { port, host, limitedHost: `limited.${host}`, names: rest, mailboxFull }
}

/** A disk takes milliseconds and never the same; in memory nothing hides behind it. */
async function dataInMemory(): Promise<{ data?: string }> {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return {}
  const data = await mkdtemp(join(memory, 'rekey-stopwatch-'))
  opened.defer(() => rm(data, { recursive: true, force: true }))
  return { data }
}

async function directoryPort(here: Condition, directory: OpenLdap): Promise<number> {
  if (here === 'directory dead') return closedPort()
  const port = Number(new URL(directory.ldapsUrl).port)
  if (here !== 'directory slow') return port
  const proxy = opened.use(await startTcpProxy({ port }))
  proxy.delay = (direction) => (direction === 'to-client' ? slowDirectoryMs : 0)
  return proxy.port
}

async function mailPort(here: Condition): Promise<number> {
  if (here === 'mail dead') return closedPort()
  const sink = opened.use(await startMailSink({ holdMs: here === 'mail slow' ? slowMailMs : 0 }))
  return sink.port
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const newName = () => Array.from(randomBytes(12), (byte) => String.fromCharCode(97 + (byte % 26))).join('')

async function populate(directory: OpenLdap, count: number): Promise<Record<AccountClass, string[]>> {
  const names = Object.fromEntries(
    classes.map((name) => [
      name,
      Array.from({ length: name === 'known' ? count + fullMailboxes : count }, newName),
    ]),
  ) as Record<AccountClass, string[]>
  for (const name of classes) {
    if (name === 'unknown') continue
    await directory.addPeople(names[name].map((uid) => personOf(uid, name)))
    for (const uid of names[name]) {
      if (name === 'disabled') await directory.setAttribute(uid, 'pwdAccountLockedTime', ['000001010000Z'])
      if (name === 'locked') await directory.setAttribute(uid, 'pwdAccountLockedTime', ['20260101000000Z'])
      if (name === 'privileged') await directory.addToGroup(uid)
    }
  }
  return names
}

const personOf = (uid: string, name: AccountClass): Person => ({
  uid,
  displayName: `Person ${uid}`,
  mails: [`${uid}@example.test`],
  recoveryAddresses: [`${uid}.home@example.test`],
  password: 'violet tundra kettle 1',
  ...(name === 'federated' ? { federated: true } : {}),
  ...(name === 'second-factor' ? { secondFactors: ['totp'] } : {}),
})

async function fillMailboxes(names: readonly string[], at: { port: number; host: string }): Promise<void> {
  using wire = await openWire(at.port, at.host)
  for (const identifier of names) {
    for (let mail = 0; mail < mailsPerQuarterHour + 2; mail += 1) {
      await wire.ask({
        method: 'POST',
        path: '/v1/recoveries',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identifier }),
      })
    }
  }
  // Time for the jobs behind the last of them.
  await sleep(3_000)
}

/** At a constant rate, whatever the answers take. */
function keepBusy(rekey: Rekey, names: readonly string[]): void {
  let count = 0
  const timer = setInterval(() => {
    const identifier = names[Math.floor((count * names.length) / 2 + count) % names.length]
    count += 1
    void fetch(`${rekey.portalUrl}/v1/recoveries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier }),
    }).then(
      (answer) => answer.text(),
      () => undefined,
    )
  }, 1_000 / loadPerSecond)
  opened.defer(() => clearInterval(timer))
}

const [given = '', accounts = '100'] = process.argv.slice(2)
const condition = conditions.find((name) => name === given)
if (condition === undefined) throw new Error(`no condition is called "${given}"`)
try {
  process.send?.(await open(condition, Number(accounts)))
  await once(process, 'disconnect')
} finally {
  await opened.disposeAsync()
}
