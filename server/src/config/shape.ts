import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Finding, Path } from './mistakes.ts'
import { nearest } from './nearest.ts'
import {
  branchOf,
  discriminatorOf,
  isMapping,
  isSecret,
  type Mapping,
  nodeOf,
  type SchemaNode,
  withDefaults,
  wordsOf,
} from './schema-walk.ts'

/**
 * Everything about a value that does not fit the schema. The walk exists for the wording: it knows which branch
 * of a union was meant and which key was misspelt. typebox has the last word, so the walk can't let anything pass.
 */
export function findShapeMistakes(schema: TSchema, value: unknown): Finding[] {
  const findings = check(nodeOf(schema), value, [])
  if (findings.length > 0) return findings
  return Value.Errors(schema, withDefaults(nodeOf(schema), value)).map((error) => ({
    path: error.instancePath.split('/').slice(1).map(pointerPart),
    problem: error.message,
  }))
}

function check(node: SchemaNode, value: unknown, path: Path): Finding[] {
  if (isSecret(node)) return checkSecretReference(value, path)
  if (value === null) {
    return [{ path, problem: 'is empty', hint: 'Give it a value, or remove the key to get its default.' }]
  }
  const words = wordsOf(node)
  if (words !== null) return checkWord(words, value, path)
  if (node.anyOf !== undefined) return checkUnion(node.anyOf, value, path)
  if (node.properties !== undefined) return checkMapping(node, node.properties, value, path)
  if (node.items !== undefined) return checkList(node, node.items, value, path)
  return checkLeaf(node, value, path)
}

/** The value is never repeated: it may be the secret itself. */
function checkSecretReference(value: unknown, path: Path): Finding[] {
  const hint =
    'Put it into a file that only Rekey can read and write `{ file: path }`, or `{ env: NAME }` for a variable.'
  if (!isMapping(value)) {
    return [{ path, problem: 'is a secret and must not be written into the file', hint }]
  }
  const [key, ...others] = Object.keys(value)
  const place = key === 'file' || key === 'env' ? value[key] : undefined
  if (others.length === 0 && typeof place === 'string' && place !== '') return []
  return [{ path, problem: 'must be a reference to one file or one variable', hint }]
}

function checkWord(words: readonly string[], value: unknown, path: Path): Finding[] {
  if (words.some((word) => word === value)) return []
  const meant = typeof value === 'string' ? nearest(value, words) : null
  return [
    {
      path,
      problem: `must be ${words.length === 1 ? '' : 'one of '}${listed(words)}`,
      ...(meant !== null && { hint: `Did you mean \`${meant}\`?` }),
    },
  ]
}

function checkUnion(branches: readonly SchemaNode[], value: unknown, path: Path): Finding[] {
  const key = discriminatorOf(branches)
  if (key === null) {
    const meant = branchOf({ anyOf: branches }, value)
    return meant === undefined
      ? fewest(branches.map((branch) => check(branch, value, path)))
      : check(meant, value, path)
  }
  if (!isMapping(value)) return [{ path, problem: `must be a mapping with the key \`${key}\`` }]
  const branch = branchOf({ anyOf: branches }, value)
  if (branch !== undefined) return check(branch, value, path)
  const words = branches.flatMap((each) => wordsOf(each.properties?.[key] ?? {}) ?? [])
  if (!Object.hasOwn(value, key)) {
    return [{ path: [...path, key], problem: 'is missing', hint: `It is one of ${listed(words)}.` }]
  }
  return checkWord(words, value[key], [...path, key])
}

const fewest = (attempts: readonly Finding[][]): Finding[] =>
  attempts.reduce((best, attempt) => (attempt.length < best.length ? attempt : best), attempts[0] ?? [])

function checkMapping(
  node: SchemaNode,
  properties: Readonly<Record<string, SchemaNode>>,
  value: unknown,
  path: Path,
): Finding[] {
  if (!isMapping(value)) return [wrongType('a mapping of keys to values', value, path)]
  const known = Object.keys(properties)
  const unknown = node.additionalProperties === false ? unknownKeys(value, known, path) : []
  const missing = (node.required ?? [])
    .filter((key) => !Object.hasOwn(value, key) && properties[key]?.default === undefined)
    .map(
      (key): Finding => ({
        path: [...path, key],
        problem: 'is missing',
        ...(properties[key]?.description !== undefined && { hint: properties[key].description }),
      }),
    )
  const within = known
    .filter((key) => Object.hasOwn(value, key))
    .flatMap((key) => check(properties[key] ?? {}, value[key], [...path, key]))
  return [...unknown, ...missing, ...within]
}

function unknownKeys(value: Mapping, known: readonly string[], path: Path): Finding[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = nearest(
        key,
        known.filter((other) => !Object.hasOwn(value, other)),
      )
      return {
        path: [...path, key],
        key: true,
        problem: 'is not a known key',
        hint: meant === null ? `Known here: ${listed(known)}.` : `Did you mean \`${meant}\`?`,
      }
    })
}

function checkList(node: SchemaNode, items: SchemaNode, value: unknown, path: Path): Finding[] {
  if (!Array.isArray(value)) return [wrongType('a list', value, path)]
  const list: readonly unknown[] = value
  const within = list.flatMap((item, index) => check(items, item, [...path, index]))
  const { items: _items, ...whole } = node
  return [...within, ...checkLeaf(whole, value, path)]
}

function checkLeaf(node: SchemaNode, value: unknown, path: Path): Finding[] {
  // A node without its children is still a schema; typebox judges its keywords.
  const [error] = Value.Errors(node as TSchema, value)
  if (error === undefined) return []
  if (error.keyword === 'type')
    return [wrongType(typeWords[node.type ?? ''] ?? 'something else', value, path)]
  return [{ path, problem: sentence(node, error.keyword, error.message) }]
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
}

function wrongType(wanted: string, value: unknown, path: Path): Finding {
  const quoted = typeof value === 'string' && /^(-?\d+(\.\d+)?|true|false)$/.test(value)
  const unquoted = wanted === 'text' && typeof value !== 'object'
  return {
    path,
    problem: `must be ${wanted}, but is ${typeWord(value)}`,
    ...(quoted && { hint: 'Remove the quotes.' }),
    ...(unquoted && { hint: 'Put it in quotes.' }),
  }
}

function typeWord(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return typeof value === 'number' ? 'a number' : 'text'
}

function sentence(node: SchemaNode, keyword: string, message: string): string {
  switch (keyword) {
    case 'minimum':
      return `must be at least ${String(node.minimum)}`
    case 'maximum':
      return `must be at most ${String(node.maximum)}`
    case 'minLength':
      return node.minLength === 1
        ? 'must not be empty'
        : `must have at least ${String(node.minLength)} characters`
    case 'maxLength':
      return `must have at most ${String(node.maxLength)} characters`
    case 'minItems':
      return `must have at least ${String(node.minItems)} ${node.minItems === 1 ? 'entry' : 'entries'}`
    case 'maxItems':
      return `must have at most ${String(node.maxItems)} entries`
    case 'uniqueItems':
      return 'has the same entry twice'
    case 'pattern':
      return `must ${node['x-rekey-must'] ?? `match \`${node.pattern ?? ''}\``}`
    default:
      return message
  }
}

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ')

const pointerPart = (part: string): string | number => {
  const plain = part.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(plain) ? Number(plain) : plain
}
