import { type TSchema, Type } from 'typebox'
import { type ProblemCode, problems } from '../problems.ts'

/** A problem document; registered with the listener, so that it stands in the API's description once. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({
      format: 'uri',
      description: 'Which problem: an address in the problem reference that ends in `#` and its code.',
    }),
    title: Type.String({ description: 'The problem in a few words, always the same for one `type`.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What to do next, for a person.' }),
    instance: Type.String({ description: 'The request id, as it stands in the log.' }),
    triesLeft: Type.Optional(Type.Integer({ description: 'With `code-wrong`.' })),
    because: Type.Optional(Type.String({ description: 'With `flow-ended`: why.' })),
    methods: Type.Optional(
      Type.Array(Type.String(), { description: 'With `second-proof-needed`: what would do.' }),
    ),
    work: Type.Optional(
      Type.Unknown({ description: 'With `work-needed`: the task, as `POST /v1/work` gives it.' }),
    ),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.Optional(
            Type.String({ description: 'JSON Pointer (RFC 6901) to the part of the body.' }),
          ),
          code: Type.Optional(Type.String({ description: 'With `password-refused`: which rule.' })),
          detail: Type.String(),
        }),
        { description: 'With `request-invalid` and `password-refused`: everything to change.' },
      ),
    ),
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457).' },
)

/** What every route may answer, whatever it is about. */
const everywhere = [
  'request-invalid',
  'host-unknown',
  'unavailable',
  'internal',
] as const satisfies ProblemCode[]
/** … and every route with a body. */
export const withBody = ['body-too-large', 'media-type-unsupported'] as const satisfies ProblemCode[]
/** … and every step of a flow. */
export const withSecret = ['credentials-missing', 'flow-unknown'] as const satisfies ProblemCode[]

const retryAfter = {
  'retry-after': { type: 'integer', description: 'Seconds to wait before this can be asked again.' },
}

export interface Success {
  status: number
  schema: TSchema
  description: string
  headers?: Readonly<Record<string, object>>
}

/**
 * The answers of a route by status, as Fastify and its OpenAPI writer take them. Statuses and texts of the problems
 * come from the one table that renders them, so that the description can't say anything else.
 */
export function answersOf(success: Success, codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy([...new Set([...codes, ...everywhere])], (code) => problems[code].status)
  const failures = [...byStatus]
    .toSorted(([one], [other]) => one - other)
    .map(([status, among]) => [String(status), failure(status, among)] as const)
  const { schema, description, headers } = success
  return {
    [success.status]: { ...schema, 'x-response-description': description, ...(headers && { headers }) },
    ...Object.fromEntries(failures),
  }
}

const failure = (status: number, codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
  ...((status === 429 || codes.includes('directory-unreachable')) && { headers: retryAfter }),
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
})
