import { factorMax } from './rules.ts'

/** Counts of a window and of the one before it, as all nodes know them. */
export interface Windowed {
  current: number
  previous: number
}

/**
 * How much there is in a window's time up to now. What is left of the window before is counted by its share, so that the
 * first second of a minute is no better than its last.
 *
 * @param elapsed share of the current window that is over, 0 to 1.
 */
export const rateOf = ({ current, previous }: Windowed, elapsed: number): number =>
  current + previous * (1 - elapsed)

/**
 * How hard the work is that a count asks for: 0 while it is free, then 1, and twice as much with each doubling. What was
 * asked for once stays so until the count has come down to half of what is free, so that it does not come and go
 * with every other request.
 */
export function factorOf(rate: number, free: number, isTight: boolean): number {
  if (rate <= free) return isTight && rate > free / 2 ? 1 : 0
  return Math.min(factorMax, 2 ** Math.floor(Math.log2(rate / free)))
}
