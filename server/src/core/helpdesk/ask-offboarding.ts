import { newId } from '../../kernel/ids.ts'
import { whyNotByOffboarding } from '../accounts/index.ts'
import { after } from '../recovery/index.ts'
import { refuse } from './answers.ts'
import type { Offboarded } from './approve-offboarding.ts'
import { type DeskCall, deskEvent, type OffboardingDeps } from './deps.ts'
import { approvalSeconds, digestOf, type Offboarding, offboardingAt } from './offboarding.ts'
import { type AccountName, findAccount } from './show-account.ts'

/** Asks that an account is closed. Nothing happens to it before somebody else has said yes to exactly this. */
export const makeAskOffboarding =
  (deps: OffboardingDeps) =>
  async (call: DeskCall, asked: { name: AccountName; reason: string }): Promise<Offboarded> => {
    const found = await findAccount(deps, call.tenant, asked.name)
    if (!found.ok) return found
    const { subject, account, entry } = found
    const why = whyNotByOffboarding(entry)
    if (why === 'privileged') return refuse({ because: 'account-not-eligible', why })
    const at = deps.now()
    const request = {
      tenant: call.tenant,
      id: newId(deps),
      subject,
      account,
      username: entry.username,
      reason: asked.reason,
      askedBy: call.caller.name,
      askedAt: at,
      expiresAt: after(at, approvalSeconds),
    }
    const digest = digestOf(request)
    const offboarding: Offboarding = { ...request, digest, state: 'pending' }
    const facts = { offboarding: request.id, digest }
    await deps.offboardings.begin(offboarding, [deskEvent('offboarding.asked', call, { subject, at }, facts)])
    return { ok: true, offboarding }
  }

export const makeReadOffboarding =
  (deps: Pick<OffboardingDeps, 'offboardings' | 'now'>) =>
  async ({ tenant }: DeskCall, id: string): Promise<Offboarded> => {
    const offboarding = await deps.offboardings.read(tenant, id)
    if (offboarding === null) return refuse({ because: 'offboarding-unknown' })
    return { ok: true, offboarding: offboardingAt(offboarding, deps.now()) }
  }
