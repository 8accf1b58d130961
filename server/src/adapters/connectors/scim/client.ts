import { Fault } from '../../../kernel/fault.ts'
import type { Credentials } from './credentials.ts'
import { type Answer, type Asked, type Exchange, isDone } from './exchange.ts'
import { jsonIn } from './json.ts'
import { isObject, type JsonObject, property } from './paths.ts'
import { type Patient, redirected } from './patience.ts'

export type ResourceKind = 'Users' | 'Groups'

/** One resource as it is there now. */
export interface Resource {
  body: JsonObject
  /** The version to name with a write (RFC 7644 section 3.14); null without one. */
  version: string | null
}

export interface Page {
  resources: readonly JsonObject[]
  /** Null when it is not told, which RFC 9865 section 2 allows. */
  total: number | null
  /** RFC 9865. */
  nextCursor: string | null
}

export interface Write {
  method: 'PATCH' | 'PUT'
  id: string
  body: unknown
  version: string | null
}

/** Where a request for resources goes, and what it is answered with. */
export interface ScimClient {
  readonly endpoint: string
  /** Null when nobody has the id. Without `attributes` all of it. */
  resource(
    of: { kind: ResourceKind; id: string; attributes: readonly string[] | null },
    signal: AbortSignal,
  ): Promise<Resource | null>
  people(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Page>
  serviceProviderConfig(signal: AbortSignal): Promise<JsonObject>
  /** Sent once; the answer of the server, whatever it is. */
  write(write: Write, signal: AbortSignal): Promise<Answer>
}

const scimJson = 'application/scim+json'

/** Throws the faults of an exchange, `directory-misconfigured` and `directory-rights-missing`; never with a name or a key. */
export function makeClient(deps: {
  exchange: Exchange
  credentials: Credentials
  patient: Patient
}): ScimClient {
  const { exchange, credentials, patient } = deps
  const { endpoint } = exchange.target

  /** A token that is no longer taken is replaced once: 401 says that nothing was done. */
  const send = async (asked: Asked, signal: AbortSignal): Promise<Answer> => {
    const withToken = (token: string) =>
      patient(exchange, { ...asked, headers: { ...asked.headers, authorization: `Bearer ${token}` } }, signal)
    const token = await credentials.token(signal)
    const answer = await withToken(token)
    if (answer.status !== 401 || !credentials.refused(token)) return answer
    return withToken(await credentials.token(signal))
  }

  const ask = (path: string, signal: AbortSignal) =>
    send(
      { as: 'question', method: 'GET', path, headers: { accept: `${scimJson}, application/json` } },
      signal,
    )

  const objectIn = (answer: Answer, what: string): JsonObject => {
    const told = jsonIn(answer)
    if (isObject(told)) return told
    throw unusable(endpoint, `${what}: the answer is no JSON object`)
  }

  return {
    endpoint,
    async resource({ kind, id, attributes }, signal) {
      if (!isPossibleId(id)) return null
      const query = attributes === null ? '' : `?attributes=${encodeURIComponent(attributes.join(','))}`
      const answer = await ask(`${pathOf(kind, id)}${query}`, signal)
      // A 404 that is not SCIM's says that the address is wrong, and nothing about the person.
      if (answer.status === 404 && isScimError(answer)) return null
      const what = `GET of one of ${kind}`
      refuseOthers(answer, { endpoint, what })
      const body = objectIn(answer, what)
      if (property(body, 'id') !== id)
        throw unusable(endpoint, `${what}: the answer is about another resource`)
      return { body, version: versionOf(answer, body) }
    },
    async people(query, signal) {
      const what = 'GET /Users'
      const answer = await ask(`/Users?${queryText(query)}`, signal)
      refuseOthers(answer, { endpoint, what })
      return pageIn(objectIn(answer, what), endpoint)
    },
    async serviceProviderConfig(signal) {
      const answer = await ask('/ServiceProviderConfig', signal)
      const what = 'GET /ServiceProviderConfig'
      refuseOthers(answer, { endpoint, what })
      return objectIn(answer, what)
    },
    async write({ method, id, body, version }, signal) {
      const text = JSON.stringify(body)
      const headers = {
        accept: `${scimJson}, application/json`,
        'content-type': scimJson,
        'content-length': String(Buffer.byteLength(text)),
        ...(version === null ? {} : { 'if-match': version }),
      }
      return send({ as: 'write', method, path: pathOf('Users', id), headers, body: text }, signal)
    },
  }
}

/** What can stand in a path: `.` and `..` would lead to another one. */
export const isPossibleId = (id: string): boolean =>
  id !== '' &&
  id !== '.' &&
  id !== '..' &&
  id.length <= 512 &&
  id.isWellFormed() &&
  !/[\u0000-\u001f\u007f]/.test(id)

const pathOf = (kind: ResourceKind, id: string) => `/${kind}/${encodeURIComponent(id)}`

/** As RFC 3986 has it; URLSearchParams writes a plus for a space, which not every server reads. */
const queryText = (query: Readonly<Record<string, string>>) =>
  Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

/** A strong or weak entity tag; from anything else a header could be made. */
function versionOf({ headers }: Answer, body: JsonObject): string | null {
  const meta = property(body, 'meta')
  const told = headers.etag ?? (isObject(meta) ? property(meta, 'version') : null)
  return typeof told === 'string' && /^(W\/)?"[\x21\x23-\x7e]{0,256}"$/.test(told) ? told : null
}

function pageIn(body: JsonObject, endpoint: string): Page {
  const [total, listed = [], cursor] = [
    property(body, 'totalResults'),
    property(body, 'Resources'),
    property(body, 'nextCursor'),
  ]
  if (!Array.isArray(listed) || !listed.every(isObject) || !Array.isArray(property(body, 'schemas'))) {
    throw unusable(endpoint, 'GET /Users: the answer is no ListResponse (RFC 7644, section 3.4.2)')
  }
  return {
    resources: listed,
    total: typeof total === 'number' ? total : null,
    nextCursor: typeof cursor === 'string' && cursor !== '' ? cursor : null,
  }
}

export const unusable = (endpoint: string, words: string): Fault =>
  new Fault('directory-answer-unusable', { detail: `${endpoint}: ${words}` })

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:error'

export function isScimError(answer: Answer): boolean {
  const told = jsonIn(answer)
  const schemas = isObject(told) ? property(told, 'schemas') : null
  return Array.isArray(schemas) && schemas.some((one) => String(one).toLowerCase() === errorSchema)
}

/** What any request may be answered with besides what was asked for. */
export function refuseOthers(
  { status }: Answer,
  { endpoint, what }: { endpoint: string; what: string },
): void {
  if (isDone(status)) return
  const fault = (code: Fault['code'], words: string) =>
    new Fault(code, { detail: `${endpoint}: ${what}: ${words} (HTTP ${status})` })
  if (status >= 300 && status < 400) throw redirected(endpoint)
  if (status >= 500 && status !== 501) throw fault('directory-unreachable', 'the server is in trouble')
  switch (status) {
    case 400:
      throw fault(
        'directory-misconfigured',
        'the server does not take the question: check attributes, or try asksInPart: false',
      )
    case 401:
      throw fault('directory-misconfigured', 'the server does not let Rekey in: check authentication')
    case 403:
      throw fault('directory-rights-missing', 'Rekey may not do it: give its client the right to')
    case 404:
      throw fault('directory-misconfigured', 'there is no such thing: check url')
    case 501:
      throw fault('directory-misconfigured', 'the server does not offer it')
    default:
      throw fault('directory-answer-unusable', 'the server refuses')
  }
}
