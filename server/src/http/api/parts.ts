import type { FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { passwordBytesMax } from '../../core/passwords/index.ts'
import { enrolledMethods } from '../../core/proofs/index.ts'

/** An unknown member is refused, never dropped. */
export const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** Nothing to say: no body, or an empty object. */
export const NoBody = Type.Union([closed({}), Type.Null()])

export const FlowId = Type.String({
  pattern: '^[a-z0-9]{1,64}$',
  description: 'Id of the flow, as the latest answer names it.',
})

// Longer ones are judged by the policy, which counts bytes and code points and says so.
export const NewPassword = Type.String({
  maxLength: 8 * passwordBytesMax,
  description: 'The new password, exactly as the directory shall know it.',
})

/** A typed answer to something that a person has set up. */
export const EnrolledAnswer = closed({
  method: Type.Enum([...enrolledMethods], { description: 'What the person has set up.' }),
  code: Type.String({
    minLength: 4,
    maxLength: 64,
    description:
      'The digits that an authenticator app shows, or a code of the sheet. Blanks, hyphens and case do not count.',
  }),
})

export const tags = ['recovery']
/** Of the routes that take the flow secret. */
export const security = [{ flow: [] }]
/** Of the routes that take the secret of a session. */
export const sessionSecurity = [{ session: [] }]

export const secretOf = ({ headers }: FastifyRequest): string | null =>
  /^Flow ([A-Za-z0-9_-]{1,128})$/.exec(headers.authorization ?? '')?.[1] ?? null
