import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { Secret } from '../../kernel/secret.ts'
import { passwordError, sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { answersOf, withBody, withSecret } from './answers.ts'
import { closed, FlowId, NewPassword, secretOf, security, tags } from './parts.ts'

const PolicyCheckBody = closed({ flow: FlowId, password: NewPassword })

/** What the rules say of a password, in the words of the refusal that sending it would meet. */
const PolicyCheck = Type.Object({
  accepted: Type.Boolean({ description: 'Whether no rule that could be asked is broken.' }),
  errors: Type.Array(
    Type.Object(
      {
        code: Type.String({ description: 'Which rule, as with `password-refused`.' }),
        pointer: Type.String({ description: 'JSON Pointer (RFC 6901) to the part of the body.' }),
        detail: Type.String({ description: 'What to change, for a person.' }),
      },
      { additionalProperties: true },
    ),
    { description: 'Everything to change.' },
  ),
  rules: Type.Array(
    Type.Object({ rule: Type.String({ description: 'Name of the rule.' }) }, { additionalProperties: true }),
    {
      description:
        'All rules in force for this account, those that are asked on sending too. Some say more: `length` its `min` and `max`, `classes` how many are `required` and which are `named`.',
    },
  ),
})

/** What a form asks while somebody types. The portal calls the same function. */
export function policyCheckRoutes(app: FastifyInstance, deps: PublicDeps): void {
  app.post(
    '/v1/policy-checks',
    {
      schema: {
        body: PolicyCheckBody,
        summary: 'Ask what the rules say of a password',
        description:
          'For a form that tells people while they type. Nothing is written and nothing is used up. A history, a list ' +
          'of lost passwords and the directory are asked when the password is sent, and not here.',
        tags,
        security,
        response: answersOf(
          { status: 200, schema: PolicyCheck, description: 'What to change, and all rules in force.' },
          [
            ...withBody,
            ...withSecret,
            'flow-ended',
            'not-proven',
            'already-completed',
            'flow-of-another-kind',
            'write-in-progress',
            'too-many-requests',
            'directory-unreachable',
            'directory-not-writable',
          ],
        ),
      },
    },
    async (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      const { flow: id, password } = request.body as Static<typeof PolicyCheckBody>
      const secret = secretOf(request)
      if (secret === null) return sendProblem(reply, 'credentials-missing')
      const checked = await deps.recovery.checkPassword({
        tenant: tenant.id,
        id,
        secret,
        password: new Secret(password),
      })
      if (!checked.ok) return sendRefusal(reply, checked)
      const { reasons, rules } = checked
      return reply
        .code(200)
        .send({ accepted: reasons.length === 0, errors: reasons.map(passwordError), rules })
    },
  )
}
