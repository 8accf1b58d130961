import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Attacked, anAttackedRekey, filesBelow } from './attacked.ts'

let rekey: Attacked

beforeAll(async () => {
  rekey = await anAttackedRekey()
})

afterAll(() => rekey[Symbol.asyncDispose]())

const wordBits = 64
const stateBits = 2n * BigInt(wordBits)
const outputs = 32

/** A word whose bits are sums of bits of the first state: bit `i` is the set of those it is the sum of. */
type Word = readonly bigint[]

const plus = (one: Word, other: Word): Word => one.map((bit, at) => bit ^ (other[at] ?? 0n))
const shiftLeft = (word: Word, by: number): Word => word.map((_, at) => word[at - by] ?? 0n)
const shiftRight = (word: Word, by: number): Word => word.map((_, at) => word[at + by] ?? 0n)

/**
 * V8 draws `Math.random()` with xorshift128+ and hands out the upper bits of one of its two words; every step is
 * linear over GF(2). These are the eight highest bits of 32 outputs in a row, as sums of the 128 bits of the state
 * before them.
 */
function equations(): bigint[] {
  let s0: Word = Array.from({ length: wordBits }, (_, bit) => 1n << BigInt(bit))
  let s1: Word = Array.from({ length: wordBits }, (_, bit) => 1n << BigInt(wordBits + bit))
  const masks: bigint[] = []
  for (let output = 0; output < outputs; output += 1) {
    let next = plus(s0, shiftLeft(s0, 23))
    next = plus(next, shiftRight(next, 17))
    next = plus(next, plus(s1, shiftRight(s1, 26)))
    s0 = s1
    s1 = next
    for (let bit = 1; bit <= 8; bit += 1) masks.push(s0[wordBits - bit] ?? 0n)
  }
  return masks
}

const masks = equations()

/** Whether some state of the generator gives these 32 bytes; V8 hands numbers out from the end of its store. */
function comesFromV8(bytes: Uint8Array): boolean {
  const drawn = [...bytes].reverse()
  const pivots = new Map<number, bigint>()
  for (const [at, mask] of masks.entries()) {
    const byte = drawn[at >> 3] ?? 0
    let row = mask | (BigInt((byte >> (7 - (at & 7))) & 1) << stateBits)
    for (let left = row & ((1n << stateBits) - 1n); left !== 0n; left = row & ((1n << stateBits) - 1n)) {
      const highest = left.toString(2).length
      const pivot = pivots.get(highest)
      if (pivot === undefined) {
        pivots.set(highest, row)
        row = 0n
      } else row ^= pivot
    }
    // Nothing of the state is left, and still the sum should be one: no state says that.
    if (row !== 0n) return false
  }
  return true
}

describe('[75] secrets that could be foreseen', () => {
  it('have no state of V8’s generator behind them, while drawn from Math.random they would', async () => {
    const fromMathRandom = Array.from({ length: 20 }, () =>
      Uint8Array.from({ length: 32 }, () => Math.floor(Math.random() * 256)),
    )
    expect(fromMathRandom.filter(comesFromV8).length).toBeGreaterThan(5)

    const flows = await Promise.all(Array.from({ length: 60 }, () => rekey.start('victim')))
    const secrets = flows.map(({ secret }) => Buffer.from(secret, 'base64url'))
    expect(secrets.map(({ length }) => length)).toEqual(secrets.map(() => 32))
    expect(secrets.filter(comesFromV8)).toEqual([])
  })

  it('are drawn nowhere in the source with Math.random or a library that uses it', async () => {
    const source = join(import.meta.dirname, '../../src')
    const files = Object.entries(await filesBelow(source)).filter(([path]) => /\.tsx?$/.test(path))
    expect(files.length).toBeGreaterThan(100)
    const drawing = files
      .filter(([path]) => !/\.(test|testing)\.tsx?$/.test(path))
      .flatMap(([path, text]) =>
        text
          .split('\n')
          .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
          .filter((line) => /Math\.random\s*\(|from '(uuid|nanoid|chance|seedrandom)[^']*'/.test(line))
          .map((line) => `${path}: ${line.trim()}`),
      )

    expect(drawing).toEqual([])
    const { dependencies } = JSON.parse(await readFile(join(source, '../package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(Object.keys(dependencies)).not.toContain('uuid')
  })
})
