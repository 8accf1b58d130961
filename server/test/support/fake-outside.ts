import type { Outside } from '../../src/kernel/outside.ts'

/** A clock that stands still until a test moves it. */
export interface FakeClock {
  now(): Date
  advance(seconds: number): void
}

export function aClock(start = '2026-03-02T09:00:00.000Z'): FakeClock {
  let at = new Date(start).getTime()
  return {
    now: () => new Date(at),
    advance: (seconds) => {
      at += seconds * 1_000
    },
  }
}

/** A clock that goes as the machine's does, for what compares it with the database's. */
export function aRunningClock(): FakeClock {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    advance: (seconds) => {
      ahead += seconds * 1_000
    },
  }
}

/** Chance that a seed decides (mulberry32), so that a counterexample can be played again. Never for a product. */
export function seededBytes(seed: number): Outside['randomBytes'] {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return (count) => Uint8Array.from({ length: count }, () => next() & 0xff)
}

export const anOutside = (clock: FakeClock = aClock(), seed = 1): Outside => ({
  now: () => clock.now(),
  randomBytes: seededBytes(seed),
})

/** Numbers below 1 that the seed decides, one after the other. */
export function seededChance(seed: number): () => number {
  const bytes = seededBytes(seed)
  return () => Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32
}
