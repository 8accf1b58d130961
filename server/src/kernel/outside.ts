import { randomBytes } from 'node:crypto'

/** Time and chance, handed in so that tests own them. `new Date()` and `Math.random` are lint errors elsewhere. */
export interface Outside {
  now(): Date
  /** Cryptographically secure. */
  randomBytes(count: number): Uint8Array
}

export const systemOutside: Outside = {
  now: () => new Date(),
  randomBytes: (count) => randomBytes(count),
}
