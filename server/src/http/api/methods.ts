import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import type { Shown } from '../../core/enrolment/index.ts'
import { type CreationOptions, codesLeft, type Enrolment, enrolledMethods } from '../../core/proofs/index.ts'
import { CreationAnswer } from '../../core/proofs/passkey/answers.ts'
import type { PortalSession } from '../../core/sessions/index.ts'
import { type ProblemCode, sendRefusal } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import { answersOf, type Success, withBody } from './answers.ts'
import { closed, EnrolledAnswer, PasskeyCreation, PasskeyRequest, sessionSecurity } from './parts.ts'
import { sessionOf } from './session.ts'
import { localeOf } from './steps.ts'

const tags = ['methods']

const EnrolmentResource = closed({
  id: Type.String({ description: 'Public; nothing is unlocked by knowing it.' }),
  method: Type.Enum([...enrolledMethods], { description: 'What it is.' }),
  name: Type.String({ description: 'What its owner calls it; may be empty.' }),
  createdAt: Type.String({ format: 'date-time', description: 'When it was set up.' }),
  confirmed: Type.Boolean({
    description: 'False until a code of it was typed: until then it proves nothing.',
  }),
  recoversFrom: Type.String({
    format: 'date-time',
    description: 'From when it may bring its owner back. At a sign-in it counts at once.',
  }),
  lastUsedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'When it last proved something; null: never.',
  }),
  left: Type.Optional(
    Type.Integer({ description: 'Codes of a sheet that can still be used; only of a sheet.' }),
  ),
  synced: Type.Optional(
    Type.Boolean({
      description:
        'Of a passkey alone: whether its maker copies it to all devices of its holder, or it is in one for good.',
    }),
  ),
})

const AddedResource = closed({
  enrolment: EnrolmentResource,
  seed: Type.Optional(Type.String({ description: 'For typing into an app, in base 32. Told once.' })),
  uri: Type.Optional(Type.String({ description: '`otpauth:` address to be shown as a QR code. Told once.' })),
  codes: Type.Optional(
    Type.Array(Type.String(), {
      description: 'The sheet, to be printed. Told once; any older one is worthless.',
    }),
  ),
  passkey: Type.Optional(PasskeyCreation),
})

const Name = Type.String({
  maxLength: 64,
  pattern: '^[^\\p{Cc}]*$',
  description: 'What its owner calls it: “Blue telephone”.',
})
const AddBody = closed({
  method: Type.Enum([...enrolledMethods], { description: 'What to set up.' }),
  name: Type.Optional(Name),
})
const CodeBody = closed({
  code: Type.String({ minLength: 4, maxLength: 64, description: 'What the app shows now.' }),
})
const ConfirmBody = Type.Union([CodeBody, closed({ credential: CreationAnswer })])
const RenameBody = closed({ name: Name })
const Params = closed({
  id: Type.String({ pattern: '^[a-z0-9]{1,64}$', description: 'Id of the enrolment.' }),
})

