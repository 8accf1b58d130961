import { describe, expect, it } from 'vitest'
import { rotationIsDue, statesOf } from './need.ts'

const now = new Date('2026-05-04T10:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const key = (id: string, hours: number) => ({ id, from: hoursAgo(hours) })
const record = (id: string, active: number, retired: number | null) => ({
  ring: 'token' as const,
  id,
  activeAt: hoursAgo(active),
  retiredAt: retired === null ? null : hoursAgo(retired),
  resealedAt: null,
})
const needs = (use: Record<string, number>, records = [record('old', 90, 26), record('now', 26, null)]) =>
  statesOf('token', [key('old', 90), key('now', 26), key('next', -1)], {
    records,
    use: new Map(Object.entries(use)),
    now,
  }).map(({ need }) => need)

describe('a key stays in its ring', () => {
  it('while it is written with, while its moment has not come, and while something needs it', () => {
    expect(needs({ old: 1 })).toEqual(['used', 'active', 'coming'])
  })

  it('for a day after it was written with, whatever is counted', () => {
    const records = [record('old', 90, 24), record('now', 24, null)]

    expect(needs({ old: 0 }, records)).toEqual(['young', 'active', 'coming'])
  })

  it('when nobody counted, or nobody knows what is written with', () => {
    expect(needs({})).toEqual(['used', 'active', 'coming'])
    expect(needs({ old: 0, now: 0 }, [])).toEqual(['coming', 'coming', 'coming'])
  })

  it('no longer', () => {
    expect(needs({ old: 0 })).toEqual([null, 'active', 'coming'])
  })
})

it('a rotation is due when the newest key is old enough, also one that is not used yet', () => {
  expect(rotationIsDue(key('k', 48), 2, now)).toBe(true)
  expect(rotationIsDue(key('k', 47), 2, now)).toBe(false)
  expect(rotationIsDue(key('k', -1), 1, now)).toBe(false)
})
