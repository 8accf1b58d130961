import type { Reading, Readings } from './readings.ts'
import { type SignalName, signals } from './signals/registry.ts'
import { type Band, type Bands, type Weights } from './weights.ts'

export interface Reason {
  /** `baseline`: what is scored with no signal at all. */
  signal: SignalName | 'baseline'
  /** Whole points of the score. */
  points: number
  because: string
}

export interface Scored {
  /** 0 to 100, whole. */
  score: number
  band: Band
  /** What weighs most first; their points add up to the score. */
  reasons: readonly Reason[]
}

/** Millionths, so that a sum is the same in whatever order it is made. */
const unit = 1_000_000

/**
 * Depends on nothing but the two, so that every decision can be made again from what the log says. A signal that is unknown
 * counts as its weights say.
 */
export function score(readings: Readings, weights: Weights): Scored {
  const parts = signals
    .flatMap(({ name, says }) => {
      const reading = readings[name]
      if (reading === undefined) return []
      const { weight, unknown } = weights.signals[name]
      const amount = Math.round(weight * (reading === 'unknown' ? unknown : reading) * unit)
      return [{ signal: name, amount, because: sentence(says, reading) }]
    })
    .toSorted((one, other) => other.amount - one.amount || (one.signal < other.signal ? -1 : 1))
  let sum = Math.round(weights.bias * unit)
  let before = pointsAt(weights, sum)
  const reasons: Reason[] = [{ signal: 'baseline', points: before, because: 'Where every score begins.' }]
  for (const { signal, amount, because } of parts) {
    sum += amount
    const after = pointsAt(weights, sum)
    reasons.push({ signal, points: after - before, because })
    before = after
  }
  return {
    score: before,
    band: bandOf(before, weights.bands),
    reasons: reasons.filter(({ points }) => points !== 0),
  }
}

export function bandOf(points: number, { medium, high }: Bands): Band {
  if (points >= high) return 'high'
  return points >= medium ? 'medium' : 'low'
}

function pointsAt({ form }: Weights, sum: number): number {
  const amount = sum / unit
  const points = form === 'points' ? amount : 100 / (1 + Math.exp(-amount))
  return Math.round(Math.min(100, Math.max(0, points)))
}

function sentence(says: string, reading: Reading): string {
  if (reading === 'unknown') return `Could not be found out: ${says}`
  return reading === 1 ? says : `In part (${Math.round(reading * 100)} %): ${says}`
}
