/** Chance that can be repeated: numbers in [0, 1) from a seed (mulberry32). For shuffles and resampling only. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other] as Value, order[last] as Value]
  }
  return order
}

/** Of an even number of values, the mean of the two in the middle. Not a number for none. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return (lower + upper) / 2
}

/**
 * Two-sided p of the paired sign test: how likely it is that so many differences have one sign, if either sign is
 * as likely. Ties say nothing and are left out. Exact: the binomial tail is summed in logarithms.
 */
export function signTest(differences: readonly number[]): number {
  const above = differences.filter((difference) => difference > 0).length
  const below = differences.filter((difference) => difference < 0).length
  const tries = above + below
  const most = Math.max(above, below)
  if (most * 2 === tries) return 1
  let logTerm = -tries * Math.LN2
  let tail = 0
  for (let ups = tries; ups >= most; ups -= 1) {
    tail += Math.exp(logTerm)
    logTerm += Math.log(ups) - Math.log(tries - ups + 1)
  }
  return Math.min(1, 2 * tail)
}

/**
 * 95 % percentile interval of the median: of medians of `rounds` samples drawn from the values with replacement. It
 * says how small a difference the run could have seen. The median of a sample is read from how often each place of
 * the sorted values was drawn, which is the same and takes no sorting.
 */
export function medianInterval(
  values: readonly number[],
  { random, rounds = 2_000 }: { random: () => number; rounds?: number },
): { low: number; high: number } {
  const sorted = Float64Array.from(values).sort()
  const count = sorted.length
  const drawn = new Uint32Array(count)
  const medians = Float64Array.from({ length: rounds }, () => {
    drawn.fill(0)
    for (let draw = 0; draw < count; draw += 1) {
      const place = Math.floor(random() * count)
      drawn[place] = (drawn[place] ?? 0) + 1
    }
    return (drawnValue(sorted, drawn, (count - 1) >> 1) + drawnValue(sorted, drawn, count >> 1)) / 2
  }).sort()
  const at = (share: number) => medians[Math.round(share * (rounds - 1))] ?? Number.NaN
  return { low: at(0.025), high: at(0.975) }
}

/** The value at a rank (from 0) of a sample that is given by how often each sorted value was drawn. */
function drawnValue(sorted: Float64Array, drawn: Uint32Array, rank: number): number {
  let seen = 0
  for (let place = 0; place < sorted.length; place += 1) {
    seen += drawn[place] ?? 0
    if (seen > rank) return sorted[place] ?? Number.NaN
  }
  return Number.NaN
}

/**
 * Area under the ROC curve (Mann and Whitney): how often a value of the first group is above one of the second, ties
 * counted half. 0.5 means that one answer tells nothing.
 */
export function areaUnderCurve(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, own: 1 })), ...second.map((value) => ({ value, own: 0 }))]
  all.sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1
    const rank = (start + 1 + end) / 2
    for (let index = start; index < end; index += 1) rankSum += rank * (all[index]?.own ?? 0)
    start = end
  }
  const pairs = first.length * second.length
  return (rankSum - (first.length * (first.length + 1)) / 2) / pairs
}
