import { type Static, Type } from 'typebox'
import { maskAddress } from '../../../core/accounts/index.ts'
import { invitationsPerPage } from '../../../core/helpdesk/index.ts'
import { type Invitation, stateOfInvitation } from '../../../core/recovery/index.ts'
import { closed } from '../../api/parts.ts'
import { TenantParams, writeUnderWay } from './account-routes.ts'
import type { AdminDeps } from './deps.ts'
import { type Routes, refusal } from './routes.ts'

const id = Type.String({ pattern: '^[a-z0-9]{1,64}$', description: 'Id of the invitation.' })

const InviteBody = closed({
  identifier: Type.String({ minLength: 1, maxLength: 512, description: 'As people type it.' }),
  address: Type.Optional(
    Type.String({
      minLength: 3,
      maxLength: 254,
      description:
        'Where to write to; else the recovery addresses. One that is none of those takes `invitations.address` as well, ' +
        'and the recovery addresses are told.',
    }),
  ),
  locale: Type.Optional(
    Type.String({ minLength: 2, maxLength: 35, description: 'BCP 47; else what the directory says.' }),
  ),
  again: Type.Optional(
    Type.Boolean({ description: 'Also if they were invited before; what was sent then is worthless.' }),
  ),
})

const Invited = Type.Object({
  id: Type.String({ description: 'Id of the invitation; nothing is unlocked by knowing it.' }),
  username: Type.String(),
  expiresAt: Type.String({ format: 'date-time', description: 'When link and code stop working.' }),
})

const Withdrawn = Type.Object({ id: Type.String(), writeUnderWay })

const Invitations = Type.Object({
  invitations: Type.Array(
    Type.Object({
      id: Type.String(),
      state: Type.Enum(['open', 'spent', 'withdrawn', 'expired']),
      subject: Type.String({ description: 'Opaque id of the account.' }),
      username: Type.String({ description: 'As the directory wrote it then.' }),
      sentTo: Type.Array(Type.String(), { description: 'Masked.' }),
      invitedBy: Type.String(),
      createdAt: Type.String({ format: 'date-time' }),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
    { description: `Oldest first, ${invitationsPerPage.toString()} at most.` },
  ),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'Send it as `after` for the next page; null on the last.',
  }),
})

/** First passwords: inviting people to choose one. */
export function invitationRoutes({ look, write }: Routes, { helpdesk, now }: AdminDeps): void {
  write(
    {
      path: '/invitations',
      anyOf: ['invitations.write'],
      params: closed(TenantParams),
      asked: InviteBody,
      summary: 'Invite somebody',
      description:
        'Writes to somebody who has no password yet, with a link and a code to choose the first one. It is over as soon ' +
        'as the directory shows that a password was set since.',
      success: { status: 201, schema: Invited, description: 'The invitation.' },
      problems: [
        'account-unknown',
        'account-ambiguous',
        'account-not-eligible',
        'no-address',
        'address-unusable',
        'invited-before',
        'invitation-disowned',
        'already-activated',
      ],
    },
    async ({ call, asked: { identifier, address = null, locale = null, again = false } }) => {
      const invited = await helpdesk.invite(call, { identifier, address, locale, again })
      if (!invited.ok) return refusal(invited)
      const { username, expiresAt } = invited
      return { body: { id: invited.id, username, expiresAt: expiresAt.toISOString() } }
    },
  )
  write(
    {
      path: '/invitations/:id/withdrawal',
      anyOf: ['invitations.write'],
      params: closed({ ...TenantParams, id }),
      summary: 'Withdraw an invitation',
      description:
        'Makes it worthless if nobody has used it. The account stays closed until somebody invites again.',
      success: { status: 200, schema: Withdrawn, description: 'It opens nothing any more.' },
      problems: ['invitation-unknown', 'invitation-over'],
    },
    async ({ call, params }) => {
      const withdrawn = await helpdesk.withdrawInvitation(call, params.id)
      if (!withdrawn.ok) return refusal(withdrawn)
      return { body: { id: withdrawn.id, writeUnderWay: withdrawn.writeUnderWay } }
    },
  )
  look(
    {
      path: '/invitations',
      anyOf: ['invitations.read'],
      params: closed(TenantParams),
      asked: closed({ after: Type.Optional(id) }),
      summary: 'List invitations',
      description: 'Whom somebody invited, and what became of it.',
      success: { status: 200, schema: Invitations, description: 'One page of them.' },
      problems: [],
    },
    async ({ call, asked: { after = null } }) => {
      const page = await helpdesk.listInvitations(call, after)
      const last = page.length < invitationsPerPage ? null : (page.at(-1)?.id ?? null)
      return { body: { invitations: page.map((one) => rowOf(one, now())), next: last } }
    },
  )
}

const rowOf = (invitation: Invitation, now: Date): Static<typeof Invitations>['invitations'][number] => ({
  id: invitation.id,
  state: stateOfInvitation(invitation, now),
  subject: invitation.subject,
  username: invitation.username,
  sentTo: invitation.sentTo.map(maskAddress),
  invitedBy: invitation.invitedBy,
  createdAt: invitation.createdAt.toISOString(),
  expiresAt: invitation.expiresAt.toISOString(),
})
