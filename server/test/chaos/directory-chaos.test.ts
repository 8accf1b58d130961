import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:tls'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { seededChance } from '../support/fake-outside.ts'
import { type Front, startFront } from '../support/front.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import {
  comeBack,
  type Door,
  expectTruth,
  othersComeBack,
  prove,
  type Run,
  report,
  somebody,
} from '../support/people-in-trouble.ts'
import { call, eventually, tokensTo } from '../support/person-at-api.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/**
 * One process, three tenants. Northwind's directory is a provider and a replica behind proxies, and something happens to
 * it again and again while its people come back; Fabrikam's is the same, and passwords may wait for it; Contoso's is
 * well. What is asserted is what people were told and what the directory says; how long Contoso's people took is printed.
 */

const isLong = process.env['REKEY_PROVE'] === '1'
const runs = isLong ? 200 : 7
const seed = Number(process.env['REKEY_SEED'] ?? 20_261_122)

const chance = seededChance(seed)

interface World {
  certificates: Certificates
  provider: OpenLdap
  replica: OpenLdap
  well: OpenLdap
  proxies: readonly [TcpProxy, TcpProxy]
  strangers: { otherAuthority: number; expired: number }
  database: TestDatabase<unknown>
  mail: MailServer
  rekey: Rekey
  fronts: { contoso: Front; fabrikam: Front }
}

let world: World
const opened = new AsyncDisposableStack()

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-chaos-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const in_ = (name: string) => mkdtemp(join(folder, name))
  const authority = await in_('authority-')
  const certificates = await makeCertificates({ folder: authority })
  const provider = opened.use(await startOpenLdap({ certificates }))
  const [replica, well, mail, database, otherAuthority, expired] = await Promise.all([
    startOpenLdap({ certificates, replicaOf: provider.url }),
    startOpenLdap(),
    aMailServer({ tls: 'none' }),
    aDatabase([]),
    makeCertificates({ folder: await in_('stranger-') }),
    makeCertificates({ folder: await in_('expired-'), authority, expired: true }),
  ])
  for (const one of [replica, well, mail, database]) opened.use(one)
  const proxyOf = async ({ ldapsUrl }: OpenLdap) =>
    opened.use(await startTcpProxy({ port: Number(new URL(ldapsUrl).port) }))
  const proxies = [await proxyOf(provider), await proxyOf(replica)] as const
  const rekey = opened.use(
    await startRekey({ smtp: mail, ...configured({ provider, well, proxies, database }) }),
  )
  const port = Number(new URL(rekey.portalUrl).port)
  const frontOf = async (tenant: string) =>
    opened.use(await startFront({ host: `${tenant}.localhost:${port}`, port }))
  const fronts = { contoso: await frontOf('contoso'), fabrikam: await frontOf('fabrikam') }
  const strangers = {
    otherAuthority: await aTlsServer(otherAuthority),
    expired: await aTlsServer(expired),
  }
  world = { ...{ certificates, provider, replica, well, proxies, strangers, database, mail, rekey, fronts } }
})

afterAll(() => opened.disposeAsync())

function configured(of: Pick<World, 'provider' | 'well' | 'proxies' | 'database'>) {
  const limits = { directorySeconds: 2 }
  const patience = { connectSeconds: 1, readSeconds: 1 }
  const resilience = { failures: 2, coolDownSeconds: 1, coolDownSecondsMax: 2, queueSeconds: 1 }
  const urls = of.proxies.map(({ port }) => `ldaps://localhost:${port}`)
  const directory = { urls, ...patience, resilience }
  const ill = onOpenLdap(of.provider, { limits, database: of.database.url, directory })
  const degraded = onOpenLdap(of.provider, {
    ...{ limits, directory },
    tenant: { id: 'fabrikam', name: 'Fabrikam', degraded: { acceptMinutes: 5 } },
  })
  const well = onOpenLdap(of.well, {
    tenant: { id: 'contoso', name: 'Contoso' },
  })
  const tenantsOf = ({ config }: { config: object }) => (config as { tenants: object[] }).tenants
  // The service accounts of both have one password.
  return { config: { ...ill.config, tenants: [ill, degraded, well].flatMap(tenantsOf) }, env: ill.env }
}

