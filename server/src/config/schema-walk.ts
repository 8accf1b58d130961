import type { TSchema } from 'typebox'
import type { Path } from './mistakes.ts'

/** A JSON Schema node as typebox writes it, read without knowing its static type. */
export interface SchemaNode {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
  readonly items?: SchemaNode
  readonly default?: unknown
  readonly title?: string
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly 'x-rekey-secret'?: boolean
  /** What a value that breaks `pattern` must be, as the end of a sentence. */
  readonly 'x-rekey-must'?: string
}

// typebox schemas are JSON Schema objects at run time; their static type says nothing about the keywords.
export const nodeOf = (schema: TSchema): SchemaNode => schema

export const isSecret = (node: SchemaNode): boolean => node['x-rekey-secret'] === true

export type Mapping = Readonly<Record<string, unknown>>

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The words of a union of literals, or null when the node is something else. */
export function wordsOf(node: SchemaNode): readonly string[] | null {
  const branches = node.anyOf ?? (node.const === undefined ? [] : [node])
  const words = branches.map((branch) => branch.const).filter((word) => typeof word === 'string')
  return words.length > 0 && words.length === branches.length ? words : null
}

/** The key whose literal tells the branches of a union apart (`kind`), or null when there is none. */
export function discriminatorOf(branches: readonly SchemaNode[]): string | null {
  const [first] = branches
  if (first?.properties === undefined) return null
  const tells = (key: string) => branches.every((branch) => branch.properties?.[key]?.const !== undefined)
  return Object.keys(first.properties).find(tells) ?? null
}

/** The branch of a union that a value belongs to, by its discriminator or by its keys. Undefined when none. */
export function branchOf(node: SchemaNode, value: unknown): SchemaNode | undefined {
  if (node.anyOf === undefined) return node
  if (!isMapping(value)) return undefined
  const key = discriminatorOf(node.anyOf)
  if (key !== null) return node.anyOf.find((branch) => branch.properties?.[key]?.const === value[key])
  return node.anyOf.find((branch) => hasItsKeys(branch, value))
}

function hasItsKeys({ properties = {}, required = [] }: SchemaNode, value: Mapping): boolean {
  const needed = required.filter((key) => properties[key]?.default === undefined)
  return (
    needed.every((key) => Object.hasOwn(value, key)) &&
    Object.keys(value).every((key) => Object.hasOwn(properties, key))
  )
}

/** A copy of the value in which everything left out has its default. What does not fit the schema stays as is. */
export function withDefaults(node: SchemaNode, value: unknown): unknown {
  const given = value === undefined ? structuredClone(node.default) : value
  const branch = branchOf(node, given)
  if (branch?.properties !== undefined && isMapping(given) && !isSecret(node)) {
    const filled = Object.entries(branch.properties)
      .map(
        ([key, child]) =>
          [key, withDefaults(child, Object.hasOwn(given, key) ? given[key] : undefined)] as const,
      )
      .filter(([, child]) => child !== undefined)
    return { ...given, ...Object.fromEntries(filled) }
  }
  const items = branch?.items
  if (items !== undefined && Array.isArray(given)) return given.map((item) => withDefaults(items, item))
  return given
}

/** Says what to put in a place, or null to look further within it. */
export type Visit = (node: SchemaNode, value: unknown, path: Path) => { value: unknown } | null

/** A copy of the value, changed where `visit` says so; the schema tells what each place means. */
export function rewrite(node: SchemaNode, value: unknown, visit: Visit, path: Path = []): unknown {
  const changed = visit(node, value, path)
  if (changed !== null) return changed.value
  const branch = branchOf(node, value)
  if (branch?.properties !== undefined && isMapping(value)) {
    const { properties } = branch
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        const known = Object.hasOwn(properties, key) ? properties[key] : undefined
        return [key, known === undefined ? child : rewrite(known, child, visit, [...path, key])]
      }),
    )
  }
  const items = branch?.items
  if (items === undefined || !Array.isArray(value)) return value
  return value.map((item, index) => rewrite(items, item, visit, [...path, index]))
}
