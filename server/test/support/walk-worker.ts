import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { anyWalk, walk } from './recovery-walk.ts'

/** A share of the million walks, in a thread of its own. Says how many it ran, and the first that went wrong. */
const share = workerData as { seed: number; walks: number }
const details = await fc.check(
  fc.asyncProperty(anyWalk, async (one) => (await walk(one)).violations.length === 0),
  { seed: share.seed, numRuns: share.walks },
)
const counterexample = details.failed ? fc.defaultReportMessage(details) : null
parentPort?.postMessage({ ran: details.numRuns, counterexample })
