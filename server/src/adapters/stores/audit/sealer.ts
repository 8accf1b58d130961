import type { Witnessing } from '../../../core/audit/index.ts'
import { eachRow, failuresOf } from '../../../kernel/each-row.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { type SealDeps, sealBatch, tenantsToSeal } from './seal.ts'
import { newestCheckpoint } from './tree.ts'

export interface SealResult {
  sealed: number
  counted: number
}

/**
 * Seals everything that was committed before the call, tenant by tenant, and hands the checkpoints out. Throws `SomeFailed`
 * when some logs can't be sealed, after all others were.
 */
export async function sealPending(deps: SealDeps, witnessing: Witnessing): Promise<SealResult> {
  const result = { sealed: 0, counted: 0 }
  await eachRow(await tenantsToSeal(deps), logOf, async (tenant) => {
    for (let full = true; full; ) {
      const batch = await sealBatch(deps, tenant)
      result.sealed += batch.sealed
      result.counted += batch.counted
      full = batch.full
      // After the commit: a witness must never hold a checkpoint of a transaction that was rolled back.
      if (batch.checkpoint !== null) witnessing.hand(batch.checkpoint)
    }
  })
  return result
}

/** A process may have died between commit and handing out; every start repeats the newest checkpoints. */
export async function handNewest(
  { database }: Pick<SealDeps, 'database'>,
  tenants: readonly string[],
  witnessing: Witnessing,
): Promise<void> {
  await eachRow(tenants, logOf, async (tenant) => {
    const newest = await newestCheckpoint(database, tenant)
    if (newest !== null) witnessing.hand(newest)
  })
}

export const logOf = (tenant: string): string => `the log of ${tenant}`

export interface Sealer extends AsyncDisposable {
  /** Seals what is left, waits for witnesses that are just being written to, and ends. */
  stop(): Promise<void>
}

export interface SealerOptions {
  /** At most 1000: an event is sealed within a second of its commit. */
  everyMs: number
  /** Told of everything that failed in a round, one by one; the next one tries again. */
  warn(error: unknown): void
}

export const sealEveryMsMax = 1_000

export function startSealer(
  { everyMs, warn }: SealerOptions,
  work: { start(): Promise<void>; round(): Promise<unknown>; settled(): Promise<void>; outside: Outside },
): Sealer {
  if (!(everyMs > 0 && everyMs <= sealEveryMsMax)) throw new RangeError('everyMs is from 1 to 1000')
  let stopped = false
  let wake: () => void = () => {}
  const attempt = async (action: () => Promise<unknown>): Promise<boolean> => {
    try {
      await action()
      return true
    } catch (error) {
      for (const failure of failuresOf(error)) warn(failure)
      return false
    }
  }
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    let started = false
    while (!stopped) {
      const began = work.outside.now().getTime()
      started ||= await attempt(work.start)
      await attempt(work.round)
      const took = work.outside.now().getTime() - began
      await pause(Math.min(Math.max(everyMs - took, 1), everyMs))
    }
    await attempt(work.round)
    await work.settled()
  }
  const running = run()
  const stop = async () => {
    stopped = true
    wake()
    await running
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
