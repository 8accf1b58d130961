import type { Secret } from '../../kernel/secret.ts'
import { probeOf } from '../accounts/index.ts'
import type { DirectoryRefusal } from '../accounts/ports.ts'
import type { RecoveryDeps } from './deps.ts'
import type { WriteOutcome } from './ports.ts'
import type { Following } from './proven.ts'
import type { TargetOutcome } from './targets.ts'
import { type WriteOnce, writeOnce } from './write-once.ts'

/** What a directory says to a password that the account has already. */
const perhapsTheSame: ReadonlySet<DirectoryRefusal | 'current-password-wrong'> = new Set([
  'password-in-history',
  'password-unchanged',
])

/**
 * Writes the password of a leading account to one that follows it, after that one has it. A write that certainly did not
 * reach the directory is tried once more at once: a connection that had died while it idled is all that it takes.
 */
export async function writeFollowing(
  deps: Pick<RecoveryDeps, 'now'>,
  { directory, account: { key } }: Following,
  { password, until, rules }: Pick<WriteOnce, 'until' | 'rules'> & { password: Secret },
): Promise<TargetOutcome> {
  const ask = probeOf(directory, key)
  const probe = ask && ((signal: AbortSignal) => ask(password, signal))
  const once = () =>
    writeOnce(deps, {
      until,
      rules,
      write: (signal) => directory.setPassword(key, password, signal),
      probe,
    })
  const first = await once()
  const isLost = first.is === 'not-written' && first.because === 'directory-unreachable'
  const outcome = isLost ? await once() : first
  if (probe === null || outcome.is !== 'refused' || !perhapsTheSame.has(outcome.because))
    return asTarget(outcome)
  const opens = await probe(AbortSignal.timeout(rules.probeDeadlineSeconds * 1_000)).then(
    ({ ok }) => ok,
    () => false,
  )
  return opens ? { is: 'written' } : asTarget(outcome)
}

function asTarget(outcome: WriteOutcome): TargetOutcome {
  switch (outcome.is) {
    case 'written':
    case 'unknown':
      return outcome
    case 'not-written':
      return outcome.because === 'directory-unreachable'
        ? { is: 'unreachable' }
        : { is: 'refused', because: 'directory-not-writable' }
    case 'refused':
      // It is nobody's current password that is asked for here.
      return outcome.because === 'current-password-wrong'
        ? { is: 'refused', because: 'password-change-not-allowed' }
        : { is: 'refused', because: outcome.because }
  }
}
