/** Chance that comes out the same from the same seed, everywhere: no secret ever depends on it. */
export interface Chance {
  /** From 0 up to and without 1. */
  share(): number
  /** True in so many cases of one. */
  is(share: number): boolean
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  oneOf<Value>(list: readonly Value[]): Value
}

/** A generator with 32 bits of state (mulberry32): good enough for a made-up month. */
export function makeChance(seed: number): Chance {
  let state = seed >>> 0
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    share,
    is: (part) => share() < part,
    whole: (min, max) => min + Math.floor(share() * (max - min + 1)),
    oneOf(list) {
      const one = list[Math.floor(share() * list.length)]
      if (one === undefined) throw new RangeError('nothing to choose from')
      return one
    },
  }
}
