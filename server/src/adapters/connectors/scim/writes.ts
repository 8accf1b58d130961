import type { DirectoryEntry, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ScimClient, Write } from './client.ts'
import type { ScimConfig } from './config.ts'
import { isObject, type JsonObject, property, readPath } from './paths.ts'
import type { People, Present } from './people.ts'
import { writtenBy } from './refusals.ts'
import type { KnownService } from './service.ts'

/** One attribute that is written; null takes it away. */
export interface Value {
  path: string
  value: string | boolean | null
}

export interface Writing {
  key: string
  /** For operators. */
  what: 'password' | 'lock' | 'mark'
  /** Why an entry is not written to. */
  whyNot(entry: DirectoryEntry): string | null
  values(entry: DirectoryEntry): readonly Value[]
}

/** `before`: the entry as it was right before it was written; null when nothing was to be written. */
export type Written = PasswordWrite & { before: DirectoryEntry | null }

const unavailable = { ok: false, because: 'account-unavailable', before: null } as const

/**
 * Reads the person once more and writes what was decided of that: with the version that was read, where the server
 * has versions, so that whoever was disabled in between gets nothing. PATCH where the server has it; else all of the
 * person goes back with PUT (RFC 7644 sections 3.5.1 and 3.5.2).
 */
export function makeWrite(deps: {
  config: ScimConfig
  client: ScimClient
  people: People
  service: KnownService
}): (writing: Writing, signal: AbortSignal) => Promise<Written> {
  const { config, client, people, service } = deps
  const { endpoint } = client
  return async ({ key, what, whyNot, values }, signal) => {
    const { patch, etag, changePassword } = await service.known(signal)
    if (what === 'password' && !changePassword) {
      const detail = `${endpoint}: the server says that it takes no passwords (changePassword is not supported)`
      throw new Fault('directory-misconfigured', { detail })
    }
    const method = patch ? 'PATCH' : 'PUT'
    for (let triesLeft = 1; ; triesLeft--) {
      const present = await people.read(key, patch ? 'in part' : 'as a whole', signal)
      if (present === null || whyNot(present.entry) !== null) return unavailable
      const body = (patch ? patchOf : wholeOf)(present, values(present.entry))
      const write: Write = { method, id: key, body, version: etag ? present.version : null }
      const answer = await client.write(write, signal)
      const written = writtenBy(answer, { method, endpoint, what, refusals: config.refusals })
      if (written !== 'changed meanwhile') return { ...written, before: present.entry }
      if (triesLeft === 0) {
        const detail = `${endpoint}: somebody else keeps changing the same person (HTTP ${answer.status})`
        throw new Fault('directory-unreachable', { detail })
      }
    }
  }
}

const patchOf = (_: Present, values: readonly Value[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: values.map(({ path, value }) =>
    value === null ? { op: 'remove', path } : { op: 'replace', path, value },
  ),
})

/** Without what only the server writes. */
function wholeOf({ resource }: Present, values: readonly Value[]): JsonObject {
  const owned = new Set(['meta', 'groups'])
  const kept = Object.fromEntries(Object.entries(resource).filter(([name]) => !owned.has(name.toLowerCase())))
  return values.reduce(withValue, kept)
}

function withValue(resource: JsonObject, { path, value }: Value): JsonObject {
  const { schema, attribute, where, sub } = readPath(path)
  if (where !== null) {
    const detail = `${path} can't be written without PATCH, which the server does not have`
    throw new Fault('directory-misconfigured', { detail })
  }
  const within = [schema, attribute, sub].filter((part) => part !== null)
  const schemas: unknown[] = [property(resource, 'schemas')].flat()
  const isNew = schema !== null && property(resource, schema) === undefined
  return put(isNew ? { ...resource, schemas: [...schemas, schema] } : resource, within, value)
}

function put(object: JsonObject, [wanted, ...within]: readonly string[], value: Value['value']): JsonObject {
  if (wanted === undefined) return object
  const name = Object.keys(object).find((key) => key.toLowerCase() === wanted.toLowerCase()) ?? wanted
  const { [name]: present, ...others } = object
  if (within.length > 0) return { ...others, [name]: put(isObject(present) ? present : {}, within, value) }
  return value === null ? others : { ...others, [name]: value }
}
