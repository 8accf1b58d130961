import { describe, expect, it } from 'vitest'
import { rateCounterMigration } from '../../src/adapters/stores/rate-counter.ts'
import { makeSharedTally } from '../../src/adapters/stores/shared-tally.ts'
import { aDatabase } from '../support/database.ts'

const endsAt = new Date('2026-03-01T12:02:00Z')
const of = (key: string, count: number, tenant = 't') => ({ tenant, key, count, endsAt })

describe('sums over all nodes', () => {
  it('are those of each tenant and key, in the order they were asked for', async () => {
    await using database = await aDatabase([rateCounterMigration])
    const tally = makeSharedTally({ database: database.kysely })

    expect(await tally.add([of('b', 3), of('a', 2), of('a', 7, 'u')])).toEqual([3, 2, 7])
    expect(await tally.add([of('a', 1), of('b', 4)])).toEqual([3, 7])
    expect(await tally.add([of("'; drop table rate_counter; --", 1, '*')])).toEqual([1])
  })

  it('lose nothing when many nodes add at once, in any order', async () => {
    await using database = await aDatabase([rateCounterMigration])
    const tally = makeSharedTally({ database: database.kysely })
    const keys = Array.from({ length: 20 }, (_, one) => `key ${one}`)

    await Promise.all(
      Array.from({ length: 40 }, (_, node) =>
        tally.add((node % 2 === 0 ? keys : keys.toReversed()).map((key) => of(key, 5))),
      ),
    )

    expect(await tally.add(keys.map((key) => of(key, 0)))).toEqual(keys.map(() => 200))
  })
})
