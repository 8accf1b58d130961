import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import { liftsLock } from './flow.ts'
import type { HolderCall } from './holder.ts'
import { makeReadProven, readAccount } from './proven.ts'
import { isPartlyWritten } from './targets.ts'

/**
 * Whether a tenant's people may ask for a lock to be lifted. Before a proof nobody says whose directory it would be, so it
 * is enough that one of them can.
 */
export const unlockIsOffered = (tenant: Pick<RecoveryTenant, 'directoriesFor'>): boolean =>
  tenant.directoriesFor(null).some(({ directory }) => directory.abilities.unlock)

/**
 * Whether the page of a proven flow may offer to lift the lock, which the account's directory must be able to. A page that
 * asks for a new password offers it for an account that is locked: no whenever that can't be found out; asking for the
 * lock to be lifted says why. Who came for the lock alone reads afterwards whether there was one.
 */
export function makeOffersUnlock(
  deps: Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'limiter'>,
) {
  const readProven = makeReadProven(deps, liftsLock)
  return async (call: HolderCall): Promise<boolean> => {
    const proven = await readProven(call)
    if (!proven.ok) return false
    const { kind, account: ref } = proven.flow
    if (isPartlyWritten(proven.flow)) return false
    const { rules, directory } = deps.tenant(call.tenant)
    if (directory(ref.directory)?.abilities.unlock === false) return false
    if (kind === 'unlock') return true
    // With what is asked while typing, before the directory is: a page that is loaded again and again keeps nobody busy.
    const taken = await deps.limiter.take(call.tenant, `checks:${call.id}`, rules.passwordChecksPerFlow)
    if (!taken.ok) return false
    const account = await readAccount(deps, proven.flow)
    return account.ok && account.entry?.locked === true
  }
}
