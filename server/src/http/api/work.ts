import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { purposes, type Shown } from '../../core/gate/index.ts'
import { sendProblem } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { answersOf, withBody } from './answers.ts'
import { closed } from './parts.ts'

/** What a start or a sign-in may bring. */
export const shownFields = {
  work: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4_096,
      description:
        'After `work-needed`: base64 of `{"challenge", "solution"}`, as ALTCHA’s clients send it. It counts once.',
    }),
  ),
  wait: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 512,
      description: 'In its place: `work.wait.token`, once `work.wait.seconds` are over. It counts once.',
    }),
  ),
  human: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 8_192,
      description: 'In its place, where the tenant has set one up: the token of Turnstile or hCaptcha.',
    }),
  ),
}

export const shownOf = ({ work, wait, human }: Shown): { shown: Shown } => ({ shown: { work, wait, human } })

const WorkBody = closed({
  purpose: Type.Enum([...purposes], {
    description:
      'What it is for: `start` of a recovery or an unlock, or `sign-in`. It counts for nothing else.',
  }),
})

const AskedResource = closed({
  challenge: Type.Unknown({
    description:
      'A task in version 2 of ALTCHA’s format. Count up from 0 until the key that PBKDF2 derives begins with `keyPrefix`; ' +
      '`data.triesMax` is never passed.',
  }),
  wait: closed({
    token: Type.String({ description: 'Counts in place of the work when the time is over.' }),
    seconds: Type.Integer({ description: 'From now.' }),
  }),
})

/** Work for clients that know it will be asked for, and would rather have it done. */
export function workRoutes(app: FastifyInstance, deps: PublicDeps): void {
  app.post(
    '/v1/work',
    {
      schema: {
        body: WorkBody,
        summary: 'Get a task before it is asked for',
        description:
          'Where there is more to do than usual, a start or a sign-in is answered `work-needed`, with a task that says ' +
          'nothing about the account. The same task can be had here; it is good for five minutes.',
        tags: ['recovery'],
        response: answersOf(
          { status: 201, schema: AskedResource, description: 'The task, and a wait in its place.' },
          [...withBody, 'too-many-requests'],
        ),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const { purpose } = request.body as Static<typeof WorkBody>
      const asked = await deps.gate.issue({ tenant: tenant.id, purpose, client: deps.clientOf(request) })
      if ('ok' in asked) {
        const { retryAfterSeconds } = asked
        return sendProblem(reply, 'too-many-requests', { retryAfterSeconds })
      }
      return reply.code(201).send(asked)
    },
  )
}