/** What a person who has signed in proves themselves with: listed, added, tried, named, removed. */
export function methodRoutes(app: FastifyInstance, deps: PublicDeps): void {
  const { enrolment: desk } = deps
  const changing = [
    'sign-in-again',
    'too-many-requests',
    'directory-unreachable',
    'directory-not-writable',
  ] as const

  own(
    app,
    deps,
    { verb: 'GET', path: '/v1/me/methods' },
    {
      summary: 'List what you prove yourself with',
      description:
        'Secrets are never shown again. With a passkey among it, `passkey` is what a browser is to be asked to try one.',
      success: {
        status: 200,
        schema: closed({
          methods: Type.Array(EnrolmentResource),
          passkey: Type.Optional(PasskeyRequest),
        }),
        description: 'Oldest first.',
      },
      problems: [],
    },
    async ({ session, reply }) => {
      const methods = (await desk.list({ session })).map(resourceOf)
      const passkey = methods.some(({ method }) => method === 'passkey')
        ? deps.sessions.passkeyRequest(session)
        : null
      return reply.send({ methods, ...(passkey === null ? {} : { passkey }) })
    },
  )
  own(
    app,
    deps,
    { verb: 'POST', path: '/v1/me/methods' },
    {
      body: AddBody,
      summary: 'Set something up',
      description:
        'Within ten minutes of the latest proof of the session. An authenticator app counts from its confirmation on, a sheet of codes at once. ' +
        'Every recovery address is told when it counts.',
      success: { status: 201, schema: AddedResource, description: 'With what is told only this once.' },
      problems: [...withBody, ...changing, 'method-not-offered', 'too-many-enrolments'],
    },
    async ({ session, body, request, reply, tenant }) => {
      const { method, name = '' } = body
      const client = deps.clientOf(request)
      const added = await desk.add({ session, client, method, name, locale: localeOf(request, tenant) })
      if (!added.ok) return sendRefusal(reply, added)
      void reply.header('location', `/v1/me/methods/${added.enrolment.id}`)
      return reply.code(201).send({ enrolment: resourceOf(added.enrolment), ...shownOf(added.shown) })
    },
  )
  own(
    app,
    deps,
    { verb: 'POST', path: '/v1/me/methods/:id/confirmation' },
    {
      params: Params,
      body: ConfirmBody,
      summary: 'Show that an app has the seed, or bring the passkey',
      description: 'From then on it counts. A wrong code costs the account one of its tries.',
      success: { status: 200, schema: EnrolmentResource, description: 'It counts now.' },
      problems: [
        ...withBody,
        ...changing,
        'enrolment-unknown',
        'already-proven',
        'code-wrong',
        'passkey-refused',
        'method-not-offered',
      ],
    },
    async ({ session, body, params, request, reply, tenant }) => {
      const client = deps.clientOf(request)
      const { id } = params
      const locale = localeOf(request, tenant)
      const confirmed = await desk.confirm({ session, client, id, locale, ...body })
      return confirmed.ok ? reply.send(resourceOf(confirmed.enrolment)) : sendRefusal(reply, confirmed)
    },
  )
  own(
    app,
    deps,
    { verb: 'POST', path: '/v1/me/methods/tests' },
    {
      body: EnrolledAnswer,
      summary: 'Try something out',
      description: 'Compares and spends a code as a proof would, and changes nothing else.',
      success: { status: 200, schema: EnrolmentResource, description: 'It works.' },
      problems: [...withBody, 'code-wrong', 'passkey-refused', 'too-many-requests'],
    },
    async ({ session, body, request, reply }) => {
      const tested = await desk.test({ session, client: deps.clientOf(request), ...body })
      return tested.ok ? reply.send(resourceOf(tested.enrolment)) : sendRefusal(reply, tested)
    },
  )
  own(
    app,
    deps,
    { verb: 'PATCH', path: '/v1/me/methods/:id' },
    {
      params: Params,
      body: RenameBody,
      summary: 'Call it something else',
      description: 'A name is for its owner alone.',
      success: { status: 200, schema: EnrolmentResource, description: 'With its new name.' },
      problems: [...withBody, 'enrolment-unknown'],
    },
    async ({ session, body, params, request, reply }) => {
      const call = { session, client: deps.clientOf(request), id: params.id, name: body.name }
      const renamed = await desk.rename(call)
      return renamed.ok ? reply.send(resourceOf(renamed.enrolment)) : sendRefusal(reply, renamed)
    },
  )
  own(
    app,
    deps,
    { verb: 'DELETE', path: '/v1/me/methods/:id' },
    {
      params: Params,
      summary: 'Remove it',
      description: 'Within ten minutes of the latest proof of the session. Every recovery address is told.',
      success: { status: 204, schema: Type.Null(), description: 'It proves nothing any more.' },
      problems: [...changing, 'enrolment-unknown'],
    },
    async ({ session, params, request, reply, tenant }) => {
      const call = { session, client: deps.clientOf(request), id: params.id }
      const removed = await desk.remove({ ...call, locale: localeOf(request, tenant) })
      return removed.ok ? reply.code(204).send() : sendRefusal(reply, removed)
    },
  )
}

export const resourceOf = (enrolment: Enrolment) => ({
  id: enrolment.id,
  method: enrolment.method,
  name: enrolment.name,
  createdAt: enrolment.createdAt.toISOString(),
  confirmed: enrolment.confirmedAt !== null,
  recoversFrom: enrolment.usableFrom.toISOString(),
  lastUsedAt: enrolment.lastUsedAt?.toISOString() ?? null,
  ...(enrolment.method === 'recovery_code' ? { left: codesLeft(enrolment.kept) } : {}),
  ...(enrolment.method === 'passkey' && enrolment.kept !== null ? { synced: enrolment.kept.synced } : {}),
})

function shownOf(shown: Shown): {
  seed?: string
  uri?: string
  codes?: readonly string[]
  passkey?: CreationOptions
} {
  const { method: _, ...rest } = shown
  return rest
}

interface OwnCall<Body, Path> {
  session: PortalSession
  body: Body
  params: Path
  tenant: PublicTenant
  request: FastifyRequest
  reply: FastifyReply
}

/** A route for whoever shows the secret of a session that awaits nothing. */
function own<Body extends TSchema, Path extends TSchema>(
  app: FastifyInstance,
  deps: PublicDeps,
  { verb, path }: { verb: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: string },
  options: {
    summary: string
    description: string
    success: Success
    problems: readonly ProblemCode[]
    body?: Body
    params?: Path
  },
  run: (call: OwnCall<Static<Body>, Static<Path>>) => Promise<FastifyReply>,
): void {
  const { summary, description, success, problems, body, params } = options
  const codes = [...problems, 'credentials-missing', 'session-unknown', 'second-proof-needed'] as const
  app.route({
    method: verb,
    url: path,
    schema: {
      ...{ summary, description, tags, security: sessionSecurity, response: answersOf(success, codes) },
      ...(body === undefined ? {} : { body }),
      ...(params === undefined ? {} : { params }),
    },
    async handler(request, reply) {
      const asked = sessionOf(deps, request, reply)
      if (asked === null) return reply
      const held = await deps.sessions.read(asked.call)
      if (!held.ok) return sendRefusal(reply, held)
      // Ajv has validated both against these very schemas.
      const given = { body: request.body as Static<Body>, params: request.params as Static<Path> }
      return run({ session: held.session, tenant: asked.tenant, request, reply, ...given })
    },
  })
}
