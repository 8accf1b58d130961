import { describe, expect, it } from 'vitest'
import { type ClockState, makeSharedClock } from './shared-clock.ts'

const start = Date.UTC(2026, 4, 4, 10)

/** A node whose clock is ahead of the database's; an answer takes so long there and back. */
function aNode(aheadMs: number, answerMs = 0) {
  let elapsed = 0
  let ahead = aheadMs
  const told: { state: ClockState; offset: number }[] = []
  const clock = makeSharedClock({
    outside: { now: () => new Date(start + elapsed + ahead) },
    ask: async () => {
      elapsed += answerMs / 2
      const there = new Date(start + elapsed)
      elapsed += answerMs / 2
      return there
    },
    tell: (state, offset) => told.push({ state, offset }),
  })
  return {
    clock,
    told,
    database: () => new Date(start + elapsed),
    setAhead: (ms: number) => {
      ahead = ms
    },
  }
}

describe('the clock that nodes share', () => {
  it.each([-120_000, -90_000, 4_000, 31_000, 120_000])(
    'is the database’s, whatever the node’s own clock says within two minutes (%i ms)',
    async (ahead) => {
      const { clock, database } = aNode(ahead)

      await clock.sync()

      expect(clock.now()).toEqual(database())
      expect(clock.isSafe()).toBe(true)
    },
  )

  it('takes no difference for one that the way of the answer explains', async () => {
    const { clock, database } = aNode(80, 400)

    await clock.sync()

    expect(clock.now().getTime() - database().getTime()).toBe(80)
  })

  it('does not learn from an answer that took too long', async () => {
    const { clock } = aNode(60_000, 5_000)

    await clock.sync()

    expect(clock.offsetSeconds()).toBe(0)
  })

  it('says once that a clock is off, that it can’t be made up for, and that it is well again', async () => {
    const { clock, told, setAhead } = aNode(31_000)
    await clock.sync()
    await clock.sync()
    setAhead(-121_000)
    await clock.sync()
    const unsafe = clock.isSafe()
    setAhead(0)
    await clock.sync()

    expect(told).toEqual([
      { state: 'off', offset: 31 },
      { state: 'unsafe', offset: -121 },
      { state: 'well', offset: 0 },
    ])
    expect([unsafe, clock.isSafe()]).toEqual([false, true])
  })
})
