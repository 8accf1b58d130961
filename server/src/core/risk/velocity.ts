import type { Limiter } from '../recovery/ports.ts'

/** What is usual of one count, and in which time. */
export interface Usual {
  count: number
  windowSeconds: number
}

/** Multiples of the usual count at which the value goes up by a quarter: 0 up to the usual, 1 from thirty times it on. */
const steps = [1, 3, 10, 30] as const

/**
 * Counts one more and says how far above the usual it is, from 0 to 1. Built from counters that only know "still" and "no
 * more": one for each step, and the next is asked only where the one before is full. So what is usual costs one statement.
 */
export async function climb(
  limiter: Limiter,
  { tenant, key }: { tenant: string; key: string },
  { count, windowSeconds }: Usual,
): Promise<number> {
  let before = 0
  for (const [above, step] of steps.entries()) {
    const max = count * (step - before)
    const taken = await limiter.take(tenant, `risk:${above}:${key}`, { max, windowSeconds })
    if (taken.ok) return above / steps.length
    before = step
  }
  return 1
}

/** Counts something once in a while however often it comes. True when it came for the first time. */
export async function isFirst(
  limiter: Limiter,
  { tenant, key }: { tenant: string; key: string },
  windowSeconds: number,
): Promise<boolean> {
  return (await limiter.take(tenant, `risk:once:${key}`, { max: 1, windowSeconds })).ok
}
