import fc from 'fast-check'
import type { RiskFacts } from './facts.ts'
import type { Readings } from './readings.ts'
import { signalNames } from './signals/registry.ts'
import { bandBounds, type Weights, weightsFor } from './weights.ts'

/** Nothing speaks against it. */
export const ordinary: RiskFacts = {
  lists: { tor: false, vpn: false, hosting: false, reputation: false, own: false },
  whereabouts: { country: 'DK', asn: 64_512, point: { latitude: 55.7, longitude: 12.6 } },
  expectedCountries: ['DK', 'DE'],
  localTime: { hour: 10, day: 2 },
  workingHours: { from: 6, to: 20, days: [1, 2, 3, 4, 5] },
  automation: 'browser',
  incident: false,
  velocity: { network: 0, namesOfNetwork: 0, tenant: 0, installation: 0 },
  at: new Date('2026-06-02T10:00:00Z'),
  isKnownDevice: true,
  places: [
    {
      country: 'DK',
      asn: 64_512,
      point: { latitude: 55.5, longitude: 12.5 },
      at: new Date('2026-06-02T08:00:00Z'),
    },
  ],
  accountVelocity: 0,
  failedProofs: { count: 0, max: 10 },
  isPrivileged: false,
  isMailboxBreached: false,
}

const reading = fc.oneof(
  fc.constant('unknown' as const),
  fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000),
)

export const anyReadings: fc.Arbitrary<Readings> = fc.dictionary(fc.constantFrom(...signalNames), reading)

const weight = fc.record({
  weight: fc.integer({ min: 0, max: 60_000 }).map((thousandths) => thousandths / 1_000),
  unknown: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
})

/** Bias as it belongs to each form: points begin at zero or above it, odds anywhere. */
export const anyWeights: fc.Arbitrary<Weights> = fc
  .record({
    isLogistic: fc.boolean(),
    bias: fc.integer({ min: -8_000, max: 4_000 }).map((thousandths) => thousandths / 1_000),
    scale: fc.constantFrom(1, 0.1),
    medium: fc.integer(bandBounds.medium),
    more: fc.integer({ min: 1, max: 35 }),
    list: fc.array(weight, { minLength: signalNames.length, maxLength: signalNames.length }),
  })
  .map(({ isLogistic, bias, scale, medium, more, list }) => ({
    name: 'any',
    form: isLogistic ? ('logistic' as const) : ('points' as const),
    bias,
    bands: { medium, high: Math.max(bandBounds.high.min, medium + more) },
    signals: weightsFor(({ name }) => {
      const one = list[signalNames.indexOf(name)] ?? { weight: 0, unknown: 1 }
      return { ...one, weight: Math.round(one.weight * scale * 1_000) / 1_000 }
    }),
  }))
