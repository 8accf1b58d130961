import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { checkDataKey, resealDataKeyWord } from '../../src/adapters/stores/recovery/index.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { aDatabase } from '../support/database.ts'

const outside = { randomBytes: (count: number) => randomBytes(count) }
const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) })
const sealerOf = (...[current, ...older]: [ReturnType<typeof key>, ...ReturnType<typeof key>[]]) =>
  makeSealer(makeKeyRing(current, older), 'test', outside)

it('a data key that the database was not written with is noticed at the start, a rotated one is not', async () => {
  await using database = await aDatabase()
  const [first, second, stranger] = [key('k1', 1), key('k2', 2), key('k3', 3)]
  await checkDataKey(database.kysely, sealerOf(first))
  await checkDataKey(database.kysely, sealerOf(first))

  await expect(checkDataKey(database.kysely, sealerOf(stranger))).rejects.toThrow('keys.data.older')
  await checkDataKey(database.kysely, sealerOf(second, first))
  await expect(checkDataKey(database.kysely, sealerOf(second))).rejects.toThrow('keys.data.older')
  expect(await resealDataKeyWord(database.kysely, sealerOf(second, first))).toBe(true)
  await checkDataKey(database.kysely, sealerOf(second))
})
