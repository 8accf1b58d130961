import { describe, expect, it, vi } from 'vitest'
import { dailyRoundMigration, makeDailyRounds } from '../../src/adapters/stores/daily-rounds.ts'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { passwordPolicyDefaults } from '../../src/core/passwords/index.ts'
import { makeRecovery } from '../../src/core/recovery/index.ts'
import { queues } from '../../src/jobs/registry.ts'
import { makeJobs } from '../../src/jobs/runner.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { aClock, anOutside } from '../support/fake-outside.ts'
import { makeMemoryDirectory } from '../support/memory-directory.ts'
import { makeMemoryLimiter } from '../support/memory-limiter.ts'
import { noRisk } from '../support/no-risk.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import {
  anAccount,
  aRecoveryTenant,
  northwind,
  testDigests,
  testPasskeys,
  testTokens,
} from '../support/recovery-world.ts'

interface Payloads {
  'tell-of-expiry': { tenant: string }
}

/** A node that orders the round of a day and does it. */
async function aNode(database: TestDatabase<unknown>, handler: () => Promise<void>) {
  const { kysely, close } = openDatabase<unknown>({ connection: database.config, connectionsMax: 4 })
  const jobs = makeJobs<Payloads>({
    connection: database.config,
    outside: systemOutside,
    log: () => {},
    queues: {
      'tell-of-expiry': { ...queues['tell-of-expiry'], retrySecondsFirst: 1, retrySecondsMax: 1 },
    },
    superviseSeconds: 1,
  })
  jobs.work('tell-of-expiry', handler)
  await jobs.start()
  const rounds = makeDailyRounds(kysely)
  return {
    order: (day: string, tenant = northwind) =>
      rounds.begin({ tenant, name: 'tell-of-expiry', day }, (transaction) =>
        jobs.enqueue(transaction, { queue: 'tell-of-expiry', payload: { tenant }, key: tenant }),
      ),
    rounds,
    jobs,
    async [Symbol.asyncDispose]() {
      await jobs.stop({ patienceSeconds: 1 })
      await close()
    },
  }
}

describe('a daily round', () => {
  it('is run once a day for each tenant, by one node of several, and again when it fails', async () => {
    await using database = await aDatabase([dailyRoundMigration])
    let runs = 0
    const handler = async () => {
      runs += 1
      if (runs === 1) throw new Fault('directory-unreachable')
    }
    await using one = await aNode(database, handler)
    await using other = await aNode(database, handler)
    const all = (day: string) => Promise.all([one, other, one, other].map(({ order }) => order(day)))
    const done = async (count: number) => {
      await vi.waitFor(() => expect(runs).toBe(count), { timeout: 20_000, interval: 50 })
      await vi.waitFor(
        async () => expect(await one.jobs.depth()).toMatchObject([{ ready: 0, delayed: 0, active: 0 }]),
        { timeout: 20_000, interval: 50 },
      )
    }

    expect((await all('2026-03-01')).filter(Boolean)).toHaveLength(1)
    await done(2)
    expect(await all('2026-03-01')).not.toContain(true)
    expect(await all('2026-02-28')).not.toContain(true)
    expect((await all('2026-03-02')).filter(Boolean)).toHaveLength(1)
    await done(3)
    expect(await one.order('2026-03-01', 'southwind')).toBe(true)
    await done(4)
  })

  it('is left for the next look when its order was not committed', async () => {
    await using database = await aDatabase([dailyRoundMigration])
    const rounds = makeDailyRounds(database.kysely)
    const round = { tenant: northwind, name: 'tell-of-expiry', day: '2026-03-01' }
    const fails = () => Promise.reject(new Error('the queue is full'))

    await expect(rounds.begin(round, fails)).rejects.toThrow('the queue is full')
    expect(await rounds.begin(round, async () => {})).toBe(true)
  })
})

describe('the round about passwords that expire, on PostgreSQL', () => {
  it('tells each of many once, over two nodes at once, after one broke in between', async () => {
    await using rows = await aRecoveryDatabase()
    const clock = aClock()
    const password = { changedAt: clock.now(), mustChange: false, expiresAt: null, failedTries: 0 }
    const names = Array.from({ length: 150 }, (_, index) => `person${index}`)
    const directory = makeMemoryDirectory(
      'people',
      names.map((name) => anAccount(name, { password })),
    )
    const tenant = {
      ...aRecoveryTenant([directory]),
      ageOf: () => ({ ...passwordPolicyDefaults.age, maxSeconds: 90 * 86_400 }),
    }
    const limiter = makeMemoryLimiter(clock)
    const aRound = (seed: number) => {
      const outside = anOutside(clock, seed)
      const node = rows.node(outside)
      const shared = {
        limiter,
        tokens: testTokens,
        digests: testDigests,
        passkeys: testPasskeys,
        risk: noRisk,
        texts: null,
        tenant: () => tenant,
      }
      const deps = { ...outside, store: node.store, ...shared }
      const { tellOfExpiry } = makeRecovery(deps)
      return { node, run: () => tellOfExpiry({ tenant: northwind }, AbortSignal.timeout(60_000)) }
    }
    const [one, other] = [aRound(1), aRound(2)]
    clock.advance(76 * 86_400)

    const { read } = directory
    let left = 50
    directory.read = (key, signal) => {
      left -= 1
      if (left === 0) one.node.failNextEnqueue()
      return read(key, signal)
    }
    await expect(one.run()).rejects.toThrow('the queue is full')
    await Promise.all([one.run(), other.run()])

    const orders = await rows.database.kysely.selectFrom('message').select(['subject', 'kind']).execute()
    expect(orders).toHaveLength(names.length)
    expect(new Set(orders.map(({ subject }) => subject)).size).toBe(names.length)
    expect(new Set(orders.map(({ kind }) => kind))).toEqual(new Set(['password-expires']))
    expect(await rows.jobs()).toHaveLength(names.length)
    expect(new Set(await rows.events())).toEqual(new Set(['password.expiry-reminded']))
    expect(await rows.events()).toHaveLength(names.length)
  })
})
