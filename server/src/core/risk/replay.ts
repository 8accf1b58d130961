import type { Sample } from './recording.ts'
import { score } from './score.ts'
import { type Band, type Bands, bandNames, versionOf, type Weights } from './weights.ts'

/** How many steps of proof each band asks for: one proof, a second of another kind, and what high risk takes. */
export const stepsOf = { low: 1, medium: 2, high: 3 } as const satisfies Record<Band, number>

/** Whom a band, and all above it, takes for an attack. */
export interface Caught {
  attacks: number
  people: number
  /** Share of those above the band's threshold who are attackers; null where nobody is. */
  precision: number | null
  /** Share of the attackers who are above it; null where there are none. */
  recall: number | null
}

/** What becomes of requests when bands ask for proofs. */
export interface Outcome {
  attacks: { all: number; getIn: number }
  people: { all: number; askedForMore: number; turnedAway: number }
}

export interface Replay {
  weights: string
  samples: number
  unlabelled: number
  /** How many of each label came into each band. */
  bands: Readonly<Record<Band, { attacks: number; people: number }>>
  medium: Caught
  high: Caught
  /** The same requests when nobody is asked for more than one proof. */
  before: Outcome
  after: Outcome
  /** By kind of attack: how many there were, and how many got in. */
  kinds: readonly { kind: string; all: number; before: number; after: number }[]
  /** Chance that an attack scores higher than a person, ties counted half; null without one of the two. */
  auc: number | null
  /** Decisions that these very weights made, and how many came out the same again. */
  decisions: { made: number; same: number }
}

/** Scores all samples anew. Depends on nothing but the two. */
export function replay(samples: readonly Sample[], weights: Weights): Replay {
  const version = versionOf(weights)
  const judged = samples.map((sample) => ({ sample, ...score(sample.readings, weights) }))
  const made = judged.filter(({ sample: { decided } }) => decided?.weights === version)
  const attacks = judged.filter(({ sample }) => sample.label === 'attack')
  const people = judged.filter(({ sample }) => sample.label === 'genuine')
  const inBand = (list: typeof judged, band: Band) => list.filter((one) => one.band === band).length
  const bands = Object.fromEntries(
    bandNames.map((band) => [band, { attacks: inBand(attacks, band), people: inBand(people, band) }]),
  ) as Replay['bands']
  const outcome = (bandOf: (one: (typeof judged)[number]) => Band): Outcome => ({
    attacks: { all: attacks.length, getIn: attacks.filter((one) => passes(one.sample, bandOf(one))).length },
    people: {
      all: people.length,
      askedForMore: people.filter((one) => bandOf(one) !== 'low').length,
      turnedAway: people.filter((one) => !passes(one.sample, bandOf(one))).length,
    },
  })
  const kinds = [...new Set(attacks.map(({ sample }) => sample.kind ?? 'attack'))].toSorted()
  return {
    weights: version,
    samples: samples.length,
    unlabelled: judged.length - attacks.length - people.length,
    bands,
    medium: caught(bands, ['medium', 'high']),
    high: caught(bands, ['high']),
    before: outcome(() => 'low'),
    after: outcome(({ band }) => band),
    kinds: kinds.map((kind) => {
      const of = attacks.filter(({ sample }) => (sample.kind ?? 'attack') === kind)
      const getIn = (bandOf: (one: (typeof judged)[number]) => Band) =>
        of.filter((one) => passes(one.sample, bandOf(one))).length
      return { kind, all: of.length, before: getIn(() => 'low'), after: getIn(({ band }) => band) }
    }),
    auc: areaUnderCurve(scoresOf(attacks), scoresOf(people)),
    decisions: {
      made: made.length,
      same: made.filter(
        ({ sample: { decided }, ...now }) => decided?.score === now.score && decided.band === now.band,
      ).length,
    },
  }
}

const passes = ({ steps, label }: Sample, band: Band): boolean =>
  (steps ?? (label === 'attack' ? 1 : 2)) >= stepsOf[band]

function caught(bands: Replay['bands'], of: readonly Band[]): Caught {
  const sum = (who: 'attacks' | 'people', names: readonly Band[]) =>
    names.reduce((total, name) => total + bands[name][who], 0)
  const [attacks, people] = [sum('attacks', of), sum('people', of)]
  return {
    attacks,
    people,
    precision: shareOf(attacks, attacks + people),
    recall: shareOf(attacks, sum('attacks', bandNames)),
  }
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const scoresOf = (judged: readonly { score: number }[]): number[] => {
  const counts = Array<number>(101).fill(0)
  for (const { score: points } of judged) counts[points] = (counts[points] ?? 0) + 1
  return counts
}

/** By how often each score occurs (Mann and Whitney's U over the number of pairs). */
function areaUnderCurve(attacks: readonly number[], people: readonly number[]): number | null {
  const [allAttacks, allPeople] = [total(attacks), total(people)]
  if (allAttacks === 0 || allPeople === 0) return null
  let below = 0
  let won = 0
  for (const [points, count] of attacks.entries()) {
    const tied = people[points] ?? 0
    won += count * (below + tied / 2)
    below += tied
  }
  return won / (allAttacks * allPeople)
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/**
 * Where these weights ask as few people for more as others do: the lowest thresholds at which not more of the people are
 * above them than `shares` say.
 */
export function bandsAt(
  samples: readonly Sample[],
  weights: Weights,
  shares: { medium: number; high: number },
  bounds: Readonly<Record<keyof Bands, { min: number; max: number }>>,
): Bands {
  const people = samples
    .filter(({ label }) => label === 'genuine')
    .map(({ readings }) => score(readings, weights))
  const lowest = (share: number, { min, max }: { min: number; max: number }): number => {
    let points = min
    while (points < max && people.filter((one) => one.score >= points).length > share * people.length)
      points += 1
    return points
  }
  const medium = lowest(shares.medium, bounds.medium)
  const high = lowest(shares.high, { min: Math.max(bounds.high.min, medium + 1), max: bounds.high.max })
  return { medium, high }
}
