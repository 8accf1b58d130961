import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { runningConnection } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { aDatabase } from '../support/database.ts'
import { passwordWrites } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import {
  type ApiAnswer,
  call,
  eventually,
  type Held,
  proveByMail,
  setPassword,
} from '../support/person-at-api.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const run = promisify(execFile)
const command = join(import.meta.dirname, '../../bin/rekey.js')
const kills = process.env['REKEY_PROVE'] === '1' ? 25 : 3
/** Writes under way at each kill, each begun at a moment of its own: that many random points. */
const writesAtOnce = 5
const before = 'before the kill 1'

interface World {
  rekey: Rekey
  directory: OpenLdap
  mail: MailServer
  proxy: TcpProxy
  env: Readonly<Record<string, string>>
  connection(): pg.PoolConfig
}

interface Writer {
  uid: string
  address: string
  flow: Held
  password: string
  /** Null when the process died first. */
  answer: ApiAnswer | null
}

async function withWorld(
  database: 'embedded' | 'external',
  use: (world: World) => Promise<void>,
): Promise<void> {
  await using directory = await startOpenLdap()
  await using external = await aDatabase()
  await using mail = await aMailServer({ tls: 'none' })
  await using proxy = await startTcpProxy({ port: Number(new URL(directory.ldapsUrl).port) })
  const { config, env } = onOpenLdap(directory, {
    ...(database === 'external' ? { database: external.url } : {}),
    limits: { directorySeconds: 1, requestsPerNetworkPerMinute: 100_000 },
    directory: { urls: [`ldaps://localhost:${proxy.port}`] },
  })
  await using rekey = await startRekey({ config, env, smtp: mail })
  const connection = () => (database === 'external' ? external.config : runningConnection(rekey.dataFolder))
  await use({ rekey, directory, mail, proxy, env, connection })
}

/** Proven flows of new people; with the wire at its fastest. */
function people({ rekey, directory, mail }: World, kill: number): Promise<Writer[]> {
  return Promise.all(
    Array.from({ length: writesAtOnce }, async (_, at): Promise<Writer> => {
      const uid = `person${kill}n${at}`
      const address = `${uid}.home@example.test`
      await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
      const flow = await proveByMail(rekey.portalUrl, { identifier: uid, address }, mail)
      return { uid, address, flow, password: `copper lantern ${kill} meadow ${at} tundra`, answer: null }
    }),
  )
}

/** A password takes some eight round trips, so about half a second; few pieces take longer than the deadline. */
const slowly = () => (Math.random() < 1 / 80 ? 1_300 : 10 + Math.random() * 40)
const spreadMs = 1_400

/** Killed at some moment after so many were answered, so that how fast the machine is decides nothing. */
async function killWhileWriting(
  world: World,
  { writers, answered }: { writers: readonly Writer[]; answered: number },
): Promise<void> {
  const { rekey, proxy } = world
  proxy.delay = slowly
  const writing = writers.map(async (writer) => {
    await sleep(Math.random() * spreadMs)
    writer.answer = await setPassword(rekey.portalUrl, writer.flow, writer.password)
  })
  await eventually(
    `${answered} answers`,
    () => writers.filter(({ answer }) => answer !== null).length >= answered,
  )
  await sleep(Math.random() * (answered === 0 ? spreadMs : 200))
  await rekey.kill('SIGKILL')
  await Promise.all(writing)
  proxy.delay = () => 0
  await rekey.restart()
}

/** What is true of a flow once nothing is under way any more (decision record 0001). */
async function expectAsRecorded(world: World, writer: Writer): Promise<string> {
  const { rekey, directory, mail } = world
  const { uid, address, flow, password, answer } = writer
  const seen = await eventually(`the end of the write of ${uid}`, async () => {
    const look = await call(rekey.portalUrl, `/v1/recoveries/${flow.id}`, undefined, flow.secret)
    return look !== null && look.body['state'] !== 'writing' && look.body
  })
  const writes = passwordWrites(directory).get(uid) ?? 0
  const newWorks = await directory.canBind(uid, password)
  expect(writes, `${uid}: writes`).toBeLessThanOrEqual(1)
  // Somebody was told "unchanged", or "done": that is so.
  if (answer?.status === 503)
    expect([newWorks, writes], `${uid}: ${JSON.stringify(answer)}`).toEqual([false, 0])
  if (answer?.status === 200) expect([newWorks, seen['state']]).toEqual([true, 'completed'])

  switch (seen['state']) {
    case 'completed':
      expect([newWorks, writes], uid).toEqual([true, 1])
      expect(await directory.canBind(uid, before)).toBe(false)
      break
    case 'proven':
      expect([newWorks, writes], uid).toEqual([false, 0])
      break
    default:
      expect(seen, uid).toMatchObject({ state: 'ended', because: 'outcome-unknown' })
      expect(newWorks, uid).toBe(writes === 1)
  }
  const notices = {
    completed: /The password of your Northwind account was changed/,
    ended: /new password/,
  } as const
  if (seen['state'] === 'completed' || seen['state'] === 'ended') {
    const notice = await eventually(`the notice to ${address}`, () =>
      mail.received.find(({ to, text }) => to.includes(address) && !text.includes('/recover#')),
    )
    expect(notice.text).toMatch(notices[seen['state']])
  }
  return String(seen['state'])
}

