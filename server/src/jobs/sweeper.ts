import { failuresOf } from '../kernel/each-row.ts'
import { pause } from './pause.ts'

export interface Sweeper extends AsyncDisposable {
  /** Resolves when no round is running. */
  stop(): Promise<void>
}

/**
 * Runs the sweep again and again, a pause after each round. Not a queued job: it looks for what crashed processes
 * left, and must also run where the queue itself is what broke.
 */
export function startSweeper(options: {
  sweep(): Promise<unknown>
  everyMs: number
  /** Told of everything that failed in a round, one by one. */
  warn(error: unknown): void
}): Sweeper {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await options.sweep()
      } catch (error) {
        for (const failure of failuresOf(error)) options.warn(failure)
      }
      await pause(options.everyMs, stopping.signal)
    }
  })()
  const stop = async (): Promise<void> => {
    stopping.abort()
    await running
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
