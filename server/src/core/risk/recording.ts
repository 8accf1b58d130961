import { decodeEntry } from '../audit/index.ts'
import { parseReadings, type Readings, readingsOf } from './readings.ts'
import type { Band } from './weights.ts'

/** What became known later. */
export type Label = 'attack' | 'genuine'

/** A decision as it was made: what was measured, and what came of it. */
export interface Sample {
  at: Date
  readings: Readings
  /** Null: nobody knows yet. */
  label: Label | null
  /** What kind of attack, or of person, it was; free words. */
  kind: string | null
  /**
   * How many steps of proof whoever asked could pass: 0 none, 1 one proof, 2 a second one of another kind, 3 also what is
   * asked of high risk. Null: not known, and taken for 1 of an attack and for 2 of a person.
   */
  steps: number | null
  /** What was decided then; null where nothing was. */
  decided: { score: number; band: Band; weights: string } | null
}

/** One sample as a line of JSON, without the line break. */
export const sampleLine = ({ at, label, kind, steps, decided, readings }: Sample): string =>
  JSON.stringify({ at: at.toISOString(), label, kind, steps, ...decided, signals: readings })

export type ReadSample = { ok: true; sample: Sample } | { ok: false; problem: string }

/** Reads such a line. */
export function readSample(line: string): ReadSample {
  const value = mapping(line)
  if (value === null) return { ok: false, problem: 'is no JSON object' }
  const { at, label = null, kind = null, steps = null, signals } = value
  const time = typeof at === 'string' ? new Date(at) : null
  if (time === null || Number.isNaN(time.getTime())) return { ok: false, problem: 'has no time `at`' }
  if (label !== null && label !== 'attack' && label !== 'genuine') {
    return { ok: false, problem: 'has a `label` that is neither `attack` nor `genuine`' }
  }
  if (kind !== null && typeof kind !== 'string') return { ok: false, problem: 'has a `kind` that is no text' }
  const isSteps = typeof steps === 'number' && Number.isInteger(steps) && steps >= 0 && steps <= 3
  if (steps !== null && !isSteps) return { ok: false, problem: 'has `steps` that are none of 0, 1, 2 and 3' }
  const readings = isMapping(signals) ? parseReadings(signals) : null
  if (readings === null)
    return { ok: false, problem: 'has no `signals`, or some that this version does not know' }
  return { ok: true, sample: { at: time, label, kind, steps, readings, decided: decisionOf(value) } }
}

/** What an audit log says of the scores that were made, in the order of the log. */
export interface LoggedDecisions {
  samples: readonly Sample[]
  /** Entries named `risk.scored` that can't be scored again: of another version, or changed. */
  unreadable: number
}

/**
 * Samples of an audit log, labelled by what the log says became of each flow: an attack where somebody said "this was not me"
 * about it, genuine where it came to its end and nobody did. What came to nothing stays without a label.
 *
 * @param leaves of one log, in its order.
 */
export function readLog(leaves: Iterable<Uint8Array>): LoggedDecisions {
  const scored: { flow: string | null; sample: Sample }[] = []
  const disowned = new Set<string>()
  const ended = new Set<string>()
  let unreadable = 0
  for (const leaf of leaves) {
    const entry = decodeEntry(Buffer.from(leaf).toString('utf8'))
    if (entry === null) continue
    const { name, flow, facts } = entry
    if (name === 'disavowal.received' && flow !== null) disowned.add(flow)
    if ((name === 'password.written' || name === 'account.unlocked') && flow !== null) ended.add(flow)
    if (name !== 'risk.scored') continue
    const readings = readingsOf(facts)
    const decided = decisionOf(facts)
    if (readings === null || decided === null) unreadable += 1
    else {
      const kind = typeof facts['step'] === 'string' ? facts['step'] : null
      const sample = { at: new Date(entry.at), readings, label: null, kind, steps: null, decided }
      scored.push({ flow, sample })
    }
  }
  const labelOf = (flow: string | null): Label | null => {
    if (flow === null) return null
    if (disowned.has(flow)) return 'attack'
    return ended.has(flow) ? 'genuine' : null
  }
  return { samples: scored.map(({ flow, sample }) => ({ ...sample, label: labelOf(flow) })), unreadable }
}

function decisionOf(facts: Readonly<Record<string, unknown>>): Sample['decided'] {
  const { score, band, weights } = facts
  const isBand = band === 'low' || band === 'medium' || band === 'high'
  return typeof score === 'number' && isBand && typeof weights === 'string' ? { score, band, weights } : null
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function mapping(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return isMapping(value) ? value : null
  } catch {
    // Which line it is is told by whoever reads the file.
    return null
  }
}
