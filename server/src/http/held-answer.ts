import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

const tickMs = 250
/** Timers know whole milliseconds and may be early or late by one: the last of them are counted in turns of the loop. */
const timerSlackMs = 2

/**
 * Gives an answer at the next full quarter of a second after the question. For the one answer that can't leave the
 * request and depends on an account: what one directory takes longer for than another is below the tick, and all
 * that is left to see is whether the work took more than so many of them. A timer alone would let the fraction of a
 * millisecond through that the work took: of 0.4 ms, 0.36 came out.
 */
export async function atNextTick<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const started = performance.now()
  try {
    return await work()
  } finally {
    const ticks = Math.ceil((performance.now() - started) / tickMs)
    const due = started + ticks * tickMs
    await wait(Math.max(0, due - performance.now() - timerSlackMs))
    while (performance.now() < due) await turn()
  }
}
