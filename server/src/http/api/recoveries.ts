import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { negotiateLanguage } from '../../core/messages/index.ts'
import { passwordBytesMax } from '../../core/passwords/index.ts'
import type { Answered, Refused } from '../../core/recovery/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import { FlowResource, flowBody } from './resource.ts'

const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

const StartBody = closed({
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
})
const ChallengeBody = closed({ method: Type.Union([Type.Literal('email_link'), Type.Literal('email_code')]) })
const ProofBody = closed({
  method: Type.Literal('email_code'),
  code: Type.String({ pattern: '^[0-9]{8}$', description: 'Eight digits.' }),
})
const LinkBody = closed({
  token: Type.String({ minLength: 1, maxLength: 512, description: 'What follows # in the mailed link.' }),
})
const PasswordBody = closed({
  // Longer ones are judged by the policy, which counts bytes and code points and says so.
  password: Type.String({ maxLength: 8 * passwordBytesMax }),
})
const FlowParams = closed({ id: Type.String({ pattern: '^[a-z0-9]{1,64}$' }) })

const problem = {
  'application/problem+json': { schema: Type.Object({}, { description: 'RFC 9457 problem document.' }) },
}
const answers = (status: number) => ({
  [status]: FlowResource,
  '4xx': { description: 'A problem document.', content: problem },
})

/** Self-service recovery as an API. The portal calls the same functions. */
export function recoveryRoutes(app: FastifyInstance, deps: PublicDeps): void {
  const { recovery } = deps

  post(
    app,
    deps,
    '/v1/recoveries',
    { body: StartBody, status: 202, summary: 'Start a way back in' },
    async (call) => {
      const { identifier, service = null, locale } = call.body
      const known = service === null || call.tenant.services.some(({ name }) => name === service)
      if (!known) return invalid(call.reply, '/service', 'There is no such service.')
      const started = await recovery.start({
        tenant: call.tenant.id,
        identifier,
        service,
        locale: localeOf(call.request, call.tenant, locale),
        client: deps.clientOf(call.request),
      })
      if (started.ok) void call.reply.header('location', `/v1/recoveries/${started.flow.id}`)
      return started
    },
  )

  app.get(
    '/v1/recoveries/:id',
    { schema: { params: FlowParams, summary: 'Look at a flow', tags, response: answers(200) } },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const holder = holderOf(request, tenant)
      if (holder === null) return sendProblem(reply, 'credentials-missing')
      return answer(reply, tenant, 200, await recovery.read(holder))
    },
  )

  held(
    app,
    deps,
    'challenges',
    { body: ChallengeBody, status: 202, summary: 'Ask for another mail' },
    ({ holder }) => recovery.ask(holder),
  )
  held(
    app,
    deps,
    'proofs',
    { body: ProofBody, status: 200, summary: 'Answer a mailed code' },
    ({ holder, body, request }) =>
      recovery.proveByCode({ ...holder, code: body.code, client: deps.clientOf(request) }),
  )
  held(
    app,
    deps,
    'password',
    { body: PasswordBody, status: 200, summary: 'Set the new password' },
    ({ holder, body, request }) =>
      recovery.setPassword({
        ...holder,
        password: new Secret(body.password),
        client: deps.clientOf(request),
      }),
  )

  post(
    app,
    deps,
    '/v1/links',
    { body: LinkBody, status: 200, summary: 'Spend a mailed link' },
    ({ body, tenant, request }) =>
      recovery.spendLink({
        tenant: tenant.id,
        token: body.token,
        client: deps.clientOf(request),
        locale: localeOf(request, tenant),
      }),
  )

  app.post(
    '/v1/disavowals',
    { schema: { body: LinkBody, summary: 'Say "this was not me"', tags } },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const { token } = request.body as Static<typeof LinkBody>
      const said = await recovery.disavow({ tenant: tenant.id, token, client: deps.clientOf(request) })
      if (!said.ok) return sendRefusal(reply, said)
      return reply.code(200).send({ passwordWasChanged: said.written })
    },
  )
}

const tags = ['recovery']

interface Call<Body> {
  body: Body
  request: FastifyRequest
  reply: FastifyReply
  tenant: PublicTenant
}

interface RouteOptions<Body extends TSchema> {
  body: Body
  status: number
  summary: string
  params?: typeof FlowParams
}

function post<Body extends TSchema>(
  app: FastifyInstance,
  deps: PublicDeps,
  path: string,
  options: RouteOptions<Body>,
  run: (call: Call<Static<Body>>) => Promise<Answered | Refused | null>,
): void {
  const { body, status, summary, params } = options
  const schema = { body, summary, tags, response: answers(status), ...(params && { params }) }
  app.post(path, { schema }, async (request, reply) => {
    const tenant = deps.tenantOf(request)
    if (tenant === null) return sendProblem(reply, 'host-unknown')
    // Ajv has validated the body against this very schema.
    const answered = await run({ body: request.body as Static<Body>, request, reply, tenant })
    return answered === null ? reply : answer(reply, tenant, status, answered)
  })
}

/** A step of a flow, by whoever shows its secret. */
function held<Body extends TSchema>(
  app: FastifyInstance,
  deps: PublicDeps,
  step: string,
  options: RouteOptions<Body>,
  run: (call: Call<Static<Body>> & { holder: Holder }) => Promise<Answered | Refused>,
): void {
  post(app, deps, `/v1/recoveries/:id/${step}`, { ...options, params: FlowParams }, async (call) => {
    const holder = holderOf(call.request, call.tenant)
    if (holder !== null) return run({ ...call, holder })
    sendProblem(call.reply, 'credentials-missing')
    return null
  })
}

interface Holder {
  tenant: string
  id: string
  secret: string
}

function holderOf(request: FastifyRequest, tenant: PublicTenant): Holder | null {
  const { id } = request.params as { id: string }
  const [, secret] = /^Flow ([A-Za-z0-9_-]{1,128})$/.exec(request.headers.authorization ?? '') ?? []
  return secret === undefined ? null : { tenant: tenant.id, id, secret }
}

function answer(
  reply: FastifyReply,
  tenant: PublicTenant,
  status: number,
  answered: Answered | Refused,
): FastifyReply {
  if (!answered.ok) return sendRefusal(reply, answered)
  return reply.code(status).send(flowBody(answered.flow, tenant, answered.secret))
}

const localeOf = (request: FastifyRequest, tenant: PublicTenant, chosen?: string): string =>
  negotiateLanguage({
    chosen: [chosen],
    acceptLanguage: request.headers['accept-language'],
    offered: tenant.voice.languages,
  })

const invalid = (reply: FastifyReply, pointer: string, detail: string): null => {
  sendProblem(reply, 'request-invalid', { errors: [{ pointer, detail }] })
  return null
}
