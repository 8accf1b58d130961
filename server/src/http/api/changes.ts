import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { enrolledMethods } from '../../core/proofs/index.ts'
import type { PortalSession } from '../../core/sessions/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { atNextTick } from '../held-answer.ts'
import { sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import { answersOf, withBody, withSecret } from './answers.ts'
import {
  closed,
  EnrolledAnswer,
  NewPassword,
  NoBody,
  PasskeyRequest,
  security,
  sessionSecurity,
} from './parts.ts'
import { FlowResource } from './resource.ts'
import { sessionOf } from './session.ts'
import { answer, FlowParams, flowAs, held, holderOf, invalid, localeOf } from './steps.ts'
import { shownFields, shownOf } from './work.ts'

const tags = ['change']

const SignInBody = closed({
  identifier: Type.String({
    minLength: 1,
    maxLength: 512,
    description: 'User name, mail address, UPN or DOMAIN\\name.',
  }),
  password: NewPassword,
  service: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'Name of a configured service.' }),
  ),
  ...shownFields,
})

const SessionResource = closed({
  secret: Type.String({
    description: 'Told once. Send it as `Authorization: Session <secret>`.',
  }),
  expiresAt: Type.String({ format: 'date-time', description: 'It can’t be made longer.' }),
  awaits: Type.Union([Type.Literal('second-proof'), Type.Null()], {
    description:
      'Until the second proof is given, within five minutes, the session opens nothing. Null: nothing is missing.',
  }),
  methods: Type.Array(Type.Enum([...enrolledMethods]), {
    description: 'What the second proof may be; empty when none is awaited.',
  }),
  passkey: Type.Optional(PasskeyRequest),
  mustChange: Type.Union([Type.Enum(['directory', 'expired', 'ordered', 'breached', 'weak']), Type.Null()], {
    description:
      'Why this password has to be replaced: the directory says so, it has expired, an operator asked for it, or ' +
      'it is in a list of lost passwords, or would not be taken today. Null: it may stay.',
  }),
  flaw: Type.Union([Type.Enum(['breached', 'weak']), Type.Null()], {
    description:
      'What else is wrong with it and should be told: it is in a list of lost passwords, or would not be taken today.',
  }),
  passwordEndsAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description:
      'When this password expires, if that is soon; the end of its grace where `mustChange` is `expired`. Else null.',
  }),
})

const ChangeBody = closed({
  current: Type.String({ maxLength: 8_192, description: 'The password in force.' }),
  password: NewPassword,
  actionToken: Type.String({ minLength: 1, maxLength: 128, description: 'The newest one of this flow.' }),
  keepSession: Type.Optional(
    Type.Boolean({ description: 'Stay signed in here. Every other session of the account ends anyway.' }),
  ),
})

const ActionToken = closed({
  token: Type.String({ description: 'For one change, by this flow alone.' }),
  expiresAt: Type.String({
    format: 'date-time',
    description: 'After 30 seconds, unless configured otherwise.',
  }),
})

