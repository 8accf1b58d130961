import { appendFileSync } from 'node:fs'

/** One line of the table: a figure beside the baseline that was measured in the same run. */
export interface Row {
  what: string
  /** One a round. */
  values: readonly number[]
  unit: string
  /** Figures of the baseline, round by round; the ratio is taken within a round. */
  beside?: { what: string; values: readonly number[] }
  aim?: { ratio: number } | { atLeast: number } | { atMost: number }
  note?: string
}

/** Where `npm run bench` collects what it prints at the end. */
export const rowsFile = 'REKEY_BENCH_ROWS'

/** Prints a row, and keeps it for the table at the end. */
export function print(row: Row): void {
  process.stdout.write(`${lineOf(row)}\n`)
  const file = process.env[rowsFile]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

export function lineOf({ what, values, unit, beside, aim, note }: Row): string {
  const value = median(values)
  const ratios =
    beside === undefined ? [] : values.map((each, at) => each / (beside.values[at] ?? Number.NaN))
  const ratio = median(ratios)
  const parts = [
    what.padEnd(58),
    `${figure(value)} ${unit}`.padStart(14),
    spread(values, figure).padEnd(20),
    beside === undefined
      ? ''
      : `${percent(ratio)} ${spread(ratios, percent)} of ${beside.what} (${figure(median(beside.values))})`,
    aim === undefined ? '' : aimOf(aim, value, ratio),
    note ?? '',
  ]
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd()
}

function aimOf(aim: NonNullable<Row['aim']>, value: number, ratio: number): string {
  const verdict = (isMet: boolean) => (isMet ? 'met' : 'MISSED')
  if ('ratio' in aim) return `aim ≥ ${percent(aim.ratio)}: ${verdict(ratio >= aim.ratio)}`
  if ('atLeast' in aim) return `aim ≥ ${figure(aim.atLeast)}: ${verdict(value >= aim.atLeast)}`
  return `aim < ${figure(aim.atMost)}: ${verdict(value < aim.atMost)}`
}

const spread = (values: readonly number[], show: (value: number) => string): string =>
  values.length < 2 ? '' : `[${show(Math.min(...values))}–${show(Math.max(...values))}]`

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
