import type { Secret } from '../../kernel/secret.ts'
import { probeOf } from '../accounts/index.ts'
import type { Answered, Refused } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { type Client, type Proven, takesPassword } from './flow.ts'
import type { HolderCall } from './holder.ts'
import { isSetSince } from './invitation.ts'
import { endUnavailable, makeReadProven, readAccount } from './proven.ts'
import { replacePassword } from './replace-password.ts'

export interface SetPasswordCall extends HolderCall {
  password: Secret
  client: Client
}

export type SetPasswordDeps = Pick<
  RecoveryDeps,
  'store' | 'tokens' | 'tenant' | 'digests' | 'now' | 'randomBytes'
>

/** Writes the password of somebody who has proven enough without the one that is forgotten. */
export function makeSetPassword(deps: SetPasswordDeps) {
  const readProven = makeReadProven(deps, takesPassword)
  return async (call: SetPasswordCall): Promise<Answered | Refused> => {
    const proven = await readProven(call)
    if (!proven.ok) return proven
    const account = await readAccount(deps, proven.flow)
    if (!account.ok) return account
    const { directory, entry } = account
    if (entry === null || (await isOvertaken(deps, proven.flow, entry))) return endUnavailable(deps, call)
    const {
      subject,
      account: { key },
    } = proven.flow
    return replacePassword(deps, call, {
      subject,
      entry,
      write: (password, signal) => directory.setPassword(key, password, signal),
      probe: probeOf(directory, key),
    })
  }
}

/** Somebody else has set the first password while this one was being chosen. */
async function isOvertaken(
  { store }: SetPasswordDeps,
  { kind, tenant, subject }: Proven,
  { password }: JudgedEntry,
): Promise<boolean> {
  if (kind !== 'activation') return false
  const invitation = await store.lastInvitation(tenant, subject)
  return invitation !== null && isSetSince(invitation, password)
}
