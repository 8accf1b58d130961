import { type TSchema, Type } from 'typebox'

export const AttributeName = (description: string, options: { default?: string } = {}) =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,127}$', ...options, description })

export const AttributeNames = (description: string, names: string[]) =>
  Type.Array(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,127}$' }), {
    default: names,
    maxItems: 20,
    uniqueItems: true,
    description,
  })

/** A question about an entry that one of its attributes answers. */
export const AttributeCondition = Type.Object(
  {
    attribute: AttributeName('True when the entry has this attribute …'),
    values: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: '… with one of these values (case does not matter); without a list, with any value.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const anyOf = <Condition extends TSchema>(condition: Condition, description: string) =>
  Type.Array(condition, {
    default: [],
    maxItems: 20,
    description: `${description} One condition that holds is enough; one that can't be answered counts as holding.`,
  })

export const DnText = (description: string) => Type.String({ minLength: 1, maxLength: 1000, description })

export const Seconds = (description: string, bounds: { default: number; minimum: number; maximum: number }) =>
  Type.Integer({ ...bounds, description })

export const AuthoritiesFile = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'PEM file with the authorities that may sign the servers; without it, those of Node.js.',
  }),
)

/** Limits of every connection to a server. */
export const connectionSettings = {
  connections: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 64,
    description: 'Most connections to one server as the service account, and as many for proving passwords.',
  }),
  connectSeconds: Seconds('Deadline of connecting, TLS and the bind of the service account.', {
    default: 3,
    minimum: 1,
    maximum: 30,
  }),
  readSeconds: Seconds('Deadline of a read at one server before the next one is asked.', {
    default: 5,
    minimum: 1,
    maximum: 30,
  }),
  idleSeconds: Seconds('A connection without work is closed after so long.', {
    default: 60,
    minimum: 1,
    maximum: 3600,
  }),
}
