import { describe, expect, it } from 'vitest'
import { adminRequestMigration, makeRequestRecords } from '../../src/adapters/stores/admin-requests.ts'
import type { Claim } from '../../src/core/helpdesk/ports.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { aDatabase } from '../support/database.ts'
import { aClock } from '../support/fake-outside.ts'

const ring = makeKeyRing({ id: 'd1', bytes: new Uint8Array(32).fill(9) })
const name = { tenant: 'northwind', caller: 'desk', route: 'POST /v1/admin/x', key: 'first-1' }
const answer = { status: 200, body: '{"name":"Ada Lovelace"}' }

async function setUp() {
  const database = await aDatabase([adminRequestMigration])
  const clock = aClock()
  const sealer = makeSealer(ring, 'recovery', systemOutside)
  return {
    database,
    clock,
    requests: makeRequestRecords({ database: database.kysely, sealer, outside: { now: () => clock.now() } }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const newOne = (claim: Claim) => {
  if (claim.is !== 'new') throw new Error(`a claim was ${claim.is}`)
  return claim
}

describe('writes that may be sent again', () => {
  it('are done once: one that was answered gets the same answer, for a day', async () => {
    await using world = await setUp()
    const { requests, clock } = world
    await newOne(await requests.claim(name, 'f')).settle(answer)

    clock.advance(86_399)
    expect(await requests.claim(name, 'f')).toEqual({ is: 'answered', answer })
    clock.advance(2)
    expect(await requests.claim(name, 'f')).toMatchObject({ is: 'new' })
  })

  it('are the same only for the same tenant, caller and route, and for the same content', async () => {
    await using world = await setUp()
    const { requests } = world
    await newOne(await requests.claim(name, 'f')).settle(answer)

    expect(await requests.claim(name, 'g')).toEqual({ is: 'other' })
    for (const over of [
      { tenant: 'other' },
      { caller: 'siem' },
      { route: 'POST /v1/admin/y' },
      { key: '2' },
    ]) {
      expect(await requests.claim({ ...name, ...over }, 'g')).toMatchObject({ is: 'new' })
    }
  })

  it('are given to exactly one of thirty who send the same at once', async () => {
    await using world = await setUp()
    const { requests } = world

    const claims = await Promise.all(Array.from({ length: 30 }, () => requests.claim(name, 'f')))

    expect(claims.filter(({ is }) => is === 'new')).toHaveLength(1)
    expect(claims.filter(({ is }) => is === 'in-flight')).toHaveLength(29)
  })

  it('can be sent again at once when nothing came of them', async () => {
    await using world = await setUp()
    const { requests } = world

    await newOne(await requests.claim(name, 'f')).release()

    expect(await requests.claim(name, 'g')).toMatchObject({ is: 'new' })
  })

  it('are taken for lost after a minute, and whoever comes back late changes nothing', async () => {
    await using world = await setUp()
    const { requests, clock } = world
    const late = newOne(await requests.claim(name, 'f'))
    clock.advance(59)
    expect(await requests.claim(name, 'f')).toEqual({ is: 'in-flight' })
    clock.advance(2)
    expect(await requests.claim(name, 'g')).toEqual({ is: 'other' })

    const second = newOne(await requests.claim(name, 'f'))
    await late.settle({ status: 500, body: '{}' })
    await late.release()
    await second.settle(answer)

    expect(await requests.claim(name, 'f')).toEqual({ is: 'answered', answer })
  })

  it('name nobody in the database, and are gone after a day', async () => {
    await using world = await setUp()
    const { requests, clock, database } = world
    await newOne(await requests.claim(name, 'f')).settle(answer)

    const { rows } = await database.pool.query('select * from admin_request')
    expect(JSON.stringify(rows)).not.toContain('Ada')
    clock.advance(86_401)
    expect(await requests.forget()).toBe(1)
  })
})
