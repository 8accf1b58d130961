import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { expect, it } from 'vitest'
import { namesKeyColumn, readNamesKey } from '../../src/adapters/stores/key-rings/index.ts'
import { checkDataKey, sealedColumns } from '../../src/adapters/stores/recovery/index.ts'
import { sealedPlace } from '../../src/adapters/stores/resealing.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { makeSealer, type Sealer } from '../../src/kernel/seal.ts'
import { aDatabase } from '../support/database.ts'

const outside = { randomBytes: (count: number) => randomBytes(count) }
const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) })
const sealerOf = (...[current, ...older]: [ReturnType<typeof key>, ...ReturnType<typeof key>[]]) =>
  makeSealer(makeKeyRing(current, older), 'test', outside)

/** Brings what every installation has under the key of this sealer, and says how much that was. */
async function reseal(database: Kysely<unknown>, sealer: Sealer) {
  const total = { resealed: 0, unreadable: 0 }
  for (const column of [...sealedColumns(sealer), namesKeyColumn(sealer)]) {
    const options = { signal: new AbortController().signal, progress: () => undefined }
    const done = await sealedPlace(database, column).reseal(options)
    total.resealed += done.resealed
    total.unreadable += done.unreadable
  }
  return total
}

it('a data key that the database was not written with is noticed at the start, a rotated one is not', async () => {
  await using database = await aDatabase()
  const [first, second, stranger] = [key('k1', 1), key('k2', 2), key('k3', 3)]
  await checkDataKey(database.kysely, sealerOf(first))
  await checkDataKey(database.kysely, sealerOf(first))

  await expect(checkDataKey(database.kysely, sealerOf(stranger))).rejects.toThrow('keys.data.older')
  await checkDataKey(database.kysely, sealerOf(second, first))
  await expect(checkDataKey(database.kysely, sealerOf(second))).rejects.toThrow('keys.data.older')
  const names = await readNamesKey(database.kysely, sealerOf(first), outside)
  const underSecond = () => sealedPlace(database.kysely, namesKeyColumn(sealerOf(second))).under('k2')
  expect(await reseal(database.kysely, sealerOf(stranger))).toEqual({ resealed: 0, unreadable: 2 })
  expect(await underSecond()).toBe(0)
  expect(await reseal(database.kysely, sealerOf(second, first))).toEqual({ resealed: 2, unreadable: 0 })
  expect(await reseal(database.kysely, sealerOf(second, first))).toEqual({ resealed: 0, unreadable: 0 })
  expect(await underSecond()).toBe(1)
  await checkDataKey(database.kysely, sealerOf(second))
  expect(await readNamesKey(database.kysely, sealerOf(second), outside)).toEqual(names)
})