/** A sign-in at Rekey itself and what it is good for: another password in place of a known one. */
export function changeRoutes(app: FastifyInstance, deps: PublicDeps): void {
  const { recovery, sessions } = deps

  app.post(
    '/v1/sign-ins',
    {
      schema: {
        body: SignInBody,
        summary: 'Sign in to change a password',
        description:
          'Proves the password at the directory. Unknown, wrong, locked, disabled and too many tries are one refusal, ' +
          'and every answer comes at a full quarter of a second. The session is good for a change and for nothing else.',
        tags,
        response: answersOf({ status: 201, schema: SessionResource, description: 'The session.' }, [
          ...withBody,
          'method-not-offered',
          'sign-in-refused',
          'second-factor-needed',
          'too-many-requests',
          'work-needed',
          'directory-unreachable',
          'directory-not-writable',
        ]),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const body = request.body as Static<typeof SignInBody>
      const { identifier, password, service = null } = body
      if (service !== null && !tenant.services.some(({ name }) => name === service)) {
        invalid(reply, '/service', 'There is no such service.')
        return reply
      }
      const call = {
        tenant: tenant.id,
        identifier,
        password: new Secret(password),
        service,
        ...shownOf(body),
      }
      const signed = await atNextTick(() => sessions.signIn({ ...call, client: deps.clientOf(request) }))
      if (!signed.ok) return sendRefusal(reply, signed)
      return reply.code(201).send(sessionBody(deps, tenant, signed))
    },
  )

  app.post(
    '/v1/sign-ins/proofs',
    {
      schema: {
        body: EnrolledAnswer,
        summary: 'Give the second proof of a sign-in',
        description:
          'For a session that awaits it. What can be guessed counts against the account when it is wrong. The session goes on ' +
          'under a new secret.',
        tags,
        security: sessionSecurity,
        response: answersOf(
          { status: 200, schema: SessionResource, description: 'The session, with a new secret.' },
          [
            ...withBody,
            'credentials-missing',
            'session-unknown',
            'method-not-offered',
            'already-proven',
            'code-wrong',
            'passkey-refused',
            'too-many-requests',
          ],
        ),
      },
    },
    async (request, reply) => {
      const asked = sessionOf(deps, request, reply)
      if (asked === null) return reply
      const body = request.body as Static<typeof EnrolledAnswer>
      const client = deps.clientOf(request)
      const proven = await sessions.prove({ ...asked.call, ...body, client })
      return proven.ok ? reply.send(sessionBody(deps, asked.tenant, proven)) : sendRefusal(reply, proven)
    },
  )

  app.delete(
    '/v1/sign-ins',
    {
      schema: {
        summary: 'Sign out',
        description: 'Ends the session that is shown.',
        tags,
        security: sessionSecurity,
        response: answersOf({ status: 204, schema: Type.Null(), description: 'It is over.' }, [
          'credentials-missing',
          'session-unknown',
        ]),
      },
    },
    async (request, reply) => {
      const asked = sessionOf(deps, request, reply)
      if (asked === null) return reply
      const ended = await sessions.signOut(asked.call)
      return ended.ok ? reply.code(204).send() : sendRefusal(reply, ended)
    },
  )

  app.post(
    '/v1/changes',
    {
      schema: {
        body: NoBody,
        summary: 'Open a change',
        description: 'Needs a session. Nothing is changed before the current password was proven once more.',
        tags,
        security: sessionSecurity,
        response: answersOf(flowAs(201, 'The flow, with its secret.'), [
          ...withBody,
          'too-many-requests',
          'credentials-missing',
          'session-unknown',
          'second-proof-needed',
        ]),
      },
    },
    async (request, reply) => {
      const asked = sessionOf(deps, request, reply)
      if (asked === null) return reply
      const { tenant, call } = asked
      const held = await sessions.read(call)
      if (!held.ok) return sendRefusal(reply, held)
      const client = deps.clientOf(request)
      const opened = await recovery.openChange({
        session: held.session,
        client,
        locale: localeOf(request, tenant),
      })
      if (opened.ok) void reply.header('location', `/v1/changes/${opened.flow.id}`)
      return answer(deps, reply, tenant, 201, opened)
    },
  )

  app.get(
    '/v1/changes/:id',
    {
      schema: {
        params: FlowParams,
        summary: 'Look at a change',
        description: 'Looking changes nothing.',
        tags,
        security,
        response: answersOf(
          { status: 200, schema: FlowResource, description: 'The flow as it is now, without a secret.' },
          withSecret,
        ),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const holder = holderOf(request, tenant)
      if (holder === null) return sendProblem(reply, 'credentials-missing')
      return answer(deps, reply, tenant, 200, await recovery.read(holder))
    },
  )

  app.post(
    '/v1/changes/:id/action-tokens',
    {
      schema: {
        params: FlowParams,
        body: NoBody,
        summary: 'Ask for an action token',
        description:
          'Ask when the form is sent, not when it is shown: the token is for one change, works for 30 seconds, and a ' +
          'newer one takes its place.',
        tags,
        security,
        response: answersOf({ status: 201, schema: ActionToken, description: 'The token.' }, [
          ...withBody,
          ...withSecret,
          'flow-ended',
          'flow-of-another-kind',
          'not-proven',
          'already-completed',
          'write-in-progress',
        ]),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const holder = holderOf(request, tenant)
      if (holder === null) return sendProblem(reply, 'credentials-missing')
      const issued = await recovery.issueAction(holder)
      if (!issued.ok) return sendRefusal(reply, issued)
      const { token, expiresAt } = issued
      return reply.code(201).send({ token, expiresAt: expiresAt.toISOString() })
    },
  )

  held(
    app,
    deps,
    '/v1/changes/:id/password',
    {
      body: ChangeBody,
      tags,
      summary: 'Replace the current password by another',
      description:
        'Answers after the directory has confirmed it and every other session has ended. A wrong current password ' +
        'counts like one at sign-in. Each call spends its action token, whatever becomes of it.',
      success: flowAs(200, 'The flow, completed.'),
      problems: [
        'session-unknown',
        'flow-ended',
        'flow-of-another-kind',
        'not-proven',
        'already-completed',
        'action-token-unusable',
        'current-password-wrong',
        'password-refused',
        'write-in-progress',
        'too-many-requests',
        'directory-unreachable',
        'directory-not-writable',
      ],
    },
    ({ holder, body, request }) =>
      recovery.changePassword({
        ...holder,
        current: new Secret(body.current),
        password: new Secret(body.password),
        actionToken: body.actionToken,
        keepsSession: body.keepSession ?? false,
        client: deps.clientOf(request),
      }),
  )
}

const sessionBody = (
  deps: PublicDeps,
  { rules }: Pick<PublicTenant, 'rules'>,
  { session, secret, methods }: { session: PortalSession; secret: string; methods: readonly string[] },
) => ({
  secret: `${session.id}.${secret}`,
  expiresAt: new Date(session.startedAt.getTime() + rules.sessionSeconds * 1_000).toISOString(),
  awaits: session.awaits,
  methods,
  ...(methods.includes('passkey') ? passkeyOf(deps, session) : {}),
  mustChange: session.mustChange,
  flaw: session.flaw,
  passwordEndsAt: session.passwordEndsAt?.toISOString() ?? null,
})

/** Only where it may be the second proof. */
function passkeyOf({ sessions }: PublicDeps, session: PortalSession) {
  const passkey = sessions.passkeyRequest(session)
  return passkey === null ? {} : { passkey }
}
