import type { Fact } from '../audit/ports.ts'
import type { RequestFacts, RiskFacts } from './facts.ts'
import { type SignalName, signalNames, signals } from './signals/registry.ts'

/** A value from 0 to 1 in thousandths, or that it should be known and is not. Signals without a source are left out. */
export type Reading = number | 'unknown'
export type Readings = Readonly<Partial<Record<SignalName, Reading>>>

/** What the request alone shows: all that may count before the first proof. */
export const readRequest = (facts: RequestFacts): Readings =>
  gathered(signals.map((signal) => [signal.name, signal.of === 'request' ? signal.measure(facts) : 'absent']))

export const readAll = (facts: RiskFacts): Readings =>
  gathered(signals.map((signal) => [signal.name, signal.measure(facts)]))

function gathered(measured: readonly (readonly [SignalName, number | 'unknown' | 'absent'])[]): Readings {
  const known = measured.flatMap(([name, value]) =>
    value === 'absent' ? [] : [[name, value === 'unknown' ? value : rounded(value)] as const],
  )
  return Object.fromEntries(known)
}

/** A signal that comes to no number is one that is not known. */
const rounded = (value: number): Reading =>
  Number.isFinite(value) ? Math.round(Math.min(1, Math.max(0, value)) * 1_000) / 1_000 : 'unknown'

/** Nothing can be measured: all of them count as unknown. */
export const nothingKnown: Readings = Object.fromEntries(
  signalNames.map((name) => [name, 'unknown' as const]),
)

const prefix = 'signal.'

/** As they lie in an audit event: one fact a signal, numbers alone, nothing of it personal. */
export const factsOf = (readings: Readings): Record<string, Fact> =>
  Object.fromEntries(
    signalNames.flatMap((name) => {
      const reading = readings[name]
      return reading === undefined ? [] : [[`${prefix}${name}`, reading] as const]
    }),
  )

/** Reads them back. Null: one of them is no reading, or is of a signal that this version does not know. */
export function readingsOf(facts: Readonly<Record<string, unknown>>): Readings | null {
  const named = Object.entries(facts).filter(([name]) => name.startsWith(prefix))
  return parseReadings(Object.fromEntries(named.map(([name, fact]) => [name.slice(prefix.length), fact])))
}

export function parseReadings(values: Readonly<Record<string, unknown>>): Readings | null {
  const found: [SignalName, Reading][] = []
  for (const [key, value] of Object.entries(values)) {
    const name = signalNames.find((known) => known === key)
    if (name === undefined || !isReading(value)) return null
    found.push([name, value])
  }
  return Object.fromEntries(found)
}

const isReading = (value: unknown): value is Reading =>
  value === 'unknown' || (typeof value === 'number' && value >= 0 && value <= 1)
