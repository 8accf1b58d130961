import { whyNotByChange, whyNotByMail } from '../accounts/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import type { AccountEntry, RecoveryTenant } from './deps.ts'

/**
 * Why the owner of an account can't change its password here, and so must not be asked to. A second factor is no reason
 * where there is a sign-in that asks for it; with the password alone they are turned away.
 */
export const whyNoChangeHere = (
  tenant: Pick<RecoveryTenant, 'signsInElsewhere'>,
  entry: AccountEntry,
): Ineligible | null =>
  tenant.signsInElsewhere(entry.directory) ? whyNotByChange(entry) : whyNotByMail(entry)
