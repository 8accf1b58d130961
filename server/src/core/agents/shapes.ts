import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'

/** What nobody expects is refused: on this line nothing is repaired. */
export const closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

/** One of these words. */
export const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))

/** Names of tenants, directories and agents. */
export const name = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' })
/** Ids, keys, digests and signatures: none is longer. */
export const id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' })
/** RFC 3339, UTC, milliseconds. */
export const moment = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })
/** What people type, and what directories tell. */
export const long = Type.String({ maxLength: 20_000 })

/** A JSON text of this shape; null for every other. */
export function read<Schema extends TSchema>(schema: Schema, text: string): Static<Schema> | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return Value.Check(schema, value) ? value : null
}
