import type { FastifyInstance } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import type { DeskCall, DeskRefused, Permission } from '../../../core/helpdesk/index.ts'
import { answersOf, type Success, withBody } from '../../api/answers.ts'
import {
  type ProblemCode,
  type ProblemExtras,
  problems,
  problemText,
  problemType,
  sendProblem,
} from '../../problems.ts'
import type { AdminDeps } from './deps.ts'
import type { Gate } from './gate.ts'
import { once } from './once.ts'

/** What a route answers: its resource, or a problem. */
export type Answer<Body> = { body: Body } | { problem: ProblemCode; extras?: ProblemExtras }

export interface RouteOptions<Params extends TSchema, Asked extends TSchema, Answered extends TSchema> {
  /** Below `/v1/admin/tenants/:tenant`. */
  path: string
  anyOf: readonly Permission[]
  params: Params
  /** Of the body of a write, or of the query of a look. */
  asked?: Asked
  summary: string
  description: string
  success: Success & { schema: Answered }
  /** What this route answers besides what all answer. */
  problems: readonly ProblemCode[]
}

export interface Asked<Params, Body> {
  call: DeskCall
  params: Params
  asked: Body
}

type Run<Params extends TSchema, Body extends TSchema, Answered extends TSchema> = (
  asked: Asked<Static<Params>, Static<Body>>,
) => Promise<Answer<Static<Answered>>>

const withKey = ['key-unknown', 'permission-missing', 'not-found', 'too-many-requests'] as const
const withName = ['request-in-flight', 'idempotency-key-reused'] as const
const tags = ['admin']
const security = [{ key: [] }]

const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'A name of your own for this request. Sent again with the same name, it is not done again: the first answer ' +
        'comes back, for a day.',
    }),
  ),
})

/** The routes of one part of the admin API, all of them behind the gate. */
export function makeRoutes(app: FastifyInstance, deps: AdminDeps, gate: Gate) {
  const schemaOf = <Params extends TSchema, Body extends TSchema, Answered extends TSchema>(
    { params, summary, description, success, problems: own, anyOf }: RouteOptions<Params, Body, Answered>,
    more: readonly ProblemCode[],
  ) => ({
    params,
    summary,
    description: `${description} Needs ${anyOf.map((name) => `\`${name}\``).join(' or ')}.`,
    tags,
    security,
    response: answersOf(success, [...own, ...withKey, ...more]),
  })
  const urlOf = (path: string) => `/v1/admin/tenants/:tenant${path}`

  return {
    look<Params extends TSchema, Query extends TSchema, Answered extends TSchema>(
      options: RouteOptions<Params, Query, Answered>,
      run: Run<Params, Query, Answered>,
    ): void {
      const { asked, anyOf, success } = options
      const schema = { ...schemaOf(options, []), ...(asked === undefined ? {} : { querystring: asked }) }
      app.get(urlOf(options.path), { schema, config: { anyOf } }, async (request, reply) => {
        // Ajv has validated parameters, query and body against the schemas of the route.
        const { params, query } = request as { params: Static<Params>; query: Static<Query> }
        const answered = await run({ call: gate.callOf(request), params, asked: query })
        if ('problem' in answered) return sendProblem(reply, answered.problem, answered.extras)
        return reply.code(success.status).send(answered.body)
      })
    },

    write<Params extends TSchema, Body extends TSchema, Answered extends TSchema>(
      options: RouteOptions<Params, Body, Answered>,
      run: Run<Params, Body, Answered>,
    ): void {
      const { asked, anyOf, success } = options
      const schema = {
        ...schemaOf(options, [...withName, ...withBody]),
        ...(asked === undefined ? {} : { body: asked }),
        headers: IdempotencyKey,
      }
      app.post(urlOf(options.path), { schema, config: { anyOf } }, async (request, reply) => {
        const call = gate.callOf(request)
        const { params, body } = request as { params: Static<Params>; body: Static<Body> }
        if (asked === undefined && !isNothing(body)) {
          const errors = [{ pointer: '', detail: 'Nothing is asked for here: send no body, or {}.' }]
          return sendProblem(reply, 'request-invalid', { errors })
        }
        const answer = await once(deps, { request, call }, async () => {
          const answered = await run({ call, params, asked: body })
          return 'problem' in answered
            ? {
                status: problems[answered.problem].status,
                body: problemText(reply, answered.problem, answered.extras),
              }
            : { status: success.status, body: JSON.stringify(answered.body) }
        })
        if ('problem' in answer) return sendProblem(reply, answer.problem)
        const type = answer.status < 400 ? 'application/json; charset=utf-8' : problemType
        return reply.code(answer.status).type(type).send(answer.body)
      })
    },
  }
}

export type Routes = ReturnType<typeof makeRoutes>

/** A refusal of the help desk as an answer. */
export const refusal = (refused: DeskRefused): { problem: ProblemCode; extras?: ProblemExtras } =>
  'why' in refused
    ? { problem: refused.because, extras: { because: refused.why } }
    : { problem: refused.because }

const isNothing = (body: unknown): boolean =>
  body === undefined ||
  (typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0)
