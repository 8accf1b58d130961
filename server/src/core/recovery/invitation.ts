import type { PasswordFacts } from '../accounts/ports.ts'
import type { AuditEvent, Fact } from '../audit/ports.ts'
import { personalOf } from './events.ts'
import type { Client } from './flow.ts'
import { isClosed, type Ledger } from './ledger.ts'
import type { Invitation } from './ports.ts'

export type InvitationState = 'open' | 'spent' | 'withdrawn' | 'expired'

export function stateOf(invitation: Invitation, now: Date): InvitationState {
  if (invitation.withdrawnAt !== null) return 'withdrawn'
  if (invitation.spentAt !== null) return 'spent'
  return invitation.expiresAt > now ? 'open' : 'expired'
}

/** Rekey has written a password for the account, or may have, or has closed it. No invitation is for it any more. */
export const isActivated = (ledger: Ledger): boolean => ledger.writtenAt !== null || isClosed(ledger)

/**
 * A password was set since the invitation was made, by whatever way: somebody has one, and the invitation is over. The
 * directory's own two moments are compared, so that no difference between its clock and ours counts. A moment that is
 * gone is news as well: in Active Directory the mark "must change" takes it away.
 */
export const isSetSince = (
  { passwordSetAt }: Pick<Invitation, 'passwordSetAt'>,
  { changedAt }: Pick<PasswordFacts, 'changedAt'>,
): boolean => changedAt?.getTime() !== passwordSetAt?.getTime()

/** Rekey has asked for another password: whoever was asked has one. */
export const wasAskedForAnother = ({ mustChange, expiryToldAt }: Ledger): boolean =>
  mustChange !== null || expiryToldAt !== null

/**
 * Whether an account waits for its first password, so that recovery leaves it to the invitation. It does while nothing
 * speaks for a password that its owner uses: neither a date of the directory (but for one that has to be changed at the
 * first sign-in, as those of provisioning do), nor an order of Rekey's own that it be changed. An initial password without
 * that mark looks like any other: then nobody is kept from recovery, which goes to the addresses of the directory.
 */
export const waitsForFirstPassword = (of: {
  invitation: Pick<Invitation, 'passwordSetAt'> | null
  ledger: Ledger
  password: Pick<PasswordFacts, 'changedAt' | 'mustChange'>
}): boolean =>
  of.invitation !== null &&
  !isActivated(of.ledger) &&
  !wasAskedForAnother(of.ledger) &&
  !isSetSince(of.invitation, of.password) &&
  (of.password.changedAt === null || of.password.mustChange)

/** An event about an invitation. */
export const invitationEvent = (
  name: 'invitation.created' | 'invitation.withdrawn' | 'invitation.spent' | 'invitation.refused',
  of: { invitation: Invitation; at: Date; flow?: string; client?: Client },
  facts: Readonly<Record<string, Fact>> = {},
): AuditEvent => {
  const { invitation, at, flow = null, client } = of
  const { tenant, subject, id } = invitation
  const event = { name, tenant, at, subject, flow, facts: { ...facts, invitation: id } }
  return client === undefined ? event : { ...event, personal: personalOf(client) }
}
