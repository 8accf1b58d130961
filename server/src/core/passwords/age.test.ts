import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import { type AgePolicy, expiryOf, remindersDue, strictestAge, tooYoungUntil } from './age.ts'

const hour = 3_600
const day = 24 * hour
const start = new Date('2026-03-01T09:00:00Z')
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000)
/** What the directory tells of it. */
const set = (changedAt: Date | null, expiresAt: Date | null = null) => ({ changedAt, expiresAt })
const never: AgePolicy = { minSeconds: 0, maxSeconds: null, remindDays: [14, 3, 1], graceDays: 7 }
const quarterly: AgePolicy = { ...never, maxSeconds: 90 * day }

describe('a password that was changed a short while ago', () => {
  const policy = { ...never, minSeconds: 24 * hour }
  const facts = { changedAt: start, mustChange: false }

  it('may be changed again after the least age, and not a moment before', () => {
    expect(tooYoungUntil(policy, facts, at(24 * hour - 1))).toEqual(at(24 * hour))
    expect(tooYoungUntil(policy, facts, at(24 * hour))).toBeNull()
    expect(tooYoungUntil(never, facts, start)).toBeNull()
  })

  it('may be changed at once when it must be, or when nobody knows its age', () => {
    expect(tooYoungUntil(policy, { ...facts, mustChange: true }, at(1))).toBeNull()
    expect(tooYoungUntil(policy, { ...facts, changedAt: null }, at(1))).toBeNull()
  })
})

describe('a password that may become so old', () => {
  it.each([
    ['is fresh until its first reminder', 76 * day - 1, { state: 'fresh' }],
    ['is about to expire from then on', 76 * day, { state: 'expires', at: at(90 * day) }],
    ['is about to expire to the last second', 90 * day - 1, { state: 'expires', at: at(90 * day) }],
    ['has its grace then', 90 * day, { state: 'grace', until: at(97 * day) }],
    ['has it to the last second', 97 * day - 1, { state: 'grace', until: at(97 * day) }],
    ['has expired then', 97 * day, { state: 'expired' }],
    ['stays so', 9_000 * day, { state: 'expired' }],
  ])('%s', (_, seconds, expiry) => {
    expect(expiryOf(quarterly, set(start), at(seconds))).toEqual(expiry)
  })

  it('expires never without a limit or a date, and at once without a grace', () => {
    expect(expiryOf(never, set(start), at(9_000 * day))).toEqual({ state: 'fresh' })
    expect(expiryOf(quarterly, set(null), at(9_000 * day))).toEqual({ state: 'fresh' })
    expect(expiryOf({ ...quarterly, graceDays: 0 }, set(start), at(90 * day))).toEqual({ state: 'expired' })
    expect(expiryOf({ ...quarterly, remindDays: [] }, set(start), at(90 * day - 1))).toEqual({
      state: 'fresh',
    })
  })

  it('ends by the directory’s date where that is earlier, and then without a grace', () => {
    const soon = set(start, at(60 * day))

    expect(expiryOf(quarterly, soon, at(50 * day))).toEqual({ state: 'expires', at: at(60 * day) })
    expect(expiryOf(quarterly, soon, at(60 * day))).toEqual({ state: 'expired' })
    expect(expiryOf(never, set(null, at(60 * day)), at(60 * day))).toEqual({ state: 'expired' })
    expect(expiryOf(quarterly, set(start, at(120 * day)), at(90 * day))).toMatchObject({ state: 'grace' })
    const due = { since: at(45 * day), now: at(46 * day) }
    expect(remindersDue(quarterly, { ...soon, ...due })).toEqual([14])
  })

  it('has reminders only for days that it was there', () => {
    const short = { ...quarterly, maxSeconds: 14 * day, remindDays: [30, 14, 3] }
    const due = (since: number, now: number) =>
      remindersDue(short, { ...set(start), since: at(since), now: at(now) })

    expect(due(-40 * day, 13 * day)).toEqual([3])
    expect(due(11 * day, 13 * day)).toEqual([])
    expect(due(11 * day - 1, 11 * day)).toEqual([3])
    expect(due(-40 * day, 14 * day)).toEqual([])
    expect(remindersDue(never, { ...set(start), since: at(-day), now: at(day) })).toEqual([])
    expect(remindersDue(short, { ...set(null), since: at(-day), now: at(day) })).toEqual([])
  })
})

describe('a year', () => {
  /** Looks at an account once a day, as a job does, but for days on which the service stands still. */
  function play({ changesOn, downOn = [] }: { changesOn: readonly number[]; downOn?: readonly number[] }) {
    const clock = aClock(start.toISOString())
    let changedAt = start
    let since = start
    const told: string[] = []
    for (let today = 1; today <= 365; today += 1) {
      clock.advance(day)
      if (changesOn.includes(today)) changedAt = clock.now()
      if (downOn.includes(today)) continue
      const [reminder] = remindersDue(quarterly, { ...set(changedAt), since, now: clock.now() })
      if (reminder !== undefined) told.push(`day ${today}: ${reminder} left`)
      const { state } = expiryOf(quarterly, set(changedAt), clock.now())
      if (state === 'grace' || state === 'expired') told.push(`day ${today}: ${state}`)
      since = clock.now()
    }
    return told
  }

  it('brings three reminders a quarter to who changes on the last day, and nothing else', () => {
    const quarters = [89, 178, 267, 356]
    const expected = [0, 89, 178, 267].flatMap((from) => [
      `day ${from + 76}: 14 left`,
      `day ${from + 87}: 3 left`,
    ])

    expect(play({ changesOn: quarters })).toEqual(expected)
  })

  it('ends in seven days of grace for who never changes, and after them', () => {
    const told = play({ changesOn: [] })

    expect(told.slice(0, 3)).toEqual(['day 76: 14 left', 'day 87: 3 left', 'day 89: 1 left'])
    expect(told.filter((line) => line.endsWith('grace'))).toHaveLength(7)
    expect(told.filter((line) => line.endsWith('expired'))).toHaveLength(365 - 96)
  })

  it('brings one mail and not three after days on which nobody looked', () => {
    const downOn = Array.from({ length: 14 }, (_, index) => 75 + index)

    expect(play({ changesOn: [90], downOn })[0]).toBe('day 89: 1 left')
  })

  it('brings each reminder once, however often somebody looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 * hour }), { minLength: 5 }), (steps) => {
        const seen: number[] = []
        let now = 70 * day
        for (const step of steps) {
          const since = now
          now += step
          seen.push(...remindersDue(quarterly, { ...set(start), since: at(since), now: at(now) }))
        }
        expect(seen).toEqual([...new Set(seen)])
        const passed = [14, 3, 1].filter((days) => (90 - days) * day <= now)
        if (now < 90 * day) expect(seen.toSorted()).toEqual(passed.toSorted())
      }),
    )
  })
})

it('of two policies both hold', () => {
  const one = { minSeconds: hour, maxSeconds: null, remindDays: [14, 1], graceDays: 7 }
  const other = { minSeconds: 0, maxSeconds: 30 * day, remindDays: [3, 1], graceDays: 2 }
  const both = { minSeconds: hour, maxSeconds: 30 * day, remindDays: [14, 3, 1], graceDays: 2 }

  expect(strictestAge(one, other)).toEqual(both)
  expect(strictestAge(other, one)).toEqual(both)
  expect(strictestAge(both, { ...other, maxSeconds: 90 * day })).toEqual(both)
})
