import type { Secret } from '../../kernel/secret.ts'
import { type Directory, probeOf } from '../accounts/index.ts'
import { normalizePassword } from '../passwords/index.ts'
import { type Answered, type Refused, refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { refuseFor } from './directory-refusal.ts'
import { type Client, type Proven, takesPassword } from './flow.ts'
import type { HolderCall } from './holder.ts'
import { isSetSince } from './invitation.ts'
import { endUnavailable, type Following, makeReadProven, readAccount } from './proven.ts'
import { replacePassword } from './replace-password.ts'
import { asLastSeen } from './seen-account.ts'
import { isPartlyWritten } from './targets.ts'
import { giveBack, makeTakeTry } from './tries.ts'

export interface SetPasswordCall extends HolderCall {
  password: Secret
  client: Client
}

export type SetPasswordDeps = Pick<
  RecoveryDeps,
  'store' | 'tokens' | 'tenant' | 'digests' | 'now' | 'randomBytes'
>

/**
 * Writes the password of somebody who has proven enough without the one that is forgotten. Where only some of a person's
 * accounts have it, the same once more is for the others: it has to be the one that the leading account has by now.
 */
export function makeSetPassword(deps: SetPasswordDeps) {
  const readProven = makeReadProven(deps, takesPassword)
  const proveSame = makeProveSame(deps)
  return async (call: SetPasswordCall): Promise<Answered | Refused> => {
    const proven = await readProven(call)
    if (!proven.ok) return proven
    const account = await readAccount(deps, proven.flow)
    if (!account.ok) {
      const unread = await asLastSeen(deps, proven.flow, account)
      return unread === null ? account : replacePassword(deps, call, unread)
    }
    const { directory, entry } = account
    const isRest = isPartlyWritten(proven.flow)
    if (entry === null) return endUnavailable(deps, call)
    if (!isRest && (await isOvertaken(deps, proven.flow, entry))) return endUnavailable(deps, call)
    const {
      subject,
      account: { key },
    } = proven.flow
    if (isRest) {
      const same = await proveSame(call, { directory, key, subject })
      if (!same.ok) return same
    }
    return replacePassword(deps, call, {
      subject,
      entry,
      following: account.following.filter((one) => !hasIt(proven.flow, one)),
      write: isRest ? null : (password, signal) => directory.setPassword(key, password, signal),
      probe: probeOf(directory, key),
    })
  }
}

const hasIt = ({ targets = [] }: Proven, { subject }: Following): boolean =>
  targets.some((one) => one.subject === subject && one.outcome.is === 'written')

/**
 * Whether it is the password that the leading account has: accounts that follow must not get another. Whoever asks has set
 * it, and a wrong one counts like any other guess all the same.
 */
function makeProveSame(deps: SetPasswordDeps) {
  const takeTry = makeTakeTry(deps)
  return async (
    call: SetPasswordCall,
    { directory, key, subject }: { directory: Directory; key: string; subject: string },
  ): Promise<{ ok: true } | Refused> => {
    const { tenant, client } = call
    const password = normalizePassword(call.password)
    if (password === null) return refuse({ because: 'current-password-wrong' })
    const taken = await takeTry({ tenant, subject, client })
    const wait = deps.tenant(tenant).rules.failedTriesPerAccount.windowSeconds
    if (taken === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: wait })
    const { writeDeadlineSeconds } = deps.tenant(tenant).rules
    try {
      const deadline = AbortSignal.timeout(writeDeadlineSeconds * 1_000)
      const verdict = await directory.verifyPassword(key, password, deadline)
      if (verdict.ok) await giveBack(deps, taken)
      return verdict.ok ? { ok: true } : refuse({ because: 'current-password-wrong' })
    } catch (error) {
      const refused = refuseFor(error)
      await giveBack(deps, taken)
      return refused
    }
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
