import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitted, afterCall, afterCheck, type Breaker, freshBreaker, isDue } from './breaker.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const rules = { failuresMax: 3, coolDownSeconds: 10, coolDownSecondsMax: 60 }
const at = (seconds: number, chance = 0) => ({
  rules,
  moment: { now: new Date(noon.getTime() + seconds * 1000), chance },
})
const failed = (times: number): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterCall(breaker, 'bad', at(0)), freshBreaker)
const after = (seconds: number) => new Date(noon.getTime() + seconds * 1000)

describe('a breaker', () => {
  it('opens after so many failures in a row, and a call that went well starts the count again', () => {
    const nearly = afterCall(failed(2), 'good', at(0))

    expect(afterCall(afterCall(nearly, 'bad', at(0)), 'bad', at(0)).state).toBe('closed')
    expect(failed(3)).toEqual({ state: 'open', round: 0, until: after(10) })
  })

  it('lets nothing through while it is open, whatever late results say', () => {
    const open = failed(3)

    expect(admitted(open)).toBeNull()
    for (const result of ['good', 'bad', 'unjudged'] as const)
      expect(afterCall(open, result, at(1))).toBe(open)
    expect([isDue(open, after(9.999)), isDue(open, after(10))]).toEqual([false, true])
  })

  it('lets one call through on trial, and closes when that went well', () => {
    const onTrial = afterCheck(failed(3), true, at(10))
    const busy = admitted(onTrial)

    expect(busy).toMatchObject({ state: 'on-trial', busy: true })
    expect(busy && admitted(busy)).toBeNull()
    expect(busy && afterCall(busy, 'good', at(11))).toEqual(freshBreaker)
    expect(busy && admitted(afterCall(busy, 'unjudged', at(11)))).toEqual(busy)
  })

  it('rests twice as long each time it turns out not to work, and never longer than the longest', () => {
    let breaker = failed(3)
    const rests: number[] = []
    for (let round = 0; round < 5; round += 1) {
      breaker =
        round % 2 === 0
          ? afterCheck(breaker, false, at(0))
          : afterCall(afterCheck(breaker, true, at(0)), 'bad', at(0))
      if (breaker.state === 'open') rests.push((breaker.until.getTime() - noon.getTime()) / 1000)
    }

    expect(rests).toEqual([20, 40, 60, 60, 60])
  })

  it('spreads rests out by up to a half', () => {
    expect(afterCheck(failed(3), false, at(0, 0.5))).toMatchObject({ until: after(25) })
  })

  it('always comes back: from every state, checks and messages that go well close it', () => {
    const result = fc.constantFrom('good' as const, 'bad' as const, 'unjudged' as const)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), result)), (steps) => {
        let breaker = freshBreaker
        for (const [works, sent] of steps) {
          breaker = afterCheck(breaker, works, at(0))
          const next = admitted(breaker)
          if (next !== null) breaker = afterCall(next, sent, at(0))
        }
        const trial = admitted(afterCheck(breaker, true, at(0)))

        expect(trial && afterCall(trial, 'good', at(0))).toEqual(freshBreaker)
      }),
    )
  })
})
