import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'

/** A closed object: a key that the schema does not know is a mistake, never silently ignored. */
export const closed = <P extends TProperties>(properties: P, options: { description?: string } = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/** A closed object that may be left out because everything in it has a default. */
export const closedWithDefaults = <P extends TProperties>(
  properties: P,
  options: { description?: string } = {},
) => Type.Object(properties, { additionalProperties: false, default: {}, ...options })

interface Bounds {
  default: number
  minimum: number
  maximum: number
}

/** A whole number with a default and hard bounds; a value outside them is refused, never clamped. */
export const bounded = (description: string, bounds: Bounds) => Type.Integer({ ...bounds, description })

export const text = (description: string, options: { maxLength?: number; default?: string } = {}) =>
  Type.String({ minLength: 1, maxLength: 200, ...options, description })

/** A name that is used in URLs, SQL keys and metrics: short, lower-case, stable. */
export const slug = (description: string) =>
  Type.String({
    pattern: '^[a-z][a-z0-9-]{0,62}$',
    description,
    'x-rekey-must': 'begin with a letter and contain only lower-case letters, digits and hyphens',
  })

export const port = (description: string, options: { default: number }) =>
  Type.Integer({ minimum: 0, maximum: 65_535, ...options, description })

/** What every registry of adapters holds, as far as configuration is concerned. */
export interface Configurable {
  kind: string
  title: string
  config: TSchema
}

/** The entry of one adapter in the configuration: its name, its kind, what the kind asks for and what all have. */
export type EntryOf<Adapter, Shared extends TProperties> = Adapter extends {
  kind: infer Kind
  config: infer Config extends TSchema
}
  ? { name: string; kind: Kind } & Static<Config> & Static<TObject<Shared>>
  : never

/**
 * One union for all registered kinds, told apart by `kind`. Registering an adapter is enough: the check, the
 * JSON Schema and the reference page follow. `shared` is what every entry may say, whatever its kind.
 */
export function entryOf<Adapter extends Configurable, Shared extends TProperties>(
  adapters: readonly Adapter[],
  what: { name: string; kind: string; shared: Shared; description?: string },
) {
  const { description } = what
  const branches = adapters.map((adapter) => {
    if (!isClosedObject(adapter.config)) {
      throw new TypeError(`the configuration of kind "${adapter.kind}" must be a closed object`)
    }
    return Type.Object(
      {
        name: slug(what.name),
        kind: Type.Literal(adapter.kind, { description: what.kind }),
        ...what.shared,
        ...adapter.config.properties,
      },
      { additionalProperties: false, title: adapter.title },
    )
  })
  return Type.Unsafe<EntryOf<Adapter, Shared>>(
    Type.Union(branches, { ...(description !== undefined && { description }) }),
  )
}

const isClosedObject = (schema: TSchema): schema is TObject =>
  Type.IsObject(schema) && 'additionalProperties' in schema && schema.additionalProperties === false
