import { setTimeout as wait } from 'node:timers/promises'

const tickMs = 250

/**
 * Gives an answer at the next full quarter of a second after the question. For the one answer that can't leave the
 * request and depends on an account: what one directory takes longer for than another is below the tick, and all
 * that is left to see is whether the work took more than so many of them.
 */
export async function atNextTick<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const started = performance.now()
  try {
    return await work()
  } finally {
    const taken = performance.now() - started
    await wait(Math.ceil(taken / tickMs) * tickMs - taken)
  }
}
