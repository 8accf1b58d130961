import { type Static, Type } from 'typebox'
import { type AccountView, flowsCounted } from '../../../core/helpdesk/index.ts'
import { closed } from '../../api/parts.ts'
import type { AdminDeps } from './deps.ts'
import { type Routes, refusal } from './routes.ts'

export const TenantParams = { tenant: Type.String({ description: 'Id of the tenant.' }) }

const SubjectParams = closed({
  ...TenantParams,
  subject: Type.String({
    pattern: '^[a-z0-9]{1,64}$',
    description: 'Opaque id of the account, as an answer gave it.',
  }),
})

export const moment = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description })

const AccountResource = Type.Object({
  subject: Type.String({ description: 'Opaque id: names the account in this API and in the audit log.' }),
  directory: Type.String({ description: 'Name of its directory.' }),
  key: Type.String({ description: 'The directory’s stable id of the entry.' }),
  username: Type.String(),
  displayName: Type.String(),
  recoveryAddresses: Type.Array(Type.String(), { description: 'Where mails go; masked.' }),
  disabled: Type.Boolean(),
  locked: Type.Boolean({ description: 'By the directory, after failed sign-ins.' }),
  privileged: Type.Boolean({ description: 'True also when that could not be found out.' }),
  federated: Type.Boolean({ description: 'Its password lives at another provider.' }),
  secondFactor: Type.Boolean({ description: 'Sign-in asks for one.' }),
  password: Type.Object(
    {
      changedAt: moment('When it was last set.'),
      mustChange: Type.Boolean({ description: 'It has to be changed at the next sign-in.' }),
      expiresAt: moment('When it runs out; null also when it does not.'),
      failedTries: Type.Union([Type.Integer(), Type.Null()], { description: 'Wrong ones in a row.' }),
    },
    { description: 'What the directory tells of its password; null where it does not tell.' },
  ),
  rekey: Type.Object(
    {
      wrongCodes: Type.Integer({ description: 'Codes mistyped during the last day, over all flows.' }),
      lastWriteAt: moment('When Rekey last wrote its password, or may have.'),
      secondProofUntil: moment('Until when one mailbox is not enough, after a "this was not me".'),
      openFlows: Type.Union([Type.Integer(), Type.Null()], {
        description: `Requests that are under way, ${flowsCounted.toString()} at most; null while they can’t be counted.`,
      }),
      tokenVersion: Type.Integer({ description: 'Goes up by one whenever all its sessions end.' }),
      mustChange: Type.Union([Type.Enum(['ordered', 'breached', 'expired']), Type.Null()], {
        description: 'Why its owner has to choose a new password at the next sign-in at the portal.',
      }),
    },
    { description: 'What Rekey itself remembers of it.' },
  ),
})

const Unlocked = Type.Object({
  subject: Type.String(),
  wasLocked: Type.Boolean({ description: 'False: there was no lock, and its owner was told nothing.' }),
})
export const writeUnderWay = Type.Boolean({
  description:
    'A new password was on its way to the directory, which nobody can call back. Look at the account again.',
})

const ChangeRequired = Type.Object({ subject: Type.String(), writeUnderWay })

const SessionsEnded = Type.Object({
  subject: Type.String(),
  tokenVersion: Type.Integer({ description: 'Every session and token from before it is dead.' }),
  writeUnderWay,
})

