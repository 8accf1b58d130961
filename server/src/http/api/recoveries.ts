import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { startedKinds } from '../../core/recovery/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { answersOf, ProblemDocument, withBody, withSecret } from './answers.ts'
import { closed, EnrolledAnswer, NewPassword, NoBody, security, tags } from './parts.ts'
import { FlowResource } from './resource.ts'
import { answer, FlowParams, flowAs, held, holderOf, invalid, localeOf, newSecret, post } from './steps.ts'
import { shownFields, shownOf } from './work.ts'

const StartBody = closed({
  kind: Type.Optional(
    Type.Enum([...startedKinds], {
      description: 'What is wanted: a new password (`recovery`, unless said), or a locked account unlocked.',
    }),
  ),
  identifier: Type.String({
    minLength: 1,
    maxLength: 512,
    description: 'User name, mail address, UPN or DOMAIN\\name.',
  }),
  service: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'Name of a configured service.' }),
  ),
  locale: Type.Optional(
    Type.String({ minLength: 2, maxLength: 35, description: 'BCP 47 tag for the mails.' }),
  ),
  ...shownFields,
})
const ChallengeBody = closed({
  method: Type.Enum(['email_link', 'email_code', 'passkey', 'sms_code'], {
    description: '`sms_code` asks for a text, `passkey` for what a browser needs, the others for a mail.',
  }),
})
const ProofBody = Type.Union([
  closed({
    method: Type.Enum(['email_code', 'sms_code'], { description: 'How the code came.' }),
    code: Type.String({
      // Mail and page group the digits by four, and people type what they see.
      pattern: '^[\\s-]*([0-9][\\s-]*){8}$',
      maxLength: 32,
      description: 'Eight digits, such as `9088 8088`. Blanks and hyphens are dropped before comparing.',
      examples: ['9088 8088'],
    }),
  }),
  EnrolledAnswer,
])
const LinkBody = closed({
  token: Type.String({
    minLength: 1,
    maxLength: 512,
    description: 'What follows # in the mailed link, or the code of an invitation.',
  }),
})
const DisavowalBody = closed({
  token: Type.String({
    minLength: 1,
    maxLength: 512,
    description: 'What follows # in the link under "This was not me", or the code beside it.',
  }),
})
const Disavowed = closed({
  passwordWasChanged: Type.Boolean({
    description:
      'Whether a password may have been set since the mail was written. Then sessions were ended too.',
  }),
})
const PasswordBody = closed({ password: NewPassword })
/** Self-service recovery as an API. The portal calls the same functions. */
export function recoveryRoutes(app: FastifyInstance, deps: PublicDeps): void {
  const { recovery } = deps
  app.addSchema(ProblemDocument)

  post(
    app,
    deps,
    '/v1/recoveries',
    {
      body: StartBody,
      summary: 'Start a way back in',
      description:
        'Writes to the recovery addresses of the account, if there is exactly one. The answer is the same if not. ' +
        'An unlock can be started where one of the tenant’s directories at least can lift a lock.',
      success: {
        status: 202,
        schema: FlowResource,
        description: 'The flow, with its first secret.',
        headers: { location: { type: 'string', description: 'Path of the flow.' } },
      },
      problems: ['too-many-requests', 'unlock-not-offered', 'work-needed'],
    },
    async (call) => {
      const { identifier, kind = 'recovery', service = null, locale } = call.body
      const known = service === null || call.tenant.services.some(({ name }) => name === service)
      if (!known) return invalid(call.reply, '/service', 'There is no such service.')
      const started = await recovery.start({
        tenant: call.tenant.id,
        identifier,
        kind,
        service,
        locale: localeOf(call.request, call.tenant, locale),
        client: deps.clientOf(call.request),
        ...shownOf(call.body),
      })
      if (started.ok) void call.reply.header('location', `/v1/recoveries/${started.flow.id}`)
      return started
    },
  )

  app.get(
    '/v1/recoveries/:id',
    {
      schema: {
        params: FlowParams,
        summary: 'Look at a flow',
        description: 'Looking changes nothing.',
        tags,
        security,
        response: answersOf(flowAs(200, 'The flow as it is now, without a secret.'), withSecret),
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

  held(
    app,
    deps,
    '/v1/recoveries/:id/challenges',
    {
      body: ChallengeBody,
      summary: 'Ask for another mail, for a text or for a passkey',
      description:
        'The mail has a link and a code, whichever was asked for; those before it stop working. A text goes to the numbers that the ' +
        'directory has, never to one of the request. Mails and texts count together, and a mail goes on working beside a text. What a ' +
        'browser is to be asked for a passkey comes back in `passkey`, whether or not anybody has one.',
      success: flowAs(202, 'The flow. Whether anything was sent is not said.'),
      problems: ['flow-ended', 'already-proven', 'asked-too-soon', 'no-more-mails', 'method-not-offered'],
    },
    ({ holder, body }) =>
      body.method === 'passkey'
        ? recovery.askForPasskey(holder)
        : recovery.ask({ ...holder, method: body.method }),
  )
  held(
    app,
    deps,
    '/v1/recoveries/:id/proofs',
    {
      body: ProofBody,
      summary: 'Answer a challenge',
      description:
        'A code that was mailed or texted, or something that the person has set up. A wrong one counts against the flow and, where it could have been ' +
        'guessed, across all flows against the account. Where more is wanted, the flow goes on waiting, and `methods` names what would do.',
      success: flowAs(200, `The flow, ${newSecret}`),
      problems: [
        'flow-ended',
        'already-proven',
        'code-wrong',
        'passkey-refused',
        'code-tries-used-up',
        'code-expired',
        'method-not-offered',
        'too-many-requests',
      ],
    },
    ({ holder, body, request }) => recovery.prove({ ...holder, ...body, client: deps.clientOf(request) }),
  )
  held(
    app,
    deps,
    '/v1/recoveries/:id/password',
    {
      body: PasswordBody,
      summary: 'Set the new password',
      description:
        'Answers after the directory has confirmed the password and every session has ended. A refused password ' +
        'uses nothing up. After `write-in-progress` or an answer that got lost, look at the flow. Where one password is for ' +
        'several accounts, `targets` says which have it; while some have not, the flow stays proven and takes the same once more.',
      success: flowAs(200, 'The flow, completed; proven while some of its `targets` have not got it.'),
      problems: [
        'flow-ended',
        'not-proven',
        'already-completed',
        'flow-of-another-kind',
        'password-refused',
        'current-password-wrong',
        'too-many-requests',
        'write-in-progress',
        'directory-unreachable',
        'directory-not-writable',
      ],
    },
    ({ holder, body, request }) =>
      recovery.setPassword({
        ...holder,
        password: new Secret(body.password),
        client: deps.clientOf(request),
      }),
  )
  held(
    app,
    deps,
    '/v1/recoveries/:id/unlock',
    {
      body: NoBody,
      summary: 'Lift the lock and keep the password',
      description:
        'For a proven flow of kind `unlock`, or of kind `recovery` whose person remembers the password. No session ' +
        'ends. After an answer that got lost, send it again: it does no harm.',
      success: flowAs(200, 'The flow, completed; `outcome` says whether there was a lock.'),
      problems: [
        'flow-ended',
        'not-proven',
        'already-completed',
        'flow-of-another-kind',
        'unlock-not-offered',
        'write-in-progress',
        'directory-unreachable',
        'directory-not-writable',
      ],
    },
    ({ holder, request }) => recovery.unlock({ ...holder, client: deps.clientOf(request) }),
  )

  post(
    app,
    deps,
    '/v1/links',
    {
      body: LinkBody,
      summary: 'Spend a mailed link',
      description:
        'Needs no secret: the link is the proof. The flow moves to whoever spends it, under a new id and a new ' +
        'secret; what the starter holds tells nothing any more. An invitation opens a flow of kind `activation`. Do this ' +
        'on a click, never when a page is loaded.',
      success: flowAs(200, `The flow under its new id, ${newSecret}`),
      problems: ['link-unusable', 'too-many-requests', 'directory-unreachable', 'directory-not-writable'],
    },
    ({ body, tenant, request }) =>
      spend(recovery, {
        tenant: tenant.id,
        token: body.token,
        client: deps.clientOf(request),
        locale: localeOf(request, tenant),
      }),
  )

  app.post(
    '/v1/disavowals',
    {
      schema: {
        body: DisavowalBody,
        summary: 'Say "this was not me"',
        description: 'Needs no sign-in. Ends every open flow of the account and never locks its owner out.',
        tags,
        response: answersOf(
          {
            status: 200,
            schema: Disavowed,
            description: 'What was ended. Saying it again is answered alike.',
          },
          [...withBody, 'disavowal-unusable', 'too-many-requests'],
        ),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const { token } = request.body as Static<typeof DisavowalBody>
      const said = await recovery.disavow({ tenant: tenant.id, token, client: deps.clientOf(request) })
      if (!said.ok) return sendRefusal(reply, said)
      return reply.code(200).send({ passwordWasChanged: said.written })
    },
  )
}

/** A link of a recovery has a form of its own; anything else is asked among the invitations. */
const spend = (recovery: PublicDeps['recovery'], call: Parameters<typeof recovery.spendLink>[0]) =>
  call.token.split('.').length === 4 ? recovery.spendLink(call) : recovery.activate(call)
