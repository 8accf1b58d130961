import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { makeRateCounter, rateCounterMigration } from '../../src/adapters/stores/rate-counter.ts'
import { aDatabase } from '../support/database.ts'

const quota = { max: 3, windowSeconds: 900 }

async function setUp() {
  const database = await aDatabase([rateCounterMigration])
  const clock = { now: () => clock.at, at: new Date('2026-03-01T12:00:00Z') }
  const counter = makeRateCounter({ database: database.kysely, outside: clock })
  return {
    database,
    clock,
    counter,
    later: (seconds: number) => {
      clock.at = new Date(clock.at.getTime() + seconds * 1000)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

describe('counting requests', () => {
  it('lets the quota through and then says when to come back', async () => {
    await using world = await setUp()
    const { counter, later } = world
    const answers = []
    for (let request = 0; request < 5; request += 1) {
      answers.push(await counter.take('t', 'k', quota))
      later(10)
    }

    expect(answers).toEqual([
      { ok: true },
      { ok: true },
      { ok: true },
      { ok: false, retryAfterSeconds: 870 },
      { ok: false, retryAfterSeconds: 860 },
    ])
  })

  it('begins anew when the window is over, to the second that was said', async () => {
    await using world = await setUp()
    const { counter, later } = world
    for (let request = 0; request < 3; request += 1) await counter.take('t', 'k', quota)
    later(0.4)
    const refused = await counter.take('t', 'k', quota)

    expect(refused).toEqual({ ok: false, retryAfterSeconds: 900 })
    later(899.5)
    expect(await counter.take('t', 'k', quota)).toEqual({ ok: false, retryAfterSeconds: 1 })
    later(1)
    expect(await counter.take('t', 'k', quota)).toEqual({ ok: true })
    expect(await counter.take('t', 'k', quota)).toEqual({ ok: true })
  })

  it('is not prolonged by those who keep on trying', async () => {
    await using world = await setUp()
    const { counter, later } = world
    for (let request = 0; request < 90; request += 1) {
      await counter.take('t', 'k', quota)
      later(10)
    }

    expect(await counter.take('t', 'k', quota)).toEqual({ ok: true })
  })

  it('keeps tenants and keys apart, and takes any text for a key', async () => {
    await using world = await setUp()
    const { counter } = world
    const single = { max: 1, windowSeconds: 60 }

    for (const [tenant, key] of [
      ['t', 'k'],
      ['u', 'k'],
      ['t', 'K'],
      ['t', "'; drop table rate_counter; --"],
      ['tk', ''],
    ] as const) {
      expect(await counter.take(tenant, key, single)).toEqual({ ok: true })
      expect(await counter.take(tenant, key, single)).toMatchObject({ ok: false })
    }
  })

  it('never opens for a quota of nothing', async () => {
    await using world = await setUp()

    expect(await world.counter.take('t', 'k', { max: 0, windowSeconds: 60 })).toEqual({
      ok: false,
      retryAfterSeconds: 60,
    })
  })

  it('lets exactly the quota through of 200 requests at once from two nodes, round after round', async () => {
    await using world = await setUp()
    const { database, clock, counter, later } = world
    const other = openDatabase({ connection: database.config, connectionsMax: 10 })
    const second = makeRateCounter({ database: other.kysely, outside: clock })
    try {
      for (let round = 0; round < 5; round += 1) {
        const takes = Array.from({ length: 200 }, (_, at) =>
          (at % 2 === 0 ? counter : second).take('t', 'k', { max: 17, windowSeconds: 60 }),
        )
        const answers = await Promise.all(takes)
        later(60)

        expect(answers.filter((answer) => answer.ok)).toHaveLength(17)
        for (const answer of answers) {
          if (!answer.ok) expect(answer.retryAfterSeconds).toBe(60)
        }
      }
    } finally {
      await other.close()
    }
  })

  it('writes nothing for a request that it refuses', async () => {
    await using world = await setUp()
    const { counter, database } = world
    for (let request = 0; request < 3; request += 1) await counter.take('t', 'k', quota)
    const place = () => sql<{ ctid: string }>`select ctid::text from rate_counter`.execute(database.kysely)
    const before = await place()
    for (let request = 0; request < 50; request += 1) await counter.take('t', 'k', quota)

    expect((await place()).rows).toEqual(before.rows)
  })

  it('forgets windows that are over and keeps the others', async () => {
    await using world = await setUp()
    const { counter, later } = world
    for (const key of ['a', 'b', 'c']) await counter.take('t', key, { max: 1, windowSeconds: 60 })
    await counter.take('t', 'long', { max: 1, windowSeconds: 86_400 })
    later(60)

    expect(await counter.purge(2)).toBe(2)
    expect(await counter.purge()).toBe(1)
    expect(await counter.purge()).toBe(0)
    expect(await counter.take('t', 'long', { max: 1, windowSeconds: 86_400 })).toMatchObject({ ok: false })
    expect(await counter.take('t', 'a', { max: 1, windowSeconds: 60 })).toEqual({ ok: true })
  })
})
