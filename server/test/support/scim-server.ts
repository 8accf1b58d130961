import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express, { type Request, type Response } from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'
import { makeCertificates } from './certificates.ts'

/** The extension of docs/scim.md. */
export const accountSchema = 'urn:ietf:params:scim:schemas:extension:account:2.0:User'
export const scimToken = 'a-token-from-the-administrator'
/** Only its members are privileged. */
export const administrators = 'administrators'

/** Somebody as the server keeps them: the password is what it was given, so that a test proves a write by itself. */
export interface ScimPerson {
  id: string
  userName: string
  password: string
  active: boolean
  former: string[]
  version: number
  failedTries: number
  locked: boolean
  mustChange: boolean
  passwordChanged: string | null
  /** Everything else, as SCIM has it. */
  facts: Readonly<Record<string, unknown>>
  account: Readonly<Record<string, unknown>>
}

export interface ScimServer extends AsyncDisposable {
  /** With a certificate for `localhost`. */
  url: string
  port: number
  clearPort: number
  caFile: string
  people: Map<string, ScimPerson>
  /** Members of the group of administrators, beside one that nobody knows. */
  administrators: Set<string>
  /** Methods and addresses of requests, the password checks among them. */
  heard: string[]
  /** What the server says of itself; each key in the place of the real one. */
  serviceProviderConfig: Record<string, unknown>
  takesToken(token: string): boolean | Promise<boolean>
  /** Answers requests in the place of the server, as long as it returns true. */
  instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
  add(person: { userName: string; password: string } & Partial<ScimPerson>): ScimPerson
  named(userName: string): ScimPerson | undefined
}

const lengthMin = 8
const kept = 3
const lockoutTries = 3

let isDeclared = false

/** SCIMMY keeps its handlers for the whole process; the server that was asked is their context. */
function declareOnce(): void {
  if (isDeclared) return
  isDeclared = true
  const { Attribute, SchemaDefinition } = SCIMMY.Types
  const account = new SchemaDefinition('Account', accountSchema, 'What SCIM has no attributes for', [
    new Attribute('string', 'signInName'),
    new Attribute('boolean', 'locked'),
    new Attribute('integer', 'failedTries'),
    new Attribute('boolean', 'mustChange'),
    new Attribute('dateTime', 'passwordChanged'),
    new Attribute('boolean', 'ssoOnly'),
    new Attribute('boolean', 'secondFactor'),
  ])
  SCIMMY.Schemas.User.definition.extend(account)
  SCIMMY.Config.set({ changePassword: true, etag: true })
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .egress((resource, people: ScimServer) => {
      if (resource.id === undefined) {
        const { filter, constraints } = resource
        if (filter === undefined) return pageOf([...people.people.values()], constraints)
        return [...people.people.values()].map(resourceOf).filter((one) => matches(one, filter))
      }
      const person = people.people.get(resource.id)
      if (person === undefined) throw new SCIMMY.Types.Error(404, '', 'nobody has this id')
      return resourceOf(person)
    })
    .ingress((resource, data, people: ScimServer) => {
      const person = people.people.get(resource.id ?? '')
      if (person === undefined) throw new SCIMMY.Types.Error(404, '', 'nobody has this id')
      write(person, JSON.parse(JSON.stringify(data)), data.password)
      return resourceOf(person)
    })
  SCIMMY.Resources.declare(SCIMMY.Resources.Group).egress((resource, server: ScimServer) => {
    if (resource.id !== administrators) throw new SCIMMY.Types.Error(404, '', 'no such group')
    const members = ['somebody who is none of these', ...server.administrators]
    return {
      id: administrators,
      displayName: 'Administrators',
      members: members.map((value) => ({ value, type: 'User' })),
    }
  })
}

/**
 * SCIMMY makes resources of all that it is given and takes a page of them. Holes cost nothing and count for the total;
 * the first two pages it cuts out itself, and so needs what is before them.
 */
function pageOf(
  people: readonly ScimPerson[],
  { startIndex = 1, count = 20 }: SCIMMY.Types.Resource['constraints'] = {},
) {
  const sorted = people.toSorted((a, b) => a.id.localeCompare(b.id))
  const from = startIndex <= count ? 0 : startIndex - 1
  const page = sorted.slice(from, startIndex - 1 + count).map(resourceOf)
  const listed = new Array<ReturnType<typeof resourceOf>>(sorted.length)
  for (const [index, resource] of page.entries()) listed[from + index] = resource
  return listed
}

const resourceOf = (person: ScimPerson) => ({
  id: person.id,
  userName: person.userName,
  active: person.active,
  meta: { version: versionOf(person) },
  ...person.facts,
  [accountSchema]: {
    ...person.account,
    locked: person.locked,
    failedTries: person.failedTries,
    mustChange: person.mustChange,
    ...(person.passwordChanged === null ? {} : { passwordChanged: person.passwordChanged }),
  },
})

const versionOf = ({ version }: ScimPerson) => `W/"${version}"`

