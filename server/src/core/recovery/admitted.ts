import type { DirectoryEntry } from '../accounts/index.ts'
import type { AdmitTexts, AdmittedTexts } from '../messages/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import type { AwaitingProof } from './flow.ts'
import { takeAll } from './mailbox-quota.ts'

/** Numbers that may get a text. For an account that can't come back, as for one without a number, the same is counted in vain. */
export async function admitted(
  texts: AdmitTexts,
  of: {
    tenant: RecoveryTenant
    flow: AwaitingProof
    entry: DirectoryEntry
    known: boolean
    why: Ineligible | null
  },
): Promise<AdmittedTexts> {
  const { tenant, flow, entry, known, why } = of
  const { recoveryNumbers: numbers = [] } = entry
  if (why !== null || numbers.length === 0) {
    await texts.ofNobody(tenant.id, flow.decoySubject)
    return { to: [], refused: [] }
  }
  const locale = entry.locale ?? flow.locale
  return texts.of({ tenant: tenant.id, channel: 'sms', numbers, locale, known })
}

/** Counts and asks for nobody what is counted and asked for an account, under the name of what was typed. Nothing hangs on it. */
export async function takeForNobody(
  deps: Pick<RecoveryDeps, 'store' | 'limiter'>,
  tenant: RecoveryTenant,
  flow: AwaitingProof,
  texts: AdmitTexts | null,
): Promise<void> {
  if (texts !== null) await texts.ofNobody(tenant.id, flow.decoySubject)
  else {
    await takeAll(tenant, (quota) =>
      deps.limiter.take(tenant.id, `mail:nobody:${quota.windowSeconds}:${flow.decoySubject}`, quota),
    )
  }
  await deps.store.lastInvitation(tenant.id, flow.decoySubject)
}
