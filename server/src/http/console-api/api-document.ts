/** A field of a body or a parameter, as a row of a table. */
export interface ApiField {
  /** Nested fields with their path: `assurance.have`. */
  name: string
  type: string
  required: boolean
  description: string
}

export interface ApiOperation {
  method: string
  path: string
  summary: string
  description: string
  parameters: readonly ApiField[]
  body: readonly ApiField[]
  answers: readonly { status: string; description: string; fields: readonly ApiField[] }[]
  refusals: readonly ApiRefusal[]
}

/** An answer that is a problem document: what it says is told by its type, so no fields are listed. */
export interface ApiRefusal {
  status: string
  description: string
}

export interface ApiDescription {
  title: string
  version: string
  operations: readonly ApiOperation[]
  /** What every refusal looks like: described once, because it is the same everywhere (RFC 9457). */
  problem: readonly ApiField[]
  /** Refusals that every operation has; they are not listed there again. */
  everywhere: readonly ApiRefusal[]
}

type Node = Readonly<Record<string, unknown>>

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
/** Bodies of this API are flat or nearly so; the bound is for schemas that contain themselves. */
const depthMax = 4

/** What a person wants to read in an OpenAPI 3.1 document. Whatever has another shape is left out. */
export function describeApi(document: object): ApiDescription {
  const root = document as Node
  const info = node(root['info'])
  const operations = Object.entries(node(root['paths'])).flatMap(([path, item]) =>
    methods
      .filter((method) => method in node(item))
      .map((method) => describeOperation(root, { method, path, item: node(item) })),
  )
  const [first, ...others] = operations
  const isEverywhere = (refusal: ApiRefusal) =>
    others.length > 0 && others.every(({ refusals }) => refusals.some((other) => isSame(other, refusal)))
  const everywhere = (first?.refusals ?? []).filter(isEverywhere)
  return {
    title: text(info['title']),
    version: text(info['version']),
    operations: operations.map((operation) => ({
      ...operation,
      refusals: operation.refusals.filter((refusal) => !everywhere.some((other) => isSame(other, refusal))),
    })),
    problem: problemFields(root),
    everywhere,
  }
}

const isSame = (one: ApiRefusal, other: ApiRefusal): boolean =>
  one.status === other.status && one.description === other.description

function describeOperation(root: Node, at: { method: string; path: string; item: Node }): ApiOperation {
  const operation = node(at.item[at.method])
  const parameters = [...list(at.item['parameters']), ...list(operation['parameters'])]
  const answers = Object.entries(node(operation['responses'])).map(([status, answer]) => ({
    status,
    answer: resolve(root, node(answer)),
  }))
  return {
    method: at.method.toUpperCase(),
    path: at.path,
    summary: text(operation['summary']),
    description: text(operation['description']),
    parameters: parameters.map((each) => {
      const parameter = resolve(root, node(each))
      const schema = resolve(root, node(parameter['schema']))
      return {
        name: text(parameter['name']),
        type: `${typeOf(root, schema)} in ${text(parameter['in'])}`,
        required: parameter['required'] === true,
        description: text(parameter['description']) || text(schema['description']),
      }
    }),
    body: fieldsOf(root, contentSchema(root, resolve(root, node(operation['requestBody'])))),
    answers: answers
      .filter(({ answer }) => !isProblem(answer))
      .map(({ status, answer }) => ({
        status,
        description: descriptionOf(answer),
        fields: fieldsOf(root, contentSchema(root, answer)),
      })),
    refusals: answers
      .filter(({ answer }) => isProblem(answer))
      .map(({ status, answer }) => ({ status, description: descriptionOf(answer) })),
  }
}

const isProblem = (answer: Node): boolean => 'application/problem+json' in node(answer['content'])

function problemFields(root: Node): readonly ApiField[] {
  const answers = Object.values(node(root['paths']))
    .flatMap((item) => Object.values(node(item)))
    .flatMap((operation) => Object.values(node(node(operation)['responses'])))
    .map((answer) => resolve(root, node(answer)))
  const problem = answers.find(isProblem)
  return problem === undefined ? [] : fieldsOf(root, contentSchema(root, problem))
}

/** What @fastify/swagger writes where nobody described an answer says nothing. */
const descriptionOf = (answer: Node): string => {
  const description = text(answer['description'])
  return description === 'Default Response' ? '' : description
}

/** The schema of the first media type: there is one, or the others say the same. */
function contentSchema(root: Node, holder: Node): Node {
  const [first] = Object.values(node(holder['content']))
  return resolve(root, node(node(first)['schema']))
}

function fieldsOf(root: Node, schema: Node, prefix = '', depth = 0): ApiField[] {
  if (depth >= depthMax) return []
  const required = list(schema['required'])
  return Object.entries(node(schema['properties'])).flatMap(([name, property]) => {
    const resolved = resolve(root, node(property))
    const inner = resolved['type'] === 'array' ? resolve(root, node(resolved['items'])) : resolved
    const path = prefix + name
    return [
      {
        name: path,
        type: typeOf(root, resolved),
        required: required.includes(name),
        description: text(resolved['description']),
      },
      ...fieldsOf(root, inner, `${path}${inner === resolved ? '' : '[]'}.`, depth + 1),
    ]
  })
}

/** In words of JSON: `"recovery" | "unlock"`, `string[]`, `object | null`. */
function typeOf(root: Node, schema: Node, depth = 0): string {
  if (depth >= depthMax) return 'any'
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ')
  const choices = [...list(schema['anyOf']), ...list(schema['oneOf'])]
  if (choices.length > 0) {
    const types = choices.map((choice) => typeOf(root, resolve(root, node(choice)), depth + 1))
    return [...new Set(types)].join(' | ')
  }
  if (schema['type'] === 'array') {
    const items = typeOf(root, resolve(root, node(schema['items'])), depth + 1)
    return items.includes(' | ') ? `(${items})[]` : `${items}[]`
  }
  if (Array.isArray(schema['type'])) return schema['type'].join(' | ')
  return text(schema['type']) || 'any'
}

/** Follows `#/components/…`; other references are left as they are, nothing is fetched. */
function resolve(root: Node, schema: Node, steps = 0): Node {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#/') || steps >= depthMax) return schema
  const target = reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((from, part) => node(from)[part], root)
  return resolve(root, node(target), steps + 1)
}

const node = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
