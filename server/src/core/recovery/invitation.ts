import type { AuditEvent, Fact } from '../audit/ports.ts'
import { personalOf } from './events.ts'
import type { Client } from './flow.ts'
import type { Ledger } from './ledger.ts'
import type { Invitation } from './ports.ts'

export type InvitationState = 'open' | 'spent' | 'withdrawn' | 'expired'

export function stateOf(invitation: Invitation, now: Date): InvitationState {
  if (invitation.withdrawnAt !== null) return 'withdrawn'
  if (invitation.spentAt !== null) return 'spent'
  return invitation.expiresAt > now ? 'open' : 'expired'
}

/** Rekey has written a password for the account, or may have. From then on its owner comes back by recovery. */
export const isActivated = (ledger: Ledger): boolean => ledger.writtenAt !== null

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
