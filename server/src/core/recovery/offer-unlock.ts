import type { RecoveryDeps } from './deps.ts'
import { liftsLock } from './flow.ts'
import type { HolderCall } from './holder.ts'
import { makeReadProven, readAccount } from './proven.ts'

/**
 * Whether a page that asks for a new password may offer to keep the one there is: the account is locked, and its
 * directory can lift the lock. No whenever that can't be found out; asking for the lock to be lifted says why.
 */
export function makeOffersUnlock(
  deps: Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'limiter'>,
) {
  const readProven = makeReadProven(deps, liftsLock)
  return async (call: HolderCall): Promise<boolean> => {
    const proven = await readProven(call)
    if (!proven.ok) return false
    const { rules } = deps.tenant(call.tenant)
    // With what is asked while typing, before the directory is: a page that is loaded again and again keeps nobody busy.
    const taken = await deps.limiter.take(call.tenant, `checks:${call.id}`, rules.passwordChecksPerFlow)
    if (!taken.ok) return false
    const account = await readAccount(deps, proven.flow)
    return account.ok && account.directory.abilities.unlock && account.entry?.locked === true
  }
}
