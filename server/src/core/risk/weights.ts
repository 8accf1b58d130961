import { createHash } from 'node:crypto'
import { canonicalJson } from '../audit/index.ts'
import { type SignalName, signalNames, signals } from './signals/registry.ts'

export interface Weight {
  /** What the full value adds; never less than 0, so that no signal can make up for another. */
  weight: number
  /** Which part of it counts while the signal should be known and is not, from 0 to 1. */
  unknown: number
}

export const bandNames = ['low', 'medium', 'high'] as const
export type Band = (typeof bandNames)[number]

/** From which score on; below `medium` it is low. */
export interface Bands {
  medium: number
  high: number
}

/**
 * How readings become a score. `points`: the weights of all signals are added up, from 0 to 100. `logistic`: 100 times
 * the logistic function of bias and weights, as `rekey risk train` finds them. Both say what each signal did.
 */
export interface Weights {
  /** Stands before the version in every event. */
  name: string
  form: 'points' | 'logistic'
  bias: number
  bands: Bands
  signals: Readonly<Record<SignalName, Weight>>
}

/** A band can be set to no more than this: what is certain to be an attack must not pass for less. */
export const bandBounds = { medium: { min: 5, max: 60 }, high: { min: 10, max: 95 } } as const

export const weightMax = 100
export const biasMax = 100

const record = <Value>(valueFor: (signal: (typeof signals)[number]) => Value) =>
  Object.fromEntries(signals.map((signal) => [signal.name, valueFor(signal)])) as Record<SignalName, Value>

/** The weights of a signal by its name, for all of them. */
export const weightsFor = record

/** Set by hand, and held against a month of attacks: `docs/risk.md`. */
export const handWeights: Weights = {
  name: 'hand',
  form: 'points',
  bias: 0,
  bands: { medium: 40, high: 70 },
  signals: record(({ weight, unknown }) => ({ weight, unknown })),
}

/** Name and digest of what counts: two weights with one version score alike. */
export function versionOf({ name, form, bias, bands, signals: weighed }: Weights): string {
  const plain = signalNames.map((signal) => [signal, weighed[signal].weight, weighed[signal].unknown])
  const text = canonicalJson([form, bias, bands.medium, bands.high, plain])
  return `${name}@${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}

export type ReadWeights = { ok: true; weights: Weights } | { ok: false; mistakes: readonly string[] }

/** Reads what a file of weights says. Every signal has to be in it: one that is forgotten would never count. */
export function readWeights(value: unknown): ReadWeights {
  const mistakes: string[] = []
  const file = mappingAt(value, 'the file', ['name', 'form', 'bias', 'bands', 'signals'], mistakes)
  const { name, form } = file
  if (typeof name !== 'string' || !/^[a-z][a-z0-9.-]{0,31}$/.test(name)) {
    mistakes.push(
      '`name` must begin with a letter and have up to 32 lower-case letters, digits, dots and hyphens',
    )
  }
  if (form !== 'points' && form !== 'logistic') mistakes.push('`form` must be `points` or `logistic`')
  const number = (found: unknown, at: string, { min, max }: { min: number; max: number }): number => {
    if (typeof found === 'number' && found >= min && found <= max) return found
    mistakes.push(`\`${at}\` must be a number from ${min} to ${max}`)
    return min
  }
  const bias = number(file['bias'], 'bias', { min: -biasMax, max: biasMax })
  const bandsGiven = mappingAt(file['bands'], '`bands`', ['medium', 'high'], mistakes)
  const bands = {
    medium: number(bandsGiven['medium'], 'bands.medium', bandBounds.medium),
    high: number(bandsGiven['high'], 'bands.high', bandBounds.high),
  }
  if (bands.medium >= bands.high) mistakes.push('`bands.medium` must be less than `bands.high`')
  const given = mappingAt(file['signals'], '`signals`', signalNames, mistakes)
  const weighed = record(({ name: signal }) => {
    const at = `signals.${signal}`
    if (given[signal] === undefined) {
      mistakes.push(`\`${at}\` is missing; give it the weight 0 to leave it out`)
      return { weight: 0, unknown: 1 }
    }
    const one = mappingAt(given[signal], `\`${at}\``, ['weight', 'unknown'], mistakes)
    return {
      weight: number(one['weight'], `${at}.weight`, { min: 0, max: weightMax }),
      unknown: number(one['unknown'], `${at}.unknown`, { min: 0, max: 1 }),
    }
  })
  if (mistakes.length > 0 || typeof name !== 'string' || (form !== 'points' && form !== 'logistic')) {
    return { ok: false, mistakes }
  }
  return { ok: true, weights: { name, form, bias, bands, signals: weighed } }
}

function mappingAt(
  value: unknown,
  at: string,
  keys: readonly string[],
  mistakes: string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    mistakes.push(`${at} must be a mapping with the keys ${keys.join(', ')}`)
    return {}
  }
  const entries = Object.entries(value)
  for (const [key] of entries) {
    if (!keys.includes(key)) mistakes.push(`${at} has the key \`${key}\`, which nothing knows`)
  }
  return Object.fromEntries(entries)
}

/** The file that `readWeights` reads, as YAML. */
export function weightsText({ name, form, bias, bands, signals: weighed }: Weights): string {
  const width = Math.max(...signalNames.map((signal) => signal.length))
  return [
    `name: ${name}`,
    '# points: weights are added up to 100. logistic: 100 / (1 + exp(-(bias + weights))).',
    `form: ${form}`,
    `bias: ${bias}`,
    `bands: { medium: ${bands.medium}, high: ${bands.high} }`,
    '# weight: what the full value adds. unknown: the part of it that counts while a signal can’t be read.',
    'signals:',
    ...signalNames.map((signal) => {
      const { weight, unknown } = weighed[signal]
      return `  ${`${signal}:`.padEnd(width + 1)} { weight: ${weight}, unknown: ${unknown} }`
    }),
    '',
  ].join('\n')
}