/** Somebody else's server, with a certificate that must not be believed. */
async function aTlsServer({ certificateFile, keyFile }: Certificates): Promise<number> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)])
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => undefined)).listen(
    0,
    '127.0.0.1',
  )
  server.on('tlsClientError', () => undefined)
  await once(server, 'listening')
  opened.defer(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** Lines of the exposition that say of the state of Northwind's directory, or of a server of it, that it is so now. */
async function isShown(metric: string, labels: string): Promise<boolean> {
  const text = await fetch(`${world.rekey.consoleUrl}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  )
  const start = `${metric}{tenant="northwind",directory="people",`
  return text
    .split('\n')
    .some((line) => line.startsWith(start) && line.includes(labels) && line.endsWith('} 1'))
}
const isOpen = () => isShown('rekey_directory_breaker', 'state="open"')
const isClosed = () => isShown('rekey_directory_breaker', 'state="closed"')
const serverIsOpen = ({ port }: TcpProxy) =>
  isShown('rekey_directory_server', `server="localhost:${port}",state="open"`)

/** Names that nobody has, as strangers type them: a start is taken whatever happens to the directory. */
async function strangersStart(count: number): Promise<void> {
  for (let one = 0; one < count; one += 1) {
    const answer = await call(world.rekey.portalUrl, '/v1/recoveries', { identifier: `nobody${one}` })
    expect(answer?.status ?? 202).toBe(202)
  }
}

/** Takes a quarter of a minute; in the short tier kill-nine.test.ts does it with every database. */
const kill = 'kill -9 of the service'

type Trouble = (proxies: World['proxies']) => Promise<() => void | Promise<void>>

const [provider, replica] = [0, 1] as const
const both = <Result>(proxies: World['proxies'], act: (proxy: TcpProxy) => Result) => proxies.map(act)

/** Something else is where the servers were. */
const isAnother =
  (which: keyof World['strangers']): Trouble =>
  async (proxies) => {
    both(proxies, (proxy) => {
      proxy.aim(world.strangers[which])
      proxy.reset()
    })
    await untilIt(() => serverIsOpen(proxies[provider]))
    return () => void both(proxies, (proxy) => proxy.aim(null))
  }

/** What strangers do goes on until the state is shown. */
async function untilIt(isSo: () => Promise<boolean>): Promise<void> {
  await eventually('the state in the metrics', async () => {
    await strangersStart(1)
    await sleep(50)
    return isSo()
  })
}

/** Each begins something and says how it ends. Those that leave nobody to ask last until the breaker is open. */
const troubles: Readonly<Record<string, Trouble>> = {
  async down() {
    await Promise.all([world.provider.kill(), world.replica.kill()])
    await untilIt(isOpen)
    return async () => {
      await Promise.all([world.provider.restart(), world.replica.restart()])
    }
  },
  async slow(proxies) {
    both(proxies, (proxy) => (proxy.delay = () => 50 + chance() * 300))
    await sleep(500 + chance() * 1_500)
    return () => void both(proxies, (proxy) => (proxy.delay = () => 0))
  },
  async 'half open'(proxies) {
    both(proxies, (proxy) => (proxy.lost = new Set(['to-server', 'to-client'])))
    await untilIt(isOpen)
    return () => void both(proxies, (proxy) => (proxy.lost = new Set()))
  },
  async 'reset after some bytes'(proxies) {
    for (let time = 0; time < 4; time += 1) {
      const direction = chance() < 0.5 ? 'to-server' : 'to-client'
      let left = chance() * 4_000
      proxies[provider].delay = (way, bytes) => {
        if (way !== direction) return 0
        left -= bytes.length
        if (left < 0) setImmediate(() => proxies[provider].reset())
        return chance() * 20
      }
      await sleep(200 + chance() * 300)
    }
    return () => void (proxies[provider].delay = () => 0)
  },
  'another certificate': isAnother('otherAuthority'),
  'an expired certificate': isAnother('expired'),
  async 'one of two gone'() {
    const [gone, proxy] =
      chance() < 0.5 ? [world.provider, world.proxies[provider]] : [world.replica, world.proxies[replica]]
    await gone.kill()
    // The replica is asked for nothing while the provider answers.
    if (gone === world.provider) await untilIt(() => serverIsOpen(proxy))
    else await sleep(500 + chance() * 1_000)
    return () => gone.restart()
  },
  async [kill](proxies) {
    both(proxies, (proxy) => (proxy.delay = () => chance() * 60))
    await sleep(200 + chance() * 1_500)
    await world.rekey.kill('SIGKILL')
    both(proxies, (proxy) => (proxy.delay = () => 0))
    await world.rekey.restart()
    return () => undefined
  },
}

/** As long as a trouble, and none. */
const calm: Trouble = async () => {
  const until = performance.now() + 1_500
  await untilIt(() => Promise.resolve(performance.now() > until))
  return () => undefined
}

async function runOf(of: string, kind: string): Promise<Run> {
  const { rekey, provider, proxies, well, mail } = world
  const ill: Door = { url: rekey.portalUrl, mail }
  const degraded: Door = { url: world.fronts.fabrikam.url, mail }
  // Who sees the process die waits for what it was doing to be taken up.
  const others = kind === kill ? null : othersComeBack({ url: world.fronts.contoso.url, mail }, well, of)
  const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => somebody(provider, of, name)))
  const doors = [ill, ill, ill, degraded] as const
  // Some have a password to set when it begins, and somebody starts when it has begun or is about to.
  const begun = await Promise.all(
    people.map(async (person, at) => (at === 0 ? null : prove(doors[at] ?? ill, person))),
  )
  const stories = people.map(async (person, at) => {
    await sleep(chance() * (at === 0 ? 1_500 : 600))
    return comeBack(doors[at] ?? ill, person, begun[at])
  })
  await sleep(chance() * 400)
  const end = await (troubles[kind] ?? calm)(proxies)
  await end()

  const told = await Promise.all(stories)
  await eventually(`${of}: the breaker is closed`, isClosed)
  const took = (await others?.stop()) ?? []
  for (const [at, person] of people.entries()) {
    await expectTruth(ill, provider, { person, told: told[at] ?? 'done' })
  }
  return { kind, told, others: took }
}

describe('a directory to which things happen', () => {
  it(`keeps its own people informed and nobody else waiting, in ${runs} runs`, {
    timeout: isLong ? 7_200_000 : 120_000,
  }, async () => {
    await runOf('first', 'calm')
    const quiet: Run[] = []
    for (let run = 0; run < (isLong ? 20 : 2); run += 1) quiet.push(await runOf(`calm ${run}`, 'calm'))
    const kinds = Object.keys(troubles).filter((kind) => isLong || kind !== kill)
    const disturbed: Run[] = []
    for (let run = 0; run < runs; run += 1) {
      const kind = kinds[run % kinds.length] ?? kill
      disturbed.push(await runOf(`run ${run} ${kind}`, kind))
    }

    report(`seed ${seed}, ${runs} runs: nobody was told what is not so, nothing was written twice`, {
      calm: quiet,
      disturbed,
    })
    const told = new Set(disturbed.flatMap((run) => run.told))
    expect([told.has('done'), told.has('kept')]).toEqual([true, true])
  })

  it('gets the mails of those who started meanwhile on their way as soon as it is back', async () => {
    const { rekey, provider, replica, database, mail } = world
    const person = await somebody(provider, 'later', 'late')
    await Promise.all([provider.kill(), replica.kill()])
    const started = await call(rekey.portalUrl, '/v1/recoveries', { identifier: person.uid })
    await untilIt(isOpen)
    // However long they would have waited for their next try.
    await eventually('jobs that wait', async () => (await putOff(database.config)) > 0)
    await Promise.all([provider.restart(), replica.restart()])

    expect(started?.status).toBe(202)
    await eventually('the mail', () => tokensTo(mail, person.address)[0])
  })
})

async function putOff(config: pg.PoolConfig): Promise<number> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    const { rowCount } = await client.query(
      `update jobs.job set start_after = now() + interval '1 hour' where name = 'resolve-recovery' and state = 'retry'`,
    )
    return rowCount ?? 0
  } finally {
    await client.end()
  }
}
