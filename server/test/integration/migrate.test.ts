import { type Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { type Migration, migrate } from '../../src/adapters/stores/migrate.ts'
import { aDatabase } from '../support/database.ts'

const creating = (table: string): Migration => ({
  name: `create-${table}`,
  up: async (database: Kysely<unknown>) => {
    await sql`create table ${sql.id(table)} (tenant text primary key)`.execute(database)
  },
})

const tables = async (database: Kysely<unknown>) => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(
    database,
  )
  return rows.map(({ name }) => name)
}

describe('migrations', () => {
  it('run once each, in the order of the list, also when the list grows', async () => {
    await using database = await aDatabase([])

    const first = await migrate(database.kysely, [creating('zebra'), creating('ant')])
    const second = await migrate(database.kysely, [creating('zebra'), creating('ant'), creating('bee')])

    expect(first).toEqual(['create-zebra', 'create-ant'])
    expect(second).toEqual(['create-bee'])
    expect(await tables(database.kysely)).toEqual(['ant', 'bee', 'migrations', 'zebra'])
  })

  it('are each run by one of many nodes that start together', async () => {
    await using database = await aDatabase([])
    const nodes = Array.from({ length: 6 }, () => openDatabase({ connection: database.config }))

    const ran = await Promise.all(
      nodes.map(({ kysely }) => migrate(kysely, [creating('ant'), creating('bee')])),
    )
    await Promise.all(nodes.map(({ close }) => close()))

    expect(ran.flat().sort()).toEqual(['create-ant', 'create-bee'])
  })

  it('leave nothing of a step that failed', async () => {
    await using database = await aDatabase([])
    const failing: Migration = {
      name: 'fails-half-way',
      up: async (transaction) => {
        await creating('ant').up(transaction)
        throw new Error('disk full')
      },
    }

    await expect(migrate(database.kysely, [failing])).rejects.toThrow('disk full')

    expect(await tables(database.kysely)).toEqual([])
  })

  it('refuse a list with one name twice', async () => {
    await using database = await aDatabase([])

    await expect(migrate(database.kysely, [creating('ant'), creating('ant')])).rejects.toThrow('create-ant')
  })
})

describe('the database pool', () => {
  it('gives counters as numbers and instants as dates, and refuses a number it could not hold', async () => {
    await using database = await aDatabase([])

    const { rows } = await sql`
      select 9007199254740991::bigint as most, '2026-02-03 04:05:06.789+00'::timestamptz as instant`.execute(
      database.kysely,
    )

    expect(rows).toEqual([{ most: 9007199254740991, instant: new Date('2026-02-03T04:05:06.789Z') }])
    await expect(sql`select 9007199254740993::bigint as more`.execute(database.kysely)).rejects.toThrow(
      '2^53',
    )
  })
})