/** The way back in for somebody who was told nothing, or "try the new password". */
async function comeBack(
  { rekey, directory, mail }: World,
  { uid, address, password }: Writer,
): Promise<void> {
  const flow = await proveByMail(rekey.portalUrl, { identifier: uid, address }, mail)
  const newer = `${password} again`
  await eventually(`the second write of ${uid}`, async () => {
    const answer = await setPassword(rekey.portalUrl, flow, newer)
    // While the lease of the lost write runs, nothing else may write.
    if (answer?.status === 409) return sleep(250)
    expect(answer).toMatchObject({ status: 200 })
    return true
  })
  expect(await directory.canBind(uid, newer)).toBe(true)
}

async function expectNothingLost(world: World, writers: readonly Writer[]): Promise<void> {
  const { rekey, env } = world
  const { stdout } = await run(
    process.execPath,
    [command, 'audit', 'verify', '--checkpoints', join(dirname(rekey.configFile ?? ''), 'witness'), '--json'],
    { env: { ...process.env, ...env, REKEY_CONFIG: rekey.configFile ?? '', REKEY_DATA: rekey.dataFolder } },
  )
  expect(stdout).toMatch(/"outcome":\s*"intact"/)
  expect(stdout).not.toMatch(/tampered/)

  const events = await eventually('the last seal', () => sealedEvents(world.connection()))
  const of = (name: string, flow: string) =>
    events.some((entry) => entry.includes(`"${name}"`) && entry.includes(flow))
  for (const { flow, answer } of writers) {
    expect(of('proof.accepted', flow.id), flow.id).toBe(true)
    if (answer?.status === 200) expect(of('password.written', flow.id), flow.id).toBe(true)
    if (answer?.status === 503)
      expect(of('password.write-', flow.id) || !of('password.written', flow.id)).toBe(true)
  }
}

/** Null as long as something waits to be sealed. */
async function sealedEvents(connection: pg.PoolConfig): Promise<string[] | null> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const pending = await client.query('select 1 from audit_pending limit 1')
    if (pending.rowCount !== 0) return null
    const { rows } = await client.query<{ entry: string }>('select entry from audit_event')
    return rows.map(({ entry }) => entry)
  } finally {
    await client.end()
  }
}

/** What a kill does to the embedded one besides is tried where that is. */
const databases = ['external', 'embedded'] as const

describe.each(process.env['REKEY_PROVE'] === '1' ? databases : databases.slice(0, 1))(
  'killed in the middle of a write, with the %s database',
  (database) => {
    it('loses no acknowledged event, writes nothing twice, and ends every flow as the decision record says', {
      timeout: 900_000,
    }, async () => {
      await withWorld(database, async (world) => {
        const writers: Writer[] = []
        for (let kill = 0; kill < kills; kill += 1) {
          const these = await people(world, kill)
          await killWhileWriting(world, { writers: these, answered: kill % writesAtOnce })
          writers.push(...these)
        }

        const states = await Promise.all(writers.map((writer) => expectAsRecorded(world, writer)))
        await expectNothingLost(world, writers)
        const unlucky = writers.filter((_, at) => states[at] === 'ended')
        await Promise.all(unlucky.map((writer) => comeBack(world, writer)))

        // The kills were spread: some writes had been answered, and some were under way.
        const answered = writers.filter(({ answer }) => answer?.status === 200).length
        const spread = `${answered} of ${writers.length} answered; ${states.join(' ')}`
        expect(answered, spread).toBeGreaterThan(0)
        expect(states.filter((state) => state === 'ended').length, spread).toBeGreaterThan(0)
      })
    })
  },
)
