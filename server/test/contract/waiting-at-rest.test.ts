import { type Kysely, sql } from 'kysely'
import { expect, it } from 'vitest'
import { sealedColumns } from '../../src/adapters/stores/recovery/index.ts'
import type { RecoveryTables } from '../../src/adapters/stores/recovery/tables.ts'
import {
  countWaits,
  keepWaiting,
  readWaiting,
  shredOfOthers,
} from '../../src/adapters/stores/recovery/waiting.ts'
import { sealedPlace } from '../../src/adapters/stores/resealing.ts'
import { after } from '../../src/core/recovery/rules.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { anOutside } from '../support/fake-outside.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import { northwind } from '../support/recovery-world.ts'
import { aWaiting } from './waiting.contract.ts'

const outside = anOutside()
const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) })
const [first, second] = [key('k1', 1), key('k2', 2)]
const sealerOf = (...[current, ...older]: [typeof first, ...(typeof first)[]]) =>
  makeSealer(makeKeyRing(current, older), 'recovery', outside)

type Deps = Parameters<typeof readWaiting>[0]
const keep = (deps: Deps) => deps.database.transaction().execute((trx) => keepWaiting(deps, trx, aWaiting()))
const open = (deps: Deps) => readWaiting(deps, { tenant: northwind, id: 'flow-1' })

const columnOf = (name: string, sealer: Deps['sealer'], database: Kysely<RecoveryTables>) => {
  const column = sealedColumns(sealer).find(({ table }) => table === name)
  if (column === undefined) throw new Error(`nothing seals ${name}`)
  return sealedPlace(database as unknown as Kysely<unknown>, column)
}

it('a password that waits lies in no column, and opens with the data key alone', async () => {
  await using opened = await aRecoveryDatabase()
  const database = opened.database.kysely
  await keep({ database, outside, sealer: sealerOf(first) })

  const { rows } = await sql`select w::text as row from waiting_password w`.execute(database)
  expect(JSON.stringify(rows)).not.toMatch(/correct|horse|battery|staple/)
  await expect(open({ database, outside, sealer: sealerOf(second) })).rejects.toThrow('not in the ring')
  expect(await open({ database, outside, sealer: sealerOf(first) })).toMatchObject({ attempt: 1 })
  // What operators see of it.
  expect(await countWaits(database, after(outside.now(), 90))).toEqual([
    { tenant: northwind, count: 1, oldestSeconds: 90 },
  ])
})

it('a row that somebody changed opens no more: not for another account, another try or a later end', async () => {
  await using opened = await aRecoveryDatabase()
  const database = opened.database.kysely
  const deps = { database, outside, sealer: sealerOf(first) }
  await keep(deps)
  const changes = [
    sql`subject = 'eve'`,
    sql`directory = 'other'`,
    sql`account_key = 'key-of-eve'`,
    sql`attempt = 2`,
    sql`expires_at = expires_at + interval '1 second'`,
    sql`password_set_at = now()`,
  ]
  for (const change of changes) {
    await sql`update waiting_password set ${change}`.execute(database)
    await expect(open(deps)).rejects.toThrow()
    await sql`delete from waiting_password`.execute(database)
    await keep(deps)
    expect((await open(deps))?.password.reveal()).toBe(aWaiting().password.reveal())
  }
})

it('a new data key seals the key of the row anew, and the old one can be thrown away', async () => {
  await using opened = await aRecoveryDatabase()
  const database = opened.database.kysely
  await keep({ database, outside, sealer: sealerOf(first) })
  const both = columnOf('waiting_password', sealerOf(second, first), database)
  expect([await both.under('k1'), await both.under('k2')]).toEqual([1, 0])

  const options = { signal: new AbortController().signal, progress: () => undefined }
  expect(await both.reseal(options)).toEqual({ resealed: 1, unreadable: 0 })

  expect([await both.under('k1'), await both.under('k2')]).toEqual([0, 1])
  const left = { database, outside, sealer: sealerOf(second) }
  expect((await open(left))?.password.reveal()).toBe(aWaiting().password.reveal())
})

it('a password of a tenant that is configured no more is destroyed once its time is over', async () => {
  await using opened = await aRecoveryDatabase()
  const database = opened.database.kysely
  const deps = { database, outside, sealer: sealerOf(first) }
  await keep(deps)
  const { expiresAt } = aWaiting()

  expect(await shredOfOthers(database, [northwind], after(expiresAt, 1))).toBe(0)
  expect(await shredOfOthers(database, ['other'], expiresAt)).toBe(0)
  expect(await open(deps)).not.toBeNull()
  expect(await shredOfOthers(database, ['other'], after(expiresAt, 1))).toBe(1)
  expect(await open(deps)).toBeNull()
})
