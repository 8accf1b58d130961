import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bucketHas, bucketLength, encodeBucket } from './bucket.ts'
import { falsePositiveRate, geometryFor, keyOf, placeOf, prefixOf } from './geometry.ts'

const highBits = fc.integer({ min: 0, max: 8 })
const values = (bits: number) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 2 ** (24 + bits) - 1 }), { maxLength: 300 })
    .map((list) => list.toSorted((a, b) => a - b))

it('holds what was put into it and nothing else', () => {
  fc.assert(
    fc.property(
      highBits.chain((bits) => fc.tuple(fc.constant(bits), values(bits), values(bits))),
      ([bits, inside, asked]) => {
        const bytes = encodeBucket(inside, bits)

        expect(bytes).toHaveLength(bucketLength(inside.length, bits))
        for (const value of inside) expect(bucketHas(bytes, inside.length, value)).toBe(true)
        for (const value of asked) {
          expect(bucketHas(bytes, inside.length, value)).toBe(inside.includes(value))
        }
      },
    ),
  )
})

it('tells neighbours apart at every edge', () => {
  const edges = [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 32 - 2, 2 ** 32 - 1]
  for (const left of edges) {
    const inside = edges.filter((edge) => edge !== left)
    const bytes = encodeBucket(inside, 8)

    for (const edge of edges)
      expect([edge, bucketHas(bytes, inside.length, edge)]).toEqual([edge, edge !== left])
  }
})

it('takes less than four bytes an entry, and finds one in ten million by mistake at most', () => {
  for (let entries = 1_000_000; entries < 4_000_000_000; entries = Math.round(entries * 1.37)) {
    const geometry = geometryFor(entries)
    const buckets = 2 ** geometry.bucketBits
    const body = entries * 3 + Math.ceil((entries + buckets * 2 ** geometry.highBits) / 8) + buckets

    expect((body + buckets * 16) / entries).toBeLessThan(4)
    expect(falsePositiveRate(entries, geometry)).toBeLessThan(1e-7)
    expect(geometry.keyBits - 8).toBeLessThanOrEqual(53)
  }
  expect(() => geometryFor(2 ** 38)).toThrow(/more than an index holds/)
})

it('puts a hash where its leading bits say', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 20 }),
      fc.integer({ min: 1, max: 2 ** 31 }),
      (hash, entries) => {
        const geometry = geometryFor(entries)
        const { partition, rest } = prefixOf(hash)
        const { bucket, value } = placeOf(keyOf(rest, geometry), geometry)
        const valueBits = geometry.keyBits - geometry.bucketBits
        const whole =
          (BigInt(partition) << BigInt(geometry.keyBits - 8)) |
          (BigInt(bucket) << BigInt(valueBits)) |
          BigInt(value)
        const bits = BigInt(`0x${Buffer.from(hash).toString('hex')}`)

        expect(whole).toBe(bits >> BigInt(hash.length * 8 - geometry.keyBits))
      },
    ),
  )
})
