import { foldMail } from '../accounts/index.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import type { Quota } from './rules.ts'

/**
 * Mailboxes that may still get a mail. Devices that the account's owner came back with count in a quota of their own,
 * and so does what nobody asked for, so that a stranger's starts can't use it up.
 */
export async function withinQuota(
  deps: Pick<RecoveryDeps, 'limiter' | 'tokens' | 'quotaFactor'>,
  tenant: RecoveryTenant,
  addresses: readonly string[],
  counter: '' | 'known:' | 'expiry:',
): Promise<readonly string[]> {
  const open: string[] = []
  // Strangers alone are held shorter: a known device and what nobody asked for keep what they have.
  const factor = counter === '' ? (deps.quotaFactor?.(tenant.id, 'email_code') ?? 1) : 1
  for (const address of addresses) {
    const mailbox = deps.tokens.mailbox(tenant.id, foldMail(address))
    const isOpen = await takeAll(tenant, (quota) =>
      deps.limiter.take(
        tenant.id,
        `mail:${counter}${quota.windowSeconds}:${mailbox}`,
        tightened(quota, factor),
      ),
    )
    if (isOpen) open.push(address)
  }
  return open
}

/** Shortest window first, and no further once one is used up: a mail that is not sent must not count for the day. */
export async function takeAll(
  tenant: RecoveryTenant,
  take: (quota: Quota) => ReturnType<RecoveryDeps['limiter']['take']>,
): Promise<boolean> {
  for (const quota of tenant.rules.mailbox.toSorted((a, b) => a.windowSeconds - b.windowSeconds)) {
    if (!(await take(quota)).ok) return false
  }
  return true
}

/** A link is in the same mail: whatever the pressure, a stranger's one start must not use up what a person needs. */
const mailsMin = 2

const tightened = (quota: Quota, factor: number): Quota => ({
  ...quota,
  max: Math.min(quota.max, Math.max(mailsMin, Math.floor(quota.max * factor))),
})
