import { describe, expect, it } from 'vitest'
import { areaUnderCurve, median, medianInterval, seededRandom, shuffled, signTest } from './statistics.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const signs = (above: number, below: number, ties = 0) => [
  ...Array.from({ length: above }, () => 1),
  ...Array.from({ length: below }, () => -1),
  ...Array.from({ length: ties }, () => 0),
]

/** Times of answers: mostly alike, now and then much longer, as a machine makes them. */
const someTimes = (random: () => number, count: number, shift = 0) =>
  Array.from(
    { length: count },
    () => shift + 1_000 + 300 * random() + (random() < 0.05 ? 5_000 * random() : 0),
  )

describe('the median', () => {
  it('is the value in the middle, or the mean of the two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
    expect(median([])).toBeNaN()
  })
})

describe('the sign test', () => {
  it.each([
    // Twice the tail of the binomial distribution with one half, computed by hand: 2 · (C(10,0) + C(10,1)) / 2^10 …
    [10, 0, 2 / 1_024],
    [9, 1, 22 / 1_024],
    [1, 9, 22 / 1_024],
    [8, 2, 112 / 1_024],
    [5, 5, 1],
    [0, 0, 1],
  ])('of %i above and %i below is known', (above, below, p) => {
    expect(signTest(signs(above, below))).toBeCloseTo(p, 12)
  })

  it('leaves ties out', () => {
    expect(signTest(signs(9, 1, 50))).toBeCloseTo(22 / 1_024, 12)
  })

  it('stays exact where powers of two are too small for a number', () => {
    // 2 · 2^-5000 is 0 as a double; the normal approximation of 2600 in 5000 has p = 4.7e-3.
    expect(signTest(signs(5_000, 0))).toBe(0)
    expect(signTest(signs(2_600, 2_400))).toBeCloseTo(0.00488, 4)
  })
})

describe('the interval of the median', () => {
  it('holds the median of an even number of values, and gets narrower with their number', () => {
    const few = medianInterval(upTo(20), { random: seededRandom(1) })
    const many = medianInterval(
      upTo(2_000).map((value) => value / 100),
      { random: seededRandom(1) },
    )

    expect(few.low).toBeLessThan(10.5)
    expect(few.high).toBeGreaterThan(10.5)
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 5)
  })

  it('has nothing to say about values that are all the same', () => {
    expect(medianInterval([7, 7, 7], { random: seededRandom(1) })).toEqual({ low: 7, high: 7 })
  })

  it('is that of drawing and sorting', () => {
    const values = [1, 2, 4, 8, 16, 32]
    const [drawing, random] = [seededRandom(3), seededRandom(3)]
    const medians = upTo(400)
      .map(() => median(values.map(() => values[Math.floor(drawing() * values.length)] ?? 0)))
      .toSorted((a, b) => a - b)

    expect(medianInterval(values, { random, rounds: 400 })).toEqual({ low: medians[10], high: medians[389] })
  })
})

describe('the area under the curve', () => {
  it.each([
    [[3, 4], [1, 2], 1],
    [[1, 2], [3, 4], 0],
    [[1, 2], [1, 2], 0.5],
    [[2], [1, 2, 3, 3], 0.375],
  ])('of %j over %j is known', (first, second, area) => {
    expect(areaUnderCurve(first, second)).toBe(area)
  })
})

describe('chance', () => {
  it('is the same for the same seed, and evenly spread', () => {
    const [one, same, other] = [seededRandom(1), seededRandom(1), seededRandom(2)]
    const drawn = upTo(10_000).map(() => one())

    expect(drawn.slice(0, 50)).toEqual(upTo(50).map(() => same()))
    expect(drawn[0]).not.toBe(other())
    expect(median(drawn)).toBeCloseTo(0.5, 1)
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
  })

  it('brings every order about equally often, and loses nothing', () => {
    const random = seededRandom(1)
    const counts = new Map<string, number>()
    for (const _ of upTo(6_000)) {
      const order = shuffled(['a', 'b', 'c'], random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }

    expect([...counts.keys()].toSorted()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    expect(Math.min(...counts.values())).toBeGreaterThan(850)
  })
})

describe('a difference that was planted', () => {
  const differencesOf = (seed: number, shift: number) => {
    const random = seededRandom(seed)
    const [first, second] = [someTimes(random, 2_000, shift), someTimes(random, 2_000)]
    return { first, second, differences: first.map((value, index) => value - (second[index] ?? 0)) }
  }

  it('of half a millisecond is seen by everything', () => {
    const { first, second, differences } = differencesOf(1, 500)

    expect(signTest(differences)).toBeLessThan(1e-100)
    expect(medianInterval(differences, { random: seededRandom(1) }).low).toBeGreaterThan(450)
    expect(areaUnderCurve(first, second)).toBeGreaterThan(0.9)
  })

  it('of nothing is seen by nothing', () => {
    for (const seed of upTo(20)) {
      const { first, second, differences } = differencesOf(seed, 0)
      const { low, high } = medianInterval(differences, { random: seededRandom(1), rounds: 400 })

      expect(signTest(differences)).toBeGreaterThan(1e-4)
      expect(Math.max(-low, high)).toBeLessThan(30)
      expect(Math.abs(areaUnderCurve(first, second) - 0.5)).toBeLessThan(0.03)
    }
  })
})
