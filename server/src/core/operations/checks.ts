import { type FaultCode, isFault } from '../../kernel/fault.ts'

/** One outside system that Rekey lives on, and the question whether it can be worked with. */
export interface Check {
  what: 'directory' | 'mail provider' | 'provider of texts' | 'redis' | 'identity provider'
  /** Null for what belongs to all tenants. */
  tenant: string | null
  /** Its name in the configuration. */
  name: string
  /** Resolves when it works; throws the `Fault` that says what an operator must fix. */
  run(signal: AbortSignal): Promise<void>
}

export type CheckResult = { ok: true } | { ok: false; code: FaultCode | 'unexpected'; problem: string }

/** How long a check may take before that itself is what is wrong. */
export const checkSecondsMax = 10

/** Runs one check under its deadline. Never throws: what goes wrong is the result. */
export async function runCheck(check: Check, stop?: AbortSignal): Promise<CheckResult> {
  const deadline = AbortSignal.timeout(checkSecondsMax * 1000)
  try {
    await check.run(stop === undefined ? deadline : AbortSignal.any([stop, deadline]))
    return { ok: true }
  } catch (error) {
    if (isFault(error)) return { ok: false, code: error.code, problem: error.detail ?? error.code }
    // Any other error may quote anything. Its name says that it is a defect, and which.
    return { ok: false, code: 'unexpected', problem: error instanceof Error ? error.name : 'unknown' }
  }
}
