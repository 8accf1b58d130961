import { Fault, type FaultCode } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { PasswordChange, PasswordVerdict } from '../accounts/ports.ts'
import { whenBack } from './directory-refusal.ts'
import type { WriteOutcome } from './ports.ts'
import { after, type RecoveryRules } from './rules.ts'

/** One write to a directory, by whoever holds the account's lease `until` a moment. */
export interface WriteOnce {
  until: Date
  rules: Pick<RecoveryRules, 'writeDeadlineSeconds' | 'probeDeadlineSeconds'>
  /** Sends the password. Called at most once. */
  write(signal: AbortSignal): Promise<PasswordChange>
  /** One sign-in with the same password; called when the write got no answer. Null where the directory has none. */
  probe: ((signal: AbortSignal) => Promise<PasswordVerdict>) | null
}

const mayHaveWritten: ReadonlySet<FaultCode> = new Set([
  'directory-outcome-unknown',
  'directory-answer-unusable',
])

/**
 * Steps 3 and 4 of decision record 0001: asks the directory once. Without an answer, one sign-in with the new password
 * tells; nothing is repeated. Nothing is sent any more that could outlive the lease: this process may have stood still
 * since it was taken.
 */
export async function writeOnce(
  { now }: Pick<Outside, 'now'>,
  { until, rules, write, probe }: WriteOnce,
): Promise<WriteOutcome> {
  if (after(now(), rules.writeDeadlineSeconds) >= until) {
    return { is: 'not-written', because: 'directory-unreachable' }
  }
  try {
    const written = await write(AbortSignal.timeout(rules.writeDeadlineSeconds * 1_000))
    return written.ok ? { is: 'written' } : { is: 'refused', because: written.because }
  } catch (error) {
    if (error instanceof Fault && !mayHaveWritten.has(error.code)) {
      return { is: 'not-written', because: error.code, ...whenBack(error) }
    }
  }
  if (probe === null) return { is: 'unknown' }
  try {
    const verdict = await probe(AbortSignal.timeout(rules.probeDeadlineSeconds * 1_000))
    return verdict.ok ? { is: 'written' } : { is: 'unknown' }
  } catch {
    // Whatever broke the probe, it is not an answer: what is known is that nothing is known.
    return { is: 'unknown' }
  }
}
