/**
 * Every kind of job and what it carries: names only. A job row is readable by whoever reads the database, so no
 * link, code, password or address is ever in one; the handler looks them up or derives them.
 */
export interface JobPayloads {
  /** Everything about a started flow that depends on the account: find it, choose, order the message. */
  'resolve-recovery': { tenant: string; flow: string; ask: number }
  /** Render and send one ordered message. */
  'deliver-message': { tenant: string; message: string }
  /** The daily round through a tenant's directories: whose password expires, or has expired. */
  'tell-of-expiry': { tenant: string }
  /** Another try to write a password that waits for its directory. */
  'write-waiting': { tenant: string; flow: string }
}

export type QueueName = keyof JobPayloads

/** How the jobs of a queue are run. Delays are rounded and jittered: thousands that failed together spread out. */
export interface QueueDefinition {
  /** Tries after the first one. */
  retries: number
  /** Doubles with each retry, with up to half of it as jitter. */
  retrySecondsFirst: number
  retrySecondsMax: number
  /** A try that runs longer is given up (its signal aborts) and counts as failed. */
  runSecondsMax: number
  /** How long a job that is over, one way or the other, stays readable for an operator. */
  keptSeconds: number
  /** Jobs of the queue that one process runs at the same time. */
  concurrency: number
  /**
   * Jobs that a worker takes from the queue at once, when there are that many, and settles together; 1 unless said.
   * For many short ones: a job that takes long keeps those that it was taken with from being settled.
   */
  taken?: number
}

/**
 * Retries go on for longer than a mailed link lives (60 minutes at most) and than a notice is worth sending (three
 * days): whether a late try is still worth it is the handler's to say, from `notAfter` or the flow.
 */
export const queues = {
  'resolve-recovery': {
    retries: 60,
    retrySecondsFirst: 1,
    retrySecondsMax: 60,
    runSecondsMax: 60,
    keptSeconds: 3600,
    // Whoever floods us makes thousands of these, nearly all of them a look for somebody who is not there. Each statement
    // costs the same for one as for all that share it, so many are taken, looked up and decided together.
    concurrency: 64,
    taken: 64,
  },
  'deliver-message': {
    retries: 10_000,
    retrySecondsFirst: 2,
    retrySecondsMax: 90,
    runSecondsMax: 120,
    keptSeconds: 3600,
    concurrency: 4,
  },
  'tell-of-expiry': {
    // Tomorrow is another round, which says what this one did not come to.
    retries: 60,
    retrySecondsFirst: 60,
    retrySecondsMax: 900,
    // A directory of a million accounts is read in a quarter of an hour; those who are told take longer.
    runSecondsMax: 6 * 3600,
    keptSeconds: 3600,
    concurrency: 1,
  },
  'write-waiting': {
    // For as long as the longest wait that can be configured, and a little more: what is over ends by itself.
    retries: 5_000,
    retrySecondsFirst: 1,
    retrySecondsMax: 20,
    runSecondsMax: 240,
    keptSeconds: 3600,
    concurrency: 4,
  },
} as const satisfies Record<QueueName, QueueDefinition>
