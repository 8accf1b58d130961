import { type Check, type CheckResult, runCheck } from '../core/operations/checks.ts'
import { pause } from './pause.ts'
import type { JobsLog } from './runner.ts'

/**
 * Asks every outside system once after the start, in the background, and again until it has worked once: a mistake
 * in the configuration is in the log before the first person needs it. The service starts all the same, because
 * a directory that is down for an hour must not keep the others from being served.
 */
export function startFirstChecks(options: {
  checks: readonly Check[]
  everyMs: number
  log: JobsLog
}): AsyncDisposable {
  const stopping = new AbortController()
  const { signal } = stopping
  const isStopping = () => signal.aborted
  const untilItWorks = async (check: Check): Promise<void> => {
    while (!isStopping()) {
      const result = await runCheck(check, signal)
      // A check that the stop cut off says nothing about what it asked.
      if (isStopping()) return
      tell(check, result, options.log)
      if (result.ok) return
      await pause(options.everyMs, signal)
    }
  }
  const running = Promise.all(options.checks.map(untilItWorks))
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await running
    },
  }
}

function tell({ what, tenant, name }: Check, result: CheckResult, log: JobsLog): void {
  const named = what === 'directory' ? { directory: name } : { provider: name }
  const facts = { ...named, ...(tenant === null ? {} : { tenant }) }
  if (result.ok) log('info', `${what} works`, facts)
  else log('warn', `${what} does not work`, { ...facts, code: result.code, because: result.problem })
}
