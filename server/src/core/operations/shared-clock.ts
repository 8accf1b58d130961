import type { Outside } from '../../kernel/outside.ts'

/** Beyond this an operator is told; the difference is made up for all the same. */
export const offsetWarnSeconds = 30
/** Beyond this a clock is broken and not merely off. Nothing is made up for any more, and the node is not ready. */
export const offsetMaxSeconds = 120

export interface SharedClock {
  /** The database's time, so that what one node writes down means the same to all others. */
  now(): Date
  /** Compares the two clocks anew. Throws what asking throws. */
  sync(): Promise<void>
  /** How far this node's own clock is ahead of the database's (behind: negative). */
  offsetSeconds(): number
  /** False when the difference is too large to be believed. */
  isSafe(): boolean
}

export interface SharedClockDeps {
  outside: Pick<Outside, 'now'>
  /** What time it is for the database. */
  ask(): Promise<Date>
  /** Told when the difference becomes too large to be silent about, or unsafe, and when it is well again. */
  tell(state: ClockState, offsetSeconds: number): void
}

export type ClockState = 'well' | 'off' | 'unsafe'

/** What an operator is told when the state changes. */
export const clockWords = {
  well: { level: 'info', text: "this machine's clock agrees with the database's again" },
  off: {
    level: 'warn',
    text: `this machine's clock and the database's differ by more than ${offsetWarnSeconds} s; the database's is used, but set the clock`,
  },
  unsafe: {
    level: 'error',
    text: `this machine's clock and the database's differ by more than ${offsetMaxSeconds / 60} min: the node is not ready until the clock is set`,
  },
} as const satisfies Record<ClockState, { level: string; text: string }>

/** An answer that took longer says too little about the moment it was made in. */
const askedWithinMs = 1_000
/** Clocks of one machine read at different moments differ by that much. */
const noiseMs = 5

/**
 * Times that one node writes are read by others: leases, expiries, windows of limits. Nodes whose clocks differ would
 * take each other's leases early, so all of them count by the clock they share, the database's. A difference that the
 * answer's way explains is left as it is, so that time does not jump to and fro.
 */
export function makeSharedClock({ outside, ask, tell }: SharedClockDeps): SharedClock {
  let offsetMs = 0
  let state: ClockState = 'well'
  const isSafe = () => Math.abs(offsetMs) <= offsetMaxSeconds * 1_000
  return {
    now: () => (isSafe() ? new Date(outside.now().getTime() - offsetMs) : outside.now()),
    offsetSeconds: () => offsetMs / 1_000,
    isSafe,
    async sync() {
      const before = outside.now().getTime()
      const there = (await ask()).getTime()
      const took = outside.now().getTime() - before
      if (took < 0 || took > askedWithinMs) return
      const measured = before + took / 2 - there
      if (Math.abs(measured - offsetMs) > took / 2 + noiseMs) offsetMs = Math.round(measured)
      const next = stateOf(offsetMs)
      if (next !== state) tell(next, offsetMs / 1_000)
      state = next
    },
  }
}

function stateOf(offsetMs: number): ClockState {
  const seconds = Math.abs(offsetMs) / 1_000
  if (seconds > offsetMaxSeconds) return 'unsafe'
  return seconds > offsetWarnSeconds ? 'off' : 'well'
}
