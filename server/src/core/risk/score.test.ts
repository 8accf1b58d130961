import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nothingKnown } from './readings.ts'
import { anyReadings, anyWeights } from './risk.testing.ts'
import { score } from './score.ts'
import { signalNames } from './signals/registry.ts'
import { handWeights } from './weights.ts'

const points = (reasons: readonly { points: number }[]) =>
  reasons.reduce((sum, reason) => sum + reason.points, 0)

describe('a risk score', () => {
  it('is a whole number from 0 to 100, and its reasons add up to it', () => {
    fc.assert(
      fc.property(anyReadings, anyWeights, (readings, weights) => {
        const scored = score(readings, weights)

        expect(scored.score).toBe(Math.round(scored.score))
        expect(scored.score).toBeGreaterThanOrEqual(0)
        expect(scored.score).toBeLessThanOrEqual(100)
        expect(points(scored.reasons)).toBe(scored.score)
        expect(scored.reasons.every((reason) => reason.points > 0)).toBe(true)
      }),
    )
  })

  it('never falls when one signal says more', () => {
    fc.assert(
      fc.property(
        anyReadings,
        anyWeights,
        fc.constantFrom(...signalNames),
        fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 })),
        (readings, weights, name, values) => {
          const [less = 0, more = 0] = values.toSorted((one, other) => one - other)

          expect(score({ ...readings, [name]: more / 1_000 }, weights).score).toBeGreaterThanOrEqual(
            score({ ...readings, [name]: less / 1_000 }, weights).score,
          )
        },
      ),
    )
  })

  it('is never lower for what is not known than for what speaks for the request', () => {
    fc.assert(
      fc.property(anyReadings, anyWeights, fc.constantFrom(...signalNames), (readings, weights, name) => {
        expect(score({ ...readings, [name]: 'unknown' }, weights).score).toBeGreaterThanOrEqual(
          score({ ...readings, [name]: 0 }, weights).score,
        )
      }),
    )
  })

  it('is the same for the same readings in whatever order they come, and after a way through JSON', () => {
    fc.assert(
      fc.property(anyReadings, anyWeights, (readings, weights) => {
        const turned = Object.fromEntries(Object.entries(readings).toReversed())
        const stored: unknown = JSON.parse(JSON.stringify(turned))

        expect(score(stored as typeof readings, weights)).toEqual(score(readings, weights))
      }),
    )
  })

  it('is high when nothing can be found out', () => {
    expect(score(nothingKnown, handWeights)).toMatchObject({ score: 100, band: 'high' })
  })

  it('says of each signal what it means, how far, and that it could not be found out', () => {
    const { reasons, score: sum } = score(
      { tor: 1, automation: 0.4, 'new-device': 'unknown', vpn: 0 },
      handWeights,
    )

    expect(sum).toBe(70)
    expect(reasons).toEqual([
      { signal: 'tor', points: 40, because: 'The network is a way out of Tor.' },
      {
        signal: 'new-device',
        points: 20,
        because: 'Could not be found out: The browser has never brought the owner of this account in.',
      },
      {
        signal: 'automation',
        points: 10,
        because: 'In part (40 %): A program seems to ask, not a person at a browser.',
      },
    ])
  })
})
