import { describe, expect, it } from 'vitest'
import { handWeights, readWeights, versionOf } from './weights.ts'

const mistakesOf = (value: unknown) => {
  const read = readWeights(value)
  return read.ok ? [] : read.mistakes
}

describe('weights', () => {
  it('that were written are read as they were', () => {
    expect(readWeights(structuredClone(handWeights))).toEqual({ ok: true, weights: handWeights })
  })

  it('have another version as soon as one thing is another that counts', () => {
    const { signals, bands } = handWeights
    const changed = [
      { ...handWeights, bias: 1 },
      { ...handWeights, form: 'logistic' as const },
      { ...handWeights, bands: { ...bands, high: bands.high + 1 } },
      { ...handWeights, signals: { ...signals, tor: { ...signals.tor, unknown: 0.5 } } },
    ]

    expect(new Set([handWeights, ...changed].map(versionOf)).size).toBe(5)
    expect(versionOf(structuredClone(handWeights))).toBe(versionOf(handWeights))
  })

  it('are refused with everything that is wrong with them', () => {
    const { tor: _, ...others } = handWeights.signals
    const signals = { ...others, vpn: { weight: -5, unknown: 2 }, thor: { weight: 1, unknown: 1 } }

    expect(
      mistakesOf({
        ...handWeights,
        name: 'Our Own',
        form: 'guess',
        bands: { medium: 60, high: 50 },
        signals,
      }),
    ).toEqual([
      '`name` must begin with a letter and have up to 32 lower-case letters, digits, dots and hyphens',
      '`form` must be `points` or `logistic`',
      '`bands.medium` must be less than `bands.high`',
      '`signals` has the key `thor`, which nothing knows',
      '`signals.tor` is missing; give it the weight 0 to leave it out',
      '`signals.vpn.weight` must be a number from 0 to 100',
      '`signals.vpn.unknown` must be a number from 0 to 1',
    ])
  })

  it.each([null, [], 'hand', {}])('are refused when they are %j', (value) => {
    expect(mistakesOf(value)).not.toEqual([])
  })

  it('can’t set a band so high that no attack is ever above it', () => {
    expect(mistakesOf({ ...handWeights, bands: { medium: 61, high: 100 } })).toEqual([
      '`bands.medium` must be a number from 5 to 60',
      '`bands.high` must be a number from 10 to 95',
    ])
  })
})
