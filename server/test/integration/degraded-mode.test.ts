import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeRecovery } from '../../src/core/recovery/index.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { aClock } from '../support/fake-outside.ts'
import { makeMemoryDirectory } from '../support/memory-directory.ts'
import { makeMemoryLimiter } from '../support/memory-limiter.ts'
import { noRisk } from '../support/no-risk.ts'
import { dumpDatabase, leaks, passwordWrites, rowCounts } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { call, eventually, type Held, proveByMail, setPassword } from '../support/person-at-api.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aRecoveryTenant,
  northwind,
  testDigests,
  testPasskeys,
  testTokens,
} from '../support/recovery-world.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const before = 'before the outage 1'
const opened = new AsyncDisposableStack()
let directory: OpenLdap
let database: TestDatabase<unknown>
let mail: MailServer
let proxy: TcpProxy
let rekey: Rekey

interface Person {
  uid: string
  address: string
  flow: Held
  password: string
}

beforeAll(async () => {
  directory = opened.use(await startOpenLdap())
  database = opened.use(await aDatabase())
  mail = opened.use(await aMailServer({ tls: 'none' }))
  proxy = opened.use(await startTcpProxy({ port: Number(new URL(directory.ldapsUrl).port) }))
  const { config, env } = onOpenLdap(directory, {
    database: database.url,
    limits: { directorySeconds: 1 },
    directory: { urls: [`ldaps://localhost:${proxy.port}`] },
    tenant: { degraded: { acceptMinutes: 30 } },
  })
  rekey = opened.use(await startRekey({ config, env, smtp: mail }))
})

afterAll(() => opened.disposeAsync())

async function aPerson(uid: string): Promise<Person> {
  const address = `${uid}.home@example.test`
  await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
  const flow = await proveByMail(rekey.portalUrl, { identifier: uid, address }, mail)
  return { uid, address, flow, password: `copper lantern ${uid} meadow tundra` }
}

function directoryIsAway(away: boolean): void {
  proxy.lost = new Set(away ? (['to-server', 'to-client'] as const) : [])
  proxy.reset()
}

const look = async ({ flow }: Person) =>
  (await call(rekey.portalUrl, `/v1/recoveries/${flow.id}`, undefined, flow.secret))?.body ?? {}
const waitingRows = async () => (await rowCounts(database.config))['public.waiting_password']
const mailTo = ({ address }: Person, words: RegExp) =>
  eventually(`a mail to ${address}`, () =>
    mail.received.find(({ to, text }) => to.includes(address) && words.test(text)),
  )

it('a password that was accepted in an outage outlives kill -9 and works once the directory is back', {
  timeout: 120_000,
}, async () => {
  const ada = await aPerson('ada')
  const eve = await aPerson('eve')
  directoryIsAway(true)

  for (const person of [ada, eve]) {
    expect(await setPassword(rekey.portalUrl, person.flow, person.password)).toMatchObject({
      status: 200,
      body: { state: 'accepted', worksBy: expect.any(String) },
    })
    await mailTo(person, /accepted\. It does not work yet/)
  }
  const disavow = /\/disavow#([\w.-]+)/.exec((await mailTo(eve, /does not work yet/)).text)?.[1]
  await rekey.kill('SIGKILL')
  expect(await waitingRows()).toBe(2)
  const places = { database: await dumpDatabase(database.config), log: rekey.log() }
  expect(leaks({ ada: ada.password, eve: eve.password }, places)).toEqual([])
  await rekey.restart()
  expect(await look(ada)).toMatchObject({ state: 'accepted' })
  // "This was not me" needs no directory.
  expect(await call(rekey.portalUrl, '/v1/disavowals', { token: disavow })).toMatchObject({ status: 200 })
  expect(await look(eve)).toMatchObject({ state: 'ended', because: 'disavowed' })
  expect(await directory.canBind('ada', before)).toBe(true)

  directoryIsAway(false)

  await eventually('the write', async () => (await look(ada))['state'] === 'completed')
  expect([await directory.canBind('ada', ada.password), await directory.canBind('ada', before)]).toEqual([
    true,
    false,
  ])
  await mailTo(ada, /password of your Northwind account was changed/)
  expect(await directory.canBind('eve', before)).toBe(true)
  expect([passwordWrites(directory).get('ada'), passwordWrites(directory).get('eve')]).toEqual([1, undefined])
  expect(await waitingRows()).toBe(0)
})

it('one whose time is over before the directory is back is gone, and its owner is told', async () => {
  await using data = await aRecoveryDatabase()
  const clock = aClock()
  const outside = {
    now: clock.now,
    randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  }
  const { store, kysely } = data.node(outside)
  const people = makeMemoryDirectory('people', [anAccount('ada')])
  const tenant = aRecoveryTenant([people], { acceptSeconds: 900 })
  const limiter = makeMemoryLimiter(clock)
  const deps = {
    ...outside,
    store,
    limiter,
    tokens: testTokens,
    digests: testDigests,
    risk: noRisk,
    passkeys: testPasskeys,
    texts: null,
    tenant: () => tenant,
  }
  const recovery = makeRecovery(deps)
  const ask = { tenant: northwind, identifier: 'ada', service: null, locale: 'en', client: aClient() }
  const started = await recovery.start({ ...ask, kind: 'recovery' })
  if (!started.ok) throw new Error(started.because)
  const flow = started.flow.id
  await recovery.resolve({ tenant: northwind, flow, ask: 1 }, AbortSignal.timeout(10_000))
  const token = testTokens.link({ tenant: northwind, flow, generation: 1, keyId: testTokens.keyId })
  const clicked = await recovery.spendLink({ tenant: northwind, token, client: aClient(), locale: 'en' })
  if (!clicked.ok) throw new Error(clicked.because)
  const holding = { tenant: northwind, id: clicked.flow.id, secret: clicked.secret }
  people.down = true
  const answer = await recovery.setPassword({ ...holding, password: aPassword(), client: aClient() })
  expect(answer).toMatchObject({ ok: true, flow: { state: 'accepted' } })
  const waiting = () => kysely.selectFrom('waiting_password').select('id').execute()

  clock.advance(899)
  expect(await recovery.sweep()).toEqual({ ended: 0 })
  expect(await waiting()).toHaveLength(1)
  clock.advance(1)
  expect(await recovery.sweep()).toEqual({ ended: 1 })

  people.down = false
  await recovery.writeWaiting({ tenant: northwind, flow: holding.id })
  expect(await recovery.read(holding)).toMatchObject({ flow: { because: 'not-set-in-time' } })
  expect([await waiting(), people.writes]).toEqual([[], []])
  const told = await kysely.selectFrom('message').select('kind').orderBy('ordered_at', 'desc').execute()
  expect(told[0]?.kind).toBe('password-not-set')
})
