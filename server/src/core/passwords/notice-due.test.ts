import { describe, expect, it } from 'vitest'
import { type AgePolicy } from './age.ts'
import { noticeDue } from './notice-due.ts'

const day = 86_400
const start = new Date('2026-03-01T09:00:00Z')
const at = (days: number) => new Date(start.getTime() + days * day * 1_000)
const quarterly: AgePolicy = { minSeconds: 0, maxSeconds: 90 * day, remindDays: [14, 3, 1], graceDays: 7 }
const due = (
  now: number,
  told: number | null,
  {
    policy = quarterly,
    expiresAt = null,
    markFailed = null,
  }: { policy?: AgePolicy; expiresAt?: Date | null; markFailed?: number | null } = {},
) =>
  noticeDue(policy, {
    changedAt: start,
    expiresAt,
    told: told === null ? null : at(told),
    markFailedAt: markFailed === null ? null : at(markFailed),
    now: at(now),
  })

describe('what is due of a password', () => {
  it('is each reminder once, and the nearest where several were missed', () => {
    expect(due(75.9, null)).toBeNull()
    expect(due(76, null)).toEqual({ is: 'reminder', days: 14, at: at(90) })
    expect(due(86, 76)).toBeNull()
    expect(due(87, 76)).toEqual({ is: 'reminder', days: 3, at: at(90) })
    expect(due(89.5, null)).toEqual({ is: 'reminder', days: 1, at: at(90) })
    expect(due(89.9, 89)).toBeNull()
  })

  it('is its end, and the mark when the grace is over', () => {
    const ended = { is: 'ended', at: at(90), until: at(97) }

    expect(due(90, 89)).toEqual({ ...ended, tells: true, marks: false })
    expect(due(96.9, 90)).toBeNull()
    expect(due(97, 90)).toEqual({ ...ended, until: null, tells: false, marks: true })
    expect(due(97.5, 97)).toBeNull()
    expect(due(500, 97)).toBeNull()
  })

  it('is both at once where nobody was told for long, or there is no grace', () => {
    const both = { is: 'ended', at: at(90), until: null, tells: true, marks: true }

    expect(due(500, null)).toEqual(both)
    expect(due(90, 89, { policy: { ...quarterly, graceDays: 0 } })).toEqual(both)
  })

  it('is a mark that failed once more on the next day, and not within the same', () => {
    const again = { is: 'ended', at: at(90), until: null, tells: false, marks: true }

    expect(due(97.5, 97, { markFailed: 97 })).toBeNull()
    expect(due(97.96, 97, { markFailed: 97 })).toEqual(again)
    expect(due(99, 98, { markFailed: 98 })).toEqual(again)
    // Of the password before this one.
    expect(due(89.9, 89, { markFailed: 20 })).toBeNull()
  })

  it('is no mark where the directory has an end of its own, and nothing where policy has none', () => {
    expect(due(60, null, { expiresAt: at(60) })).toEqual({
      is: 'ended',
      at: at(60),
      until: null,
      tells: true,
      marks: false,
    })
    expect(due(60, null, { policy: { ...quarterly, maxSeconds: null }, expiresAt: at(60) })).toBeNull()
  })
})
