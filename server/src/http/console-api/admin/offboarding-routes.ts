import { type Static, Type } from 'typebox'
import { closedPasswords, type Offboarding, offboardingStates } from '../../../core/helpdesk/index.ts'
import { closed } from '../../api/parts.ts'
import { moment, TenantParams } from './account-routes.ts'
import type { AdminDeps } from './deps.ts'
import { type Answer, type Routes, refusal } from './routes.ts'

const OffboardingParams = closed({
  ...TenantParams,
  id: Type.String({ pattern: '^[a-z0-9]{1,64}$', description: 'Id of the offboarding.' }),
})

const AskBody = closed({
  identifier: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: 'As people type it; or `subject`.' }),
  ),
  subject: Type.Optional(
    Type.String({ pattern: '^[a-z0-9]{1,64}$', description: 'Opaque id of the account; or `identifier`.' }),
  ),
  reason: Type.String({
    pattern: '^[^\\u0000-\\u001f\\u007f]{1,500}$',
    description: 'Why, for whoever says yes. One line.',
  }),
})

const ApprovalBody = closed({
  digest: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'Of what you have seen and agree to; as the offboarding says it.',
  }),
})

const OffboardingResource = Type.Object({
  id: Type.String(),
  state: Type.Enum([...offboardingStates], {
    description:
      '`pending` waits for a yes. `done`: nobody knows the password that was here, and everything has ended. `failed`: nothing was ' +
      'written, for the reason in `because`. `unknown`: the directory never said; everything has ended as if it were ' +
      'done. `approved` and `writing` are on their way; the same yes may be given again to all but `done` and `void`.',
  }),
  because: Type.Optional(Type.String({ description: 'With `void` and `failed`: why.' })),
  password: Type.Optional(
    Type.Enum([...closedPasswords], {
      description:
        'With `done`: what became of it. `elsewhere`: it lives at another provider and is to be closed there; all else ' +
        'has ended.',
    }),
  ),
  subject: Type.String({ description: 'Opaque id of the account.' }),
  directory: Type.String(),
  username: Type.String({ description: 'As the directory wrote it when it was asked.' }),
  reason: Type.String(),
  digest: Type.String({
    description: 'SHA-256 over exactly what was asked, by whom and when; a yes has to name it.',
  }),
  askedBy: Type.String({ description: 'Name of the key.' }),
  askedAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time', description: 'From then on nothing is done for it.' }),
  approvedBy: Type.Union([Type.String(), Type.Null()]),
  approvedAt: moment('When the latest yes was given.'),
})

/** Closing an account: one key asks, another says yes to exactly that. */
export function offboardingRoutes({ look, write }: Routes, { helpdesk }: AdminDeps): void {
  const schema = OffboardingResource
  write(
    {
      path: '/offboardings',
      anyOf: ['offboarding.ask'],
      params: closed(TenantParams),
      asked: AskBody,
      summary: 'Ask for an offboarding',
      description:
        'Nothing happens to the account before another key has said yes. A request that nobody says yes to is void ' +
        'after 24 hours.',
      success: { status: 201, schema, description: 'The request.' },
      problems: ['account-unknown', 'account-ambiguous', 'account-not-eligible'],
    },
    async ({ call, asked: { identifier, subject, reason } }) => {
      if (identifier !== undefined && subject === undefined) {
        return answerOf(await helpdesk.askOffboarding(call, { name: { identifier }, reason }))
      }
      if (subject !== undefined && identifier === undefined) {
        return answerOf(await helpdesk.askOffboarding(call, { name: { subject }, reason }))
      }
      const errors = [{ pointer: '', detail: 'Send either `identifier` or `subject`.' }]
      return { problem: 'request-invalid', extras: { errors } }
    },
  )
  look(
    {
      path: '/offboardings/:id',
      anyOf: ['offboarding.ask', 'offboarding.approve'],
      params: OffboardingParams,
      summary: 'Look at an offboarding',
      description: 'What was asked, by whom, and what became of it. It can be looked up for 30 days.',
      success: { status: 200, schema, description: 'The request as it is now.' },
      problems: ['offboarding-unknown'],
    },
    async ({ call, params }) => answerOf(await helpdesk.readOffboarding(call, params.id)),
  )
  write(
    {
      path: '/offboardings/:id/approval',
      anyOf: ['offboarding.approve'],
      params: OffboardingParams,
      asked: ApprovalBody,
      summary: 'Say yes to an offboarding',
      description:
        'Writes a password that nobody learns, and ends all sessions and requests of the account. Answers when the ' +
        'directory has; look at `state`. Whoever asked, and whoever it is about, can’t say yes.',
      success: { status: 200, schema, description: 'What became of it.' },
      problems: [
        'offboarding-unknown',
        'offboarding-void',
        'offboarding-settled',
        'approval-not-yours',
        'digest-wrong',
        'write-in-progress',
      ],
    },
    async ({ call, params, asked }) =>
      answerOf(await helpdesk.approveOffboarding(call, { id: params.id, digest: asked.digest })),
  )
}

type Answered = Awaited<ReturnType<AdminDeps['helpdesk']['readOffboarding']>>

const answerOf = (answered: Answered): Answer<Static<typeof OffboardingResource>> =>
  answered.ok ? { body: bodyOf(answered.offboarding) } : refusal(answered)

function bodyOf(offboarding: Offboarding): Static<typeof OffboardingResource> {
  const { id, state, subject, account, username, reason, digest, askedBy, askedAt, expiresAt } = offboarding
  const isApproved = 'approvedBy' in offboarding
  return {
    id,
    state,
    ...('because' in offboarding ? { because: offboarding.because } : {}),
    ...('password' in offboarding ? { password: offboarding.password } : {}),
    subject,
    directory: account.directory,
    username,
    reason,
    digest,
    askedBy,
    askedAt: askedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    approvedBy: isApproved ? offboarding.approvedBy : null,
    approvedAt: isApproved ? offboarding.approvedAt.toISOString() : null,
  }
}
