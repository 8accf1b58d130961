import { describe, expect, it } from 'vitest'
import { attacks } from '../../server/test/attack/catalogue.ts'
import { readTree } from '../tree.ts'
import { replaysIn } from './replays.ts'

const replays = replaysIn(readTree())
const replayed = new Set(replays.flatMap(({ rows }) => rows))

describe('the catalogue of attacks', () => {
  it('has every number once, in order', () => {
    const numbers = attacks.map(({ row }) => row)

    expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other))
  })

  it('has a test for every attack that means something here, and none for the others', () => {
    const means = attacks.filter(({ waitsFor }) => waitsFor === undefined).map(({ row }) => row)

    expect(means.filter((row) => !replayed.has(row))).toEqual([])
    expect([...replayed].filter((row) => !means.includes(row))).toEqual([])
  })
})

describe('the tests that replay attacks', () => {
  const found = (text: string) => replaysIn([{ path: 'server/test/attack/a.test.ts', text }])

  it('are known by the numbers before their title and before the titles around it', () => {
    const text = `
      describe('[1] [2] a', () => {
        it('b', () => {})
        it.each([[3]])('[4] c %s', () => {})
        describe.each([1])('d', () => { test('[5] e', () => {}) })
      })
      it('[6] f [7]', () => {})
      it('tenants[8]', () => {})`

    expect(found(text).map(({ title, rows }) => [title, rows])).toEqual([
      ['a › b', [1, 2]],
      ['a › c %s', [1, 2, 4]],
      ['a › d › e', [1, 2, 5]],
      ['f [7]', [6]],
    ])
  })

  it('are not groups without a test in them', () => {
    expect(found(`describe('[9] a', () => {}); describe.each([1])('[10] b', () => {})`)).toEqual([])
  })
})
