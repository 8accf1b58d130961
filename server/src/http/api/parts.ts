import type { FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { passwordBytesMax } from '../../core/passwords/index.ts'

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

export const tags = ['recovery']
/** Of the routes that take the flow secret. */
export const security = [{ flow: [] }]
/** Of the routes that take the secret of a session. */
export const sessionSecurity = [{ session: [] }]

export const secretOf = ({ headers }: FastifyRequest): string | null =>
  /^Flow ([A-Za-z0-9_-]{1,128})$/.exec(headers.authorization ?? '')?.[1] ?? null
