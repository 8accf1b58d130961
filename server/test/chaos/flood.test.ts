import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { floodStarts } from '../support/flood.ts'
import { eventually, proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const proves = process.env['REKEY_PROVE'] === '1'
/** The long round is what one process must stand; the short one fits a machine that does other things as well. */
const round = proves
  ? { perSecond: 1_000, seconds: 60, people: 50 }
  : { perSecond: 150, seconds: 6, people: 5 }
/** How much more the process may hold in the second half than in the first, at their highest. */
const growthMegabytesMax = 64

describe('a flood of starts', () => {
  it(`keeps nobody from coming back, and leaves no work behind${proves ? ', nor memory' : ''}`, {
    timeout: 900_000,
  }, async () => {
    await using database = await aDatabase()
    await using mail = await aMailServer({ tls: 'none' })
    const people = await seedPeople(database, round.people)
    await using rekey = await startRekey({ smtp: mail, ...configured(database) })
    const held: { at: number; megabytes: number }[] = []
    const port = Number(new URL(rekey.portalUrl).port)

    const [flood, back] = await Promise.all([
      floodStarts({ port, ...round }, ({ sent }) =>
        held.push({ at: sent, megabytes: residentMegabytes(rekey.pid) }),
      ),
      Promise.all(
        people.map(async (person, number) => {
          await sleep((number / people.length) * round.seconds * 1_000)
          const flow = await proveByMail(rekey.portalUrl, person, mail)
          return (await setPassword(rekey.portalUrl, flow, 'violet tundra kettle 9'))?.status
        }),
      ),
    ])
    await eventually('no job left', () => noJobLeft(database), 300_000)

    expect(back).toEqual(people.map(() => 200))
    expect(Object.fromEntries(flood.statuses)).toEqual({ 202: flood.sent })
    expect(flood.sent).toBeGreaterThan(round.perSecond * round.seconds * 0.9)
    expect(await stateOfFlows(database)).toEqual({ unresolved: 0 })
    // A heap grows for as long as it takes to get warm, which is some 25,000 starts: less shows nothing about leaks.
    if (!proves) return
    const half = flood.sent / 2
    const highest = (of: (at: number) => boolean) =>
      Math.max(...held.filter(({ at }) => of(at)).map(({ megabytes }) => megabytes))
    expect(highest((at) => at > half) - highest((at) => at > half / 2 && at <= half)).toBeLessThan(
      growthMegabytesMax,
    )
  })
})

const configured = (database: TestDatabase<unknown>) => ({
  config: {
    listen: { portal: { trustedProxies: ['127.0.0.1', '::1'] } },
    log: { level: 'warn' },
    database: { url: { env: 'TEST_DATABASE_URL' } },
    tenants: [
      {
        id: 'northwind',
        name: 'Northwind',
        languages: ['en'],
        directories: [{ name: 'people', kind: 'local' }],
        limits: { requestsPerNetworkPerMinute: 100_000 },
      },
    ],
  },
  env: { TEST_DATABASE_URL: database.url },
})

async function seedPeople(database: TestDatabase<unknown>, count: number) {
  const accounts = makeLocalAccounts(database.kysely, 'northwind', 'people', systemOutside)
  const people = Array.from({ length: count }, (_, number) => ({
    identifier: `person-${number}`,
    address: `person-${number}@home.example`,
  }))
  for (const { identifier, address } of people) {
    await accounts.upsert({
      username: identifier,
      displayName: 'Somebody Else',
      recoveryAddresses: [address],
    })
  }
  return people
}

async function noJobLeft({ config }: TestDatabase<unknown>): Promise<boolean> {
  const { left } = await only<{ left: number }>(
    config,
    `select count(*)::int as left from jobs.job where state <> 'completed'`,
  )
  return left === 0
}

const stateOfFlows = ({ config }: TestDatabase<unknown>) =>
  only(
    config,
    `select count(*) filter (where body->'whose'->>'is' = 'unresolved')::int as unresolved from flow`,
  )

async function only<Row extends object>(config: pg.PoolConfig, query: string): Promise<Row> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    const { rows } = await client.query<Row>(query)
    const [row] = rows
    if (row === undefined) throw new Error('a count has one row')
    return row
  } finally {
    await client.end()
  }
}

/** Of the service's process alone (Linux). */
function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1_024
}
