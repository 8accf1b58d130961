import type { AccountClass, Condition } from './conditions.ts'
import { areaUnderCurve, median, medianInterval, seededRandom, signTest } from './statistics.ts'

/** Times of one operation in one condition, in nanoseconds: the n-th of every class were taken in one block. */
export interface Measured {
  operation: string
  condition: Condition
  times: Readonly<Partial<Record<AccountClass, readonly number[]>>>
}

/** One class against `unknown`. Times in microseconds; a positive difference means that the class was slower. */
export interface Compared {
  operation: string
  condition: Condition
  class: AccountClass
  pairs: number
  difference: number
  low: number
  high: number
  p: number
  area: number
}

export type Verdict = 'neutral' | 'known' | 'told apart' | 'not shown'

/** Together with the number of comparisons (Bonferroni): what a run of all of them may find by chance. */
export const chance = 1e-5
/** Nothing that a median shows may be larger, in microseconds. */
export const differenceMax = 100

/**
 * What docs/stopwatch.md says is open, and how far it may be off in microseconds, so that something new is not lost in
 * something old.
 */
const open: Readonly<Record<string, number>> = { echo: 5_000 }

export function compare({ operation, condition, times }: Measured): Compared[] {
  const base = times.unknown ?? []
  return Object.entries(times)
    .filter(([name]) => name !== 'unknown')
    .map(([name, values]) => {
      const differences = values.map((value, block) => (value - (base[block] ?? Number.NaN)) / 1_000)
      const { low, high } = medianInterval(differences, { random: seededRandom(1) })
      return {
        operation,
        condition,
        class: name as AccountClass,
        pairs: differences.length,
        difference: median(differences),
        low,
        high,
        p: signTest(differences),
        area: areaUnderCurve(values, base),
      }
    })
}

/**
 * `told apart` when the signs of the differences are not those of a coin; `not shown` when they may be, but the median
 * could still be off by more than the bound: the run was too short or the machine too busy. `known` is what is not neutral,
 * as is written down, and no worse. Only `neutral` and `known` pass.
 */
export function verdictOn(one: Compared, comparisons: number): Verdict {
  const { operation, low, high } = one
  const verdict = signsAndMedian(one, comparisons)
  const bound = open[operation] ?? 0
  return verdict !== 'neutral' && low >= -bound && high <= bound ? 'known' : verdict
}

function signsAndMedian({ p, low, high }: Compared, comparisons: number): Verdict {
  if (p < chance / comparisons) return 'told apart'
  return low < -differenceMax || high > differenceMax ? 'not shown' : 'neutral'
}

/** The table as Markdown, one row a comparison. */
export function tableOf(all: readonly Compared[]): string {
  const rows = all.map((one) => [
    one.operation,
    one.condition,
    one.class,
    String(one.pairs),
    signed(one.difference),
    `${signed(one.low)} … ${signed(one.high)}`,
    one.p < 0.001 ? one.p.toExponential(0) : one.p.toFixed(3),
    one.area.toFixed(3),
    verdictOn(one, all.length),
  ])
  const head = ['operation', 'condition', 'class', 'pairs', 'median µs', '95 % interval µs', 'p', 'AUC', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const signed = (microseconds: number) => `${microseconds > 0 ? '+' : ''}${microseconds.toFixed(0)}`