/** Accounts: what they are like, and what can be done for whoever owns one. */
export function accountRoutes({ look, write }: Routes, { helpdesk }: AdminDeps): void {
  const account = { status: 200, schema: AccountResource, description: 'The account.' }
  look(
    {
      path: '/accounts',
      anyOf: ['accounts.read'],
      params: closed(TenantParams),
      asked: closed({
        identifier: Type.String({
          minLength: 1,
          maxLength: 512,
          description: 'User name, mail address, UPN or DOMAIN\\name, as people type it.',
        }),
      }),
      summary: 'Look for an account',
      description: 'That you looked is in the audit log, also when nobody was found.',
      success: account,
      problems: ['account-unknown', 'account-ambiguous'],
    },
    async ({ call, asked }) => {
      const shown = await helpdesk.showAccount(call, asked)
      return shown.ok ? { body: accountBody(shown.view) } : refusal(shown)
    },
  )
  look(
    {
      path: '/accounts/:subject',
      anyOf: ['accounts.read'],
      params: SubjectParams,
      summary: 'Look at an account',
      description: 'As it is now. That you looked is in the audit log.',
      success: account,
      problems: ['account-unknown'],
    },
    async ({ call, params }) => {
      const shown = await helpdesk.showAccount(call, { subject: params.subject })
      return shown.ok ? { body: accountBody(shown.view) } : refusal(shown)
    },
  )
  write(
    {
      path: '/accounts/:subject/unlock',
      anyOf: ['accounts.unlock'],
      params: SubjectParams,
      summary: 'Unlock an account',
      description:
        'Lifts the lock that the directory put there after failed sign-ins, and tells the owner by mail. The password ' +
        'stays. Asking again does no harm.',
      success: { status: 200, schema: Unlocked, description: 'It is not locked any more.' },
      problems: ['account-unknown', 'account-not-eligible', 'unlock-not-offered'],
    },
    async ({ call, params }) => {
      const unlocked = await helpdesk.unlockAccount(call, params.subject)
      if (!unlocked.ok) return refusal(unlocked)
      return { body: { subject: unlocked.subject, wasLocked: unlocked.wasLocked } }
    },
  )
  write(
    {
      path: '/accounts/:subject/required-change',
      anyOf: ['accounts.require-change'],
      params: SubjectParams,
      summary: 'Order a change of the password',
      description:
        'At the next sign-in at the portal the password has to be changed, and everywhere else if the directory has a ' +
        'mark for that. The owner is told so by mail. No session ends. Asking again does no harm. An account with a ' +
        'second factor can be ordered to only where people sign in through the company’s provider, which asks for it.',
      success: { status: 200, schema: ChangeRequired, description: 'It has to be changed.' },
      problems: ['account-unknown', 'account-not-eligible'],
    },
    async ({ call, params }) => {
      const ordered = await helpdesk.requireChange(call, params.subject)
      if (!ordered.ok) return refusal(ordered)
      return { body: { subject: ordered.subject, writeUnderWay: ordered.writeUnderWay } }
    },
  )
  write(
    {
      path: '/accounts/:subject/sessions/end',
      anyOf: ['sessions.end'],
      params: SubjectParams,
      summary: 'End all sessions',
      description:
        'Ends every session and every open request of the account. The password stays, and its owner can sign in again. ' +
        'The directory is not asked.',
      success: { status: 200, schema: SessionsEnded, description: 'They have ended.' },
      problems: ['account-unknown'],
    },
    async ({ call, params }) => {
      const ended = await helpdesk.endSessions(call, params.subject)
      if (!ended.ok) return refusal(ended)
      const { subject, tokenVersion } = ended
      return { body: { subject, tokenVersion, writeUnderWay: ended.writeUnderWay } }
    },
  )
}

function accountBody(view: AccountView): Static<typeof AccountResource> {
  const { account, remembered, recoveryAddresses, password, ...facts } = view
  return {
    ...facts,
    ...account,
    password: {
      ...password,
      changedAt: timeOf(password.changedAt),
      expiresAt: timeOf(password.expiresAt),
    },
    recoveryAddresses: [...recoveryAddresses],
    rekey: {
      wrongCodes: remembered.wrongCodes,
      lastWriteAt: timeOf(remembered.writtenAt),
      secondProofUntil: timeOf(remembered.secondProofUntil),
      openFlows: remembered.openFlows,
      tokenVersion: remembered.tokenVersion,
      mustChange: remembered.mustChange,
    },
  }
}

const timeOf = (moment: Date | null): string | null => moment?.toISOString() ?? null
