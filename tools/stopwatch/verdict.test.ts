import { describe, expect, it } from 'vitest'
import { seededRandom } from './statistics.ts'
import { type Compared, compare, type Measured, tableOf, verdictOn } from './verdict.ts'

const microsecond = 1_000
const millisecond = 1_000 * microsecond

/** Two thousand answers of about a millisecond, in nanoseconds. */
function measured(shiftOfKnown: number, noise = 0.2 * millisecond): Measured {
  const random = seededRandom(7)
  const times = (shift: number) =>
    Array.from({ length: 2_000 }, () => millisecond + shift + noise * (random() + random() - 1))
  return { operation: 'start', condition: 'quiet', times: { unknown: times(0), known: times(shiftOfKnown) } }
}

const only = (all: readonly Compared[]): Compared => {
  const [one] = all
  if (one === undefined || all.length > 1) throw new RangeError('expected one comparison')
  return one
}

describe('a comparison', () => {
  it('is of every class with nobody, in microseconds, and slower is positive', () => {
    const one = only(compare(measured(0.05 * millisecond)))

    expect(one).toMatchObject({ operation: 'start', condition: 'quiet', class: 'known', pairs: 2_000 })
    expect(one.difference).toBeCloseTo(50, -1)
    expect(one.low).toBeLessThan(one.difference)
    expect(one.high).toBeGreaterThan(one.difference)
  })

  it.each([
    ['nothing', 0, 'neutral'],
    ['half a millisecond', 0.5, 'told apart'],
    ['half a millisecond the other way', -0.5, 'told apart'],
    // Within the bound, but every time the same way: two thousand pairs show it.
    ['a twentieth of a millisecond', 0.05, 'told apart'],
  ])('that differs by %s is judged', (_, shift, verdict) => {
    expect(verdictOn(only(compare(measured(shift * millisecond))), 50)).toBe(verdict)
  })

  it.each([
    [-99, 99, 'neutral'],
    [-101, 99, 'not shown'],
    [-99, 101, 'not shown'],
    [-300, -200, 'not shown'],
  ])(
    'whose median may lie from %i to %i µs, and whose signs tell nothing, is judged',
    (low, high, verdict) => {
      const one = { ...only(compare(measured(0))), p: 0.5, low, high }

      expect(verdictOn(one, 50)).toBe(verdict)
    },
  )

  it('of what is known to be open passes for as long as it is no worse', () => {
    const echo = { ...only(compare(measured(0.05 * millisecond))), operation: 'echo' }

    expect(verdictOn(echo, 50)).toBe('known')
    expect(verdictOn({ ...echo, high: 5_001 }, 50)).toBe('told apart')
    expect(verdictOn({ ...echo, low: -5_001 }, 50)).toBe('told apart')
  })

  it('has to be the less likely, the more of them there are', () => {
    const one = { ...only(compare(measured(0))), p: 1e-6 }

    expect([verdictOn(one, 1), verdictOn(one, 9), verdictOn(one, 11)]).toEqual([
      'told apart',
      'told apart',
      'neutral',
    ])
  })
})

it('the table has a row for every comparison, with its verdict among as many', () => {
  const all = [0, 0.5].flatMap((shift) => compare(measured(shift * millisecond)))
  const [head, rule, first, second, ...rest] = tableOf(all).split('\n')

  expect(head).toMatch(/^\| operation +\| condition +\| class +\| pairs +\| median µs +\| 95 % interval µs/)
  expect(rule).toMatch(/^[| -]+$/)
  expect(first).toMatch(/^\| start +\| quiet +\| known +\| 2000 .* neutral +\|$/)
  expect(second).toMatch(/\+(49|50)\d +\| \+(49|50)\d … \+(49|50)\d +\| .* told apart +\|$/)
  expect(rest).toEqual([])
})

it('a verdict in the table is one among as many as the table has', () => {
  const one = { ...only(compare(measured(0))), p: 6e-6 }

  expect(tableOf([one])).toContain('told apart')
  expect(tableOf([one, one])).not.toContain('told apart')
})
