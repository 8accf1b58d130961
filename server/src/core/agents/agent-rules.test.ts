import { expect, it } from 'vitest'
import { makeMinuteCap, writeWaitSeconds } from './agent-rules.ts'

const noon = Date.parse('2026-03-02T12:00:00.000Z')
const at = (seconds: number) => new Date(noon + seconds * 1_000)
/** Writes that were begun so many seconds from noon. */
const begun = (seconds: readonly number[]) => (moment: Date) =>
  seconds.filter((second) => at(second) > moment).length

const caps = { writesPerMinute: 2, writesPerHour: 3, proofsPerMinute: 2 }
const cases: [string, readonly number[], number][] = [
  ['no write', [], 0],
  ['one below the minute', [-1], 0],
  ['two within the minute', [-40, -10], 20],
  ['two at once', [0, 0], 60],
  ['two a minute ago', [-60, -60], 0],
  ['three within the hour', [-3_000, -2_000, -61], 600],
  ['three within the hour, and two within the minute', [-3_590, -5, -5], 55],
  ['more than the cap, which was lowered', [-3_000, -2_000, -1_000, -500, -100], 2_600],
  ['three an hour ago', [-3_600, -3_600, -3_600], 0],
]

it.each(cases)('after %s there is room for another as soon as the oldest is past', (_, seconds, wait) => {
  expect(writeWaitSeconds(begun(seconds), at(0), caps)).toBe(wait)
})

it('a cap of a minute takes so many, and then says when the next may come', () => {
  const take = makeMinuteCap(2)

  expect([take(at(0)), take(at(10.5))]).toEqual([0, 0])
  expect([take(at(10.5)), take(at(59.9))]).toEqual([50, 1])
  expect([take(at(60)), take(at(61))]).toEqual([0, 10])
})