/** PATCH and PUT alike: the whole of a person, with a password only when there is a new one. */
function write(
  person: ScimPerson,
  { active, [accountSchema]: account }: Record<string, unknown>,
  password: string | undefined,
) {
  const { locked, mustChange } = (account ?? {}) as { locked?: boolean; mustChange?: boolean }
  if (password !== undefined) {
    if (password.length < lengthMin) {
      throw new SCIMMY.Types.Error(400, 'invalidValue', `A password has at least ${lengthMin} characters`)
    }
    if ([person.password, ...person.former].includes(password)) {
      throw new SCIMMY.Types.Error(400, 'invalidValue', `The password "${password}" was used before`)
    }
    person.former = [person.password, ...person.former].slice(0, kept - 1)
    person.password = password
    person.passwordChanged = new Date().toISOString()
    person.failedTries = 0
  }
  if (locked === false) person.failedTries = 0
  person.locked = locked ?? false
  person.mustChange = mustChange ?? false
  person.active = active !== false
  person.version += 1
}

type Expression = Readonly<Record<string, unknown>>

/**
 * SCIMMY compares with case, gives what stands between the quotes as it stands there, and does not look into
 * extensions; RFC 7644 section 3.4.2.2 has JSON strings, and names without case.
 */
const matches = (resource: Expression, branches: readonly Expression[]): boolean =>
  branches.some((branch) => Object.entries(branch).every(([path, asked]) => has(resource, path, asked)))

function has(resource: Expression, path: string, asked: unknown): boolean {
  const within = path.startsWith('urn:') ? /^(.*):([^:]+)$/.exec(path) : null
  if (within !== null) return has((resource[within[1] ?? ''] ?? {}) as Expression, within[2] ?? '', asked)
  const told = [resource[path]].flat()
  if (!Array.isArray(asked)) {
    return told.some((one) => matches((one ?? {}) as Expression, [asked as Expression]))
  }
  const [comparator, wanted] = asked as [string, unknown]
  if (comparator !== 'eq') throw new SCIMMY.Types.Error(400, 'invalidFilter', 'only eq is known')
  const text = String(JSON.parse(`"${String(wanted)}"`)).toLowerCase()
  return told.some((one) => typeof one === 'string' && one.toLowerCase() === text)
}

/** Lets people in with their own name and password (RFC 7617), and locks who was wrong too often. */
function letIn(server: ScimServer, request: Request, response: Response): void {
  const [, encoded = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
  const [, name = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  const person = server.named(name)
  const isRight = person?.password === password
  if (person !== undefined && !person.locked) {
    person.failedTries = isRight ? 0 : person.failedTries + 1
    person.locked = person.failedTries >= lockoutTries
    person.version += 1
  }
  response.status(isRight && person.active && !person.locked ? 204 : 401).end()
}

/** A real SCIM 2.0 server in this process, over TLS and in clear text, with a store of people behind it. */
export async function startScimServer(): Promise<ScimServer> {
  declareOnce()
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-scim-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const { caFile, certificateFile, keyFile } = await makeCertificates({ folder, addresses: [] })
  const app = express()
  const listen = async (server: Server) => {
    opening.defer(async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const tls = { cert: await readFile(certificateFile), key: await readFile(keyFile) }
  const port = await listen(createTlsServer(tls, app))
  const clearPort = await listen(createServer(app))
  const running = opening.move()
  const people: ScimServer['people'] = new Map()
  const server: ScimServer = {
    ...{ port, clearPort, caFile, people },
    url: `https://localhost:${port}/scim/v2`,
    administrators: new Set(),
    heard: [],
    serviceProviderConfig: {},
    takesToken: (token) => token === scimToken,
    instead: null,
    add(given) {
      const person: ScimPerson = {
        ...{ id: randomUUID(), active: true, former: [], version: 1, failedTries: 0 },
        ...{ locked: false, mustChange: false, passwordChanged: null, facts: {}, account: {} },
        ...given,
      }
      people.set(person.id, person)
      return person
    },
    named: (userName) =>
      [...people.values()].find((person) => person.userName.toLowerCase() === userName.toLowerCase()),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
  serve(app, server)
  return server
}

function serve(app: ReturnType<typeof express>, server: ScimServer): void {
  app.set('etag', false)
  app.use((request, response, next) => {
    server.heard.push(`${request.method} ${request.url}`)
    // Express 5 reads the query anew each time it is asked for, and SCIMMY's numbers would be lost.
    Object.defineProperty(request, 'query', { value: { ...request.query } })
    if (server.instead?.(request, response) !== true) next()
  })
  app.get('/session', (request, response) => letIn(server, request, response))
  app.get('/scim/v2/ServiceProviderConfig', (_, response) => {
    const told = { ...SCIMMY.Config.get(), ...server.serviceProviderConfig }
    response.type('application/scim+json').send(JSON.stringify(told))
  })
  app.use('/scim/v2/Users/:id', (request, response, next) => {
    const person = server.people.get(String(request.params['id']))
    const version = person === undefined ? null : versionOf(person)
    const asked = request.headers['if-match']
    if (version !== null) response.set('etag', version)
    if (asked === undefined || asked === version) return next()
    const error = new SCIMMY.Messages.Error({ status: 412, message: 'it is another version by now' })
    response.status(412).type('application/scim+json').send(JSON.stringify(error))
  })
  const router = new SCIMMYRouters({
    type: 'bearer',
    async handler(request) {
      const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
      if (!(await server.takesToken(token))) throw new Error('not signed in')
      return 'rekey'
    },
    context: () => server,
  })
  app.use('/scim/v2', router)
}
