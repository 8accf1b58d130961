import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { negotiateLanguage } from '../../core/messages/index.ts'
import type { Answered, Refused } from '../../core/recovery/index.ts'
import { type ProblemCode, sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import { answersOf, type Success, withBody, withSecret } from './answers.ts'
import { closed, FlowId, tags as recoveryTags, secretOf, security } from './parts.ts'
import { FlowResource, flowBody } from './resource.ts'

export const FlowParams = closed({ id: FlowId })

export const newSecret = 'with a new secret; the one before is dead from now on.'

export const flowAs = (status: number, description: string): Success => ({
  status,
  schema: FlowResource,
  description,
})

interface Call<Body> {
  body: Body
  request: FastifyRequest
  reply: FastifyReply
  tenant: PublicTenant
}

interface RouteOptions<Body extends TSchema> {
  body: Body
  summary: string
  description: string
  success: Success
  /** What this route answers besides what all answer. */
  problems: readonly ProblemCode[]
  tags?: readonly string[]
  /** Of a route that takes the flow secret. */
  held?: { params: typeof FlowParams; security: typeof security }
}

export function post<Body extends TSchema>(
  app: FastifyInstance,
  deps: PublicDeps,
  path: string,
  options: RouteOptions<Body>,
  run: (call: Call<Static<Body>>) => Promise<Answered | Refused | null>,
): void {
  const { body, summary, description, success, problems, held, tags = recoveryTags } = options
  const codes = [...problems, ...withBody, ...(held === undefined ? [] : withSecret)]
  const schema = { body, summary, description, tags, response: answersOf(success, codes), ...held }
  app.post(path, { schema }, async (request, reply) => {
    const tenant = deps.tenantOf(request)
    if (tenant === null) return sendProblem(reply, 'host-unknown')
    // Ajv has validated the body against this very schema.
    const answered = await run({ body: request.body as Static<Body>, request, reply, tenant })
    return answered === null ? reply : answer(deps, reply, tenant, success.status, answered)
  })
}

/** A step of a flow, by whoever shows its secret. */
export function held<Body extends TSchema>(
  app: FastifyInstance,
  deps: PublicDeps,
  path: `/v1/${string}/:id/${string}`,
  options: RouteOptions<Body>,
  run: (call: Call<Static<Body>> & { holder: Holder }) => Promise<Answered | Refused>,
): void {
  post(app, deps, path, { ...options, held: { params: FlowParams, security } }, async (call) => {
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

export function holderOf(request: FastifyRequest, tenant: PublicTenant): Holder | null {
  const { id } = request.params as { id: string }
  const secret = secretOf(request)
  return secret === null ? null : { tenant: tenant.id, id, secret }
}

export function answer(
  deps: PublicDeps,
  reply: FastifyReply,
  tenant: PublicTenant,
  status: number,
  answered: Answered | Refused,
): FastifyReply {
  if (!answered.ok) return sendRefusal(reply, answered)
  const { flow, secret, passkey } = answered
  const mailIsDelayed = deps.mailIsDelayed()
  return reply.code(status).send(flowBody(flow, tenant, { secret, mailIsDelayed, passkey }))
}

export const localeOf = (request: FastifyRequest, tenant: PublicTenant, chosen?: string): string =>
  negotiateLanguage({
    chosen: [chosen],
    acceptLanguage: request.headers['accept-language'],
    offered: tenant.voice.languages,
  })

export const invalid = (reply: FastifyReply, pointer: string, detail: string): null => {
  sendProblem(reply, 'request-invalid', { errors: [{ pointer, detail }] })
  return null
}
