import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aComposedNode, type ComposedNode } from '../support/composed-node.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { call, eventually, type Held, setPassword, startFlow } from '../support/person-at-api.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const minutesMs = 60_000
let folder: string
let database: TestDatabase<unknown>
let mail: MailServer
/** Nearly four minutes apart: each is within two of the database. */
let behind: ComposedNode
let ahead: ComposedNode
const opening = new AsyncDisposableStack()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-skew-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  database = opening.use(await aDatabase())
  mail = opening.use(await aMailServer({ tls: 'none' }))
  const accounts = makeLocalAccounts(database.kysely, 'northwind', 'people', systemOutside)
  for (const username of ['ada', 'grace']) {
    await accounts.upsert({
      username,
      displayName: username,
      mails: [`${username}@example.test`],
      upn: `${username}@northwind.example`,
      recoveryAddresses: [`${username}.home@example.test`],
      password: new Secret('before the clocks went wrong 1'),
    })
  }
  const shared = { folder, database: database.url, mail }
  behind = opening.use(await aComposedNode({ ...shared, aheadMs: -1.9 * minutesMs }))
  ahead = opening.use(await aComposedNode({ ...shared, aheadMs: 1.9 * minutesMs }))
})
afterAll(() => opening.disposeAsync())

/** Starts at one node and spends the link at the other. */
async function prove(name: string, first: ComposedNode, second: ComposedNode): Promise<Held> {
  await startFlow(first.url, name)
  const received = await mail.next(`${name}.home@example.test`)
  const spent = await call(second.url, '/v1/links', { token: received.link?.split('#')[1] })
  expect(spent?.status).toBe(200)
  return spent?.body as unknown as Held
}

describe('two nodes whose clocks are nearly four minutes apart', () => {
  it('carry one recovery together, and write down the moments that the database would', async () => {
    const { rows: before } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(
      database.kysely,
    )
    const held = await prove('ada', ahead, behind)
    const set = await setPassword(ahead.url, held, 'copper lantern ada meadow 7')

    expect(set?.status).toBe(200)
    const { rows } = await sql<{ near: boolean }>`
      select started_at between ${before[0]?.now}::timestamptz - interval '1 second' and clock_timestamp() + interval '1 second'
        and touched_at between started_at - interval '1 second' and clock_timestamp() + interval '1 second' as near
      from flow`.execute(database.kysely)
    expect(rows.map(({ near }) => near)).toEqual([true, true])
  })

  it('leave each other the time of a write: the node ahead takes no lease for overrun that is not', async () => {
    const held = await prove('grace', behind, ahead)
    const client = await database.pool.connect()
    await client.query('begin')
    await client.query(`select 1 from local_account where username = 'grace' for update`)
    const writing = setPassword(behind.url, held, 'copper lantern grace meadow 7')
    await eventually('the write to wait', async () => {
      const { rows } = await sql<{
        n: number
      }>`select count(*)::int as n from flow where state = 'writing'`.execute(database.kysely)
      return rows[0]?.n === 1
    })
    // Sweepers come by every five seconds; the directory is given up after ten.
    await sleep(5_500)
    await client.query('rollback')
    client.release()

    expect(await writing).toMatchObject({ status: 200 })
  })

  it('are both ready, and say that their clocks are off', async () => {
    for (const node of [behind, ahead]) {
      expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
      expect(node.log()).toContain('differ by more than 30 s')
    }
    const { body } = await metricsOf(ahead)
    expect(Number(/^rekey_clock_offset_seconds (\S+)$/m.exec(body)?.[1])).toBeCloseTo(114, 0)
  })
})

it('a node whose clock is off by more than two minutes is not ready and says why', async () => {
  await using wrong = await aComposedNode({ folder, database: database.url, mail, aheadMs: -3 * minutesMs })

  expect((await fetch(`${wrong.url}/readyz`)).status).toBe(503)
  expect(wrong.log()).toContain('the node is not ready until the clock is set')
  expect((await fetch(`${ahead.url}/readyz`)).status).toBe(200)
})

async function metricsOf(node: ComposedNode): Promise<{ body: string }> {
  const response = await fetch(`${node.consoleUrl}/metrics`)
  return { body: await response.text() }
}
