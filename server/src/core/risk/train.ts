import type { Readings } from './readings.ts'
import type { Sample } from './recording.ts'
import { bandsAt, type Replay, replay } from './replay.ts'
import { type SignalName, signalNames } from './signals/registry.ts'
import { bandBounds, handWeights, type Weights, weightMax, weightsFor } from './weights.ts'

export interface Trained {
  weights: Weights
  learntFrom: number
  /** Both on the same samples, all of them later than what was learnt from. */
  heldOut: { samples: number; model: Replay; hand: Replay }
  /** Why the model is not to be used; null when it is better than the hand weights. */
  because: 'no-better-order' | 'lets-more-in' | null
}

export type TrainRefused = { ok: false; because: 'too-few-attacks' | 'too-few-people' }

/** The first part is learnt from, the rest held out: a model is asked about what comes after it, never about its past. */
const learnShare = 0.7
const eachMin = 20

/** So many points are one unit of the logarithm of odds: twenty-three of them make the odds ten times as bad. */
const pointsAUnit = 10
/** So many samples does the hand weight of a signal count for: what nobody has seen yet keeps it. */
const priorSamples = 50
const rounds = 600

/**
 * Logistic regression on labelled history. Weights are held near those set by hand (L2 around them, not around 0, so that
 * a signal that never rang keeps its say), and never below 0. Attacks and people have the same say, however many there
 * are. The same samples give the same weights.
 */
export function train(
  samples: readonly Sample[],
  hand: Weights = handWeights,
): ({ ok: true } & Trained) | TrainRefused {
  const labelled = samples
    .filter(({ label }) => label !== null)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
  const cut = Math.floor(labelled.length * learnShare)
  const [known, later] = [labelled.slice(0, cut), labelled.slice(cut)]
  const few = (label: string) =>
    [known, later].some((part) => part.filter((sample) => sample.label === label).length < eachMin)
  if (few('attack')) return { ok: false, because: 'too-few-attacks' }
  if (few('genuine')) return { ok: false, because: 'too-few-people' }

  const fitted = fit(known, hand)
  const byHand = replay(known, hand)
  const people = byHand.before.people.all
  const share = (count: number) => count / people
  const shares = { medium: share(byHand.medium.people), high: share(byHand.high.people) }
  const weights: Weights = { ...fitted, bands: bandsAt(known, fitted, shares, bandBounds) }

  // Compared where both bother as many people: at thresholds that the held-out part itself gives.
  const handLater = replay(later, hand)
  const ofLater = handLater.before.people.all
  const even = {
    medium: handLater.medium.people / ofLater,
    high: handLater.high.people / ofLater,
  }
  const model = replay(later, { ...weights, bands: bandsAt(later, weights, even, bandBounds) })
  return {
    ok: true,
    weights,
    learntFrom: known.length,
    heldOut: { samples: later.length, model, hand: handLater },
    because: whyNot(model, handLater),
  }
}

function whyNot(model: Replay, hand: Replay): Trained['because'] {
  if ((model.auc ?? 0) <= (hand.auc ?? 0)) return 'no-better-order'
  return model.after.attacks.getIn > hand.after.attacks.getIn ? 'lets-more-in' : null
}

interface Row {
  /** In the order of `signalNames`. */
  values: readonly number[]
  attacks: number
  people: number
}

/** Accelerated projected gradient descent (Nesterov 1983) with the step that the curvature allows. */
function fit(samples: readonly Sample[], hand: Weights): Weights {
  const rows = rowsOf(samples, hand)
  const [attacks, people] = [sum(rows, 'attacks'), sum(rows, 'people')]
  const isOdds = hand.form === 'logistic'
  const prior = signalNames.map((name) => hand.signals[name].weight / (isOdds ? 1 : pointsAUnit))
  const priorWeight = priorSamples / samples.length
  const norm = Math.max(...rows.map(({ values }) => values.reduce((all, value) => all + value * value, 1)))
  const step = 1 / (norm / 4 + priorWeight)
  let at = [...prior]
  let bias = isOdds ? hand.bias : -hand.bands.medium / pointsAUnit
  let [ahead, aheadBias] = [at, bias]
  for (let round = 1; round <= rounds; round += 1) {
    const slope = ahead.map((weight, index) => priorWeight * (weight - (prior[index] ?? 0)))
    let biasSlope = 0
    for (const { values, attacks: bad, people: good } of rows) {
      const sumOf = values.reduce((all, value, index) => all + value * (ahead[index] ?? 0), aheadBias)
      const chance = 1 / (1 + Math.exp(-sumOf))
      const error = ((good / people) * chance - (bad / attacks) * (1 - chance)) / 2
      biasSlope += error
      for (const [index, value] of values.entries()) slope[index] = (slope[index] ?? 0) + error * value
    }
    const next = ahead.map((weight, index) => Math.max(0, weight - step * (slope[index] ?? 0)))
    const nextBias = aheadBias - step * biasSlope
    const momentum = (round - 1) / (round + 2)
    ahead = next.map((weight, index) => weight + momentum * (weight - (at[index] ?? 0)))
    aheadBias = nextBias + momentum * (nextBias - bias)
    ;[at, bias] = [next, nextBias]
  }
  const weightOf = new Map<SignalName, number>(signalNames.map((name, index) => [name, at[index] ?? 0]))
  return {
    name: 'model',
    form: 'logistic',
    bias: rounded(bias),
    bands: hand.bands,
    signals: weightsFor(({ name }) => ({
      weight: Math.min(weightMax, rounded(weightOf.get(name) ?? 0)),
      unknown: hand.signals[name].unknown,
    })),
  }
}

/** What is alike is counted once: most requests of people look the same. */
function rowsOf(samples: readonly Sample[], hand: Weights): readonly Row[] {
  const rows = new Map<string, { values: readonly number[]; attacks: number; people: number }>()
  for (const { readings, label } of samples) {
    const values = signalNames.map((name) => valueOf(readings, name, hand))
    const key = values.join(' ')
    const row = rows.get(key) ?? { values, attacks: 0, people: 0 }
    if (label === 'attack') row.attacks += 1
    else row.people += 1
    rows.set(key, row)
  }
  return [...rows.values()]
}

const valueOf = (readings: Readings, name: SignalName, { signals }: Weights): number => {
  const reading = readings[name] ?? 0
  return reading === 'unknown' ? signals[name].unknown : reading
}

const sum = (rows: readonly Row[], of: 'attacks' | 'people'): number =>
  rows.reduce((all, row) => all + row[of], 0)

/** Three digits are all that can be read. */
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
