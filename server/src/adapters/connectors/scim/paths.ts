/**
 * Where a fact lies in a resource, in the notation of RFC 7644 section 3.10: `userName`, `name.familyName`,
 * `emails[type eq "home"].value`, and all of them behind the URN of an extension.
 */
export interface AttributePath {
  /** URN of an extension; null for the core schema of users. */
  schema: string | null
  attribute: string
  /** Of a list of complex values, those whose sub-attribute is this. */
  where: { sub: string; value: string | boolean } | null
  sub: string | null
}

const name = '[A-Za-z$][A-Za-z0-9_$-]{0,127}'
const urn = '[Uu][Rr][Nn]:[A-Za-z0-9][A-Za-z0-9:._-]{0,200}:'

/** For the configuration: what `readPath` takes. */
export const pathPattern = `^(${urn})?${name}(\\[${name} eq ("[^"\\\\\\u0000-\\u001f]{1,100}"|true|false)\\])?(\\.${name})?$`

const shape = new RegExp(
  `^(?:(?<schema>${urn}))?(?<attribute>${name})(?:\\[(?<by>${name}) eq (?:"(?<text>[^"]*)"|(?<truth>true|false))\\])?(?:\\.(?<sub>${name}))?$`,
)

const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:user'

/** Throws a RangeError for what `pathPattern` does not match. */
export function readPath(text: string): AttributePath {
  const { schema, attribute, by, text: value, truth, sub } = shape.exec(text)?.groups ?? {}
  if (attribute === undefined) throw new RangeError('not a path of an attribute')
  const owner = schema?.slice(0, -1) ?? null
  return {
    schema: owner?.toLowerCase() === coreUser ? null : owner,
    attribute,
    where: by === undefined ? null : { sub: by, value: value ?? truth === 'true' },
    sub: sub ?? null,
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names of attributes and schemas know no case (RFC 7643 sections 2.1 and 3.1). */
export function property(resource: JsonObject, wanted: string): unknown {
  const name = wanted.toLowerCase()
  return Object.entries(resource).find(([key]) => key.toLowerCase() === name)?.[1]
}

/**
 * What stands there, lists taken apart; a complex value counts for its `value` (RFC 7643 section 2.4), and for itself
 * when it has none.
 */
export function valuesAt(resource: JsonObject, { schema, attribute, where, sub }: AttributePath): unknown[] {
  const holder = schema === null ? resource : property(resource, schema)
  if (!isObject(holder)) return []
  const found = listOf(property(holder, attribute)).filter(
    (item) => where === null || (isObject(item) && isSame(property(item, where.sub), where.value)),
  )
  return found.flatMap((item) => {
    if (sub !== null) return isObject(item) ? listOf(property(item, sub)) : []
    return isObject(item) ? listOf(property(item, 'value') ?? item) : [item]
  })
}

/** Texts byte for byte; what is no text, or an empty one, is no value. */
export const textsAt = (resource: JsonObject, path: AttributePath): string[] =>
  valuesAt(resource, path).filter((value) => typeof value === 'string' && value !== '') as string[]

const listOf = (value: unknown): unknown[] =>
  [value].flat().filter((item) => item !== undefined && item !== null)

const isSame = (told: unknown, wanted: string | boolean) =>
  typeof told === 'string' && typeof wanted === 'string'
    ? told.toLowerCase() === wanted.toLowerCase()
    : told === wanted

/** What a request names to get it (RFC 7644 section 3.9): all of the attribute, since a filter may ask its other parts. */
export const attributeName = ({ schema, attribute }: AttributePath): string => `${prefix(schema)}${attribute}`

/**
 * A filter for resources that have the text there. It is a JSON string (RFC 7644 section 3.4.2.2); a quote or a
 * backslash of the text is written by its number, so that none stands between the quotes even for a server that
 * does not read escapes as JSON has them.
 */
export function equals({ schema, attribute, where, sub }: AttributePath, text: string): string {
  const value = `"${text.replaceAll(/["\\\u0000-\u001f\u007f]/g, escaped)}"`
  const whole = `${prefix(schema)}${attribute}`
  if (where === null) return `${whole}${sub === null ? '' : `.${sub}`} eq ${value}`
  return `${whole}[${where.sub} eq ${JSON.stringify(where.value)} and ${sub ?? 'value'} eq ${value}]`
}

const escaped = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`

const prefix = (schema: string | null) => (schema === null ? '' : `${schema}:`)
