import { describe, expect, it } from 'vitest'
import { riskPlaceMigration } from '../../src/adapters/stores/risk/migration.ts'
import { makePlaceHistory } from '../../src/adapters/stores/risk/place-history.ts'
import { aDatabase } from '../support/database.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'

const copenhagen = { country: 'DK', asn: 4_200_000_001, point: { latitude: 55.5, longitude: 12.5 } }
const nowhere = { country: null, asn: null, point: null }
const day = (number: number) => new Date(Date.UTC(2026, 5, number))

describe('places of accounts', () => {
  it('are each there once, with when they were last seen, newest first', async () => {
    await using database = await aDatabase([riskPlaceMigration])
    const history = makePlaceHistory(database.kysely)
    await history.remember('t', 'ada', { ...copenhagen, at: day(1) })
    await history.remember('t', 'ada', { ...nowhere, at: day(2) })
    await history.remember('t', 'ada', { ...nowhere, at: day(3) })
    await history.remember('t', 'ada', { ...copenhagen, at: day(5) })
    // A late one does not make it older.
    await history.remember('t', 'ada', { ...copenhagen, at: day(4) })
    await history.remember('t', 'bob', { ...nowhere, at: day(9) })
    await history.remember('other', 'ada', { ...nowhere, at: day(9) })

    expect(await history.placesOf('t', 'ada')).toEqual([
      { ...copenhagen, at: day(5) },
      { ...nowhere, at: day(3) },
    ])
  })

  it('are the newest twenty, and go when they are forgotten', async () => {
    await using database = await aDatabase([riskPlaceMigration])
    const history = makePlaceHistory(database.kysely)
    for (let number = 1; number <= 24; number += 1) {
      await history.remember('t', 'ada', { ...copenhagen, asn: number, at: day(number) })
    }
    const { rowCount } = await database.pool.query('select 1 from risk_place')

    expect(rowCount).toBe(20)
    expect(await history.forget(day(15))).toBe(10)
    expect((await history.placesOf('t', 'ada')).map(({ asn }) => asn)).toEqual([
      24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
    ])
  })

  it('go with the devices when somebody says "this was not me", from then on', async () => {
    await using opened = await aRecoveryDatabase()
    const { store, kysely } = opened.node()
    const history = makePlaceHistory(kysely)
    for (const [subject, asn, at] of [
      ['ada', 1, day(1)],
      ['ada', 2, day(2)],
      ['ada', 3, day(3)],
      ['bob', 3, day(3)],
    ] as const) {
      await history.remember('t', subject, { ...copenhagen, asn, at })
    }
    await store.decideSubject({ tenant: 't', subject: 'ada' }, () => ({
      answer: null,
      effects: { events: [], forgetDevices: { tenant: 't', subject: 'ada', seenSince: day(2) } },
    }))

    expect((await history.placesOf('t', 'ada')).map(({ asn }) => asn)).toEqual([1])
    expect(await history.placesOf('t', 'bob')).toHaveLength(1)
  })
})
