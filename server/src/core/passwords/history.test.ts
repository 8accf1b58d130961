import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterHistory, ownHistory, type RememberedPassword, withinHistory } from './history.ts'

const at = new Date('2026-03-02T09:00:00Z')
const digest = (text: string) => ({ keyId: 'k1', salt: 'salt', digest: text })
const row = (number: number, over: Partial<RememberedPassword> = {}): RememberedPassword => ({
  ...digest(`of ${number}`),
  number,
  at,
  write: null,
  ...over,
})
const write = { flow: 'flow-1', attempt: 2 }
const maybe = (number: number) => row(number, { write: { flow: `flow-${number}`, attempt: 1 } })
const numbers = (rows: readonly RememberedPassword[]) => rows.map(({ number }) => number)

describe('what Rekey remembers itself', () => {
  it.each([
    [5, { remembers: 5, holdsWritesToIt: true }, 0],
    [5, { remembers: 24, holdsWritesToIt: true }, 0],
    [5, { remembers: 4, holdsWritesToIt: true }, 5],
    [5, { remembers: null, holdsWritesToIt: true }, 5],
    [5, { remembers: 24, holdsWritesToIt: false }, 5],
    [0, { remembers: null, holdsWritesToIt: false }, 0],
  ])('of %d passwords, beside a directory with %o, is %d', (history, directory, expected) => {
    expect(ownHistory({ history }, directory)).toBe(expected)
  })
})

describe('a new password must differ from', () => {
  it('the latest ones that were in force, newest first, in whatever order they were read', () => {
    expect(numbers(withinHistory([row(2), row(4), row(1), row(3)], 3))).toEqual([4, 3, 2])
    expect(withinHistory([row(1)], 0)).toEqual([])
  })

  it('those that may have been in force since, which drive none out of the others', () => {
    const rows = [row(1), maybe(2), row(3), maybe(4), row(5), maybe(6)]

    expect(numbers(withinHistory(rows, 2))).toEqual([6, 5, 4, 3])
    expect(numbers(withinHistory(rows, 3))).toEqual([6, 5, 4, 3, 2, 1])
    expect(numbers(withinHistory([maybe(1), row(2)], 2))).toEqual([2, 1])
    expect(numbers(withinHistory([maybe(1), row(2), row(3)], 2))).toEqual([3, 2])
  })

  it('no more of these than of the others', () => {
    expect(numbers(withinHistory([row(1), maybe(2), maybe(3), maybe(4)], 2))).toEqual([4, 3, 1])
  })
})

describe('the remembered passwords', () => {
  const begun = { change: 'write-begun', write, next: digest('next'), current: null, at } as const

  it('get one that may be in force when a write begins', () => {
    expect(afterHistory([row(3)], begun)).toEqual([row(3), { ...digest('next'), number: 4 + 1, at, write }])
    expect(numbers(afterHistory([], begun))).toEqual([2])
  })

  it('get the one that was proven to be in force before it, in place of those that are the same', () => {
    const current = { ...digest('current'), replaces: [1, 4] }

    expect(afterHistory([row(1), row(3), maybe(4)], { ...begun, current })).toEqual([
      row(3),
      { ...digest('current'), number: 5, at, write: null },
      { ...digest('next'), number: 6, at, write },
    ])
  })

  it('keep what was written, and then no more than is to be kept', () => {
    const rows = [row(1), row(2), row(3), row(4, { write })]

    expect(afterHistory(rows, { change: 'written', write, keep: 3 })).toEqual([row(4), row(3), row(2)])
    expect(afterHistory(rows, { change: 'written', write, keep: 0 })).toEqual([])
  })

  it('lose what was refused, of this attempt and of no other', () => {
    const another = row(3, { write: { ...write, attempt: 1 } })

    expect(afterHistory([row(1), another, row(4, { write })], { change: 'not-written', write })).toEqual([
      row(1),
      another,
    ])
  })

  it('are as many as asked for at most, and of these as many uncertain ones, whatever happens', () => {
    const keeps = fc.integer({ min: 1, max: 5 })
    const fate = fc.constantFrom('written' as const, 'not-written' as const, 'unknown' as const)
    fc.assert(
      fc.property(keeps, fc.array(fate, { maxLength: 30 }), (keep, fates) => {
        let rows: readonly RememberedPassword[] = []
        const inForce: string[] = []
        for (const [index, fate] of fates.entries()) {
          const each = { flow: `flow-${index}`, attempt: 1 }
          rows = afterHistory(rows, { ...begun, write: each, next: digest(`of ${index}`) })
          if (fate !== 'unknown') rows = afterHistory(rows, { change: fate, write: each, keep })
          if (fate === 'written') inForce.push(`of ${index}`)
        }
        const within = withinHistory(rows, keep)
        const certain = within.filter((one) => one.write === null).map((one) => one.digest)

        expect(certain).toEqual(inForce.toReversed().slice(0, keep))
        expect(within.length).toBeLessThanOrEqual(2 * keep)
        expect(afterHistory(rows, { change: 'cut', keep })).toEqual(within)
      }),
    )
  })
})
