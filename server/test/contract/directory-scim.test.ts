import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ScimConfig } from '../../src/adapters/connectors/scim/config.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { ConnectorOptions, Warning } from '../support/connector-outside.ts'
import { addScimPerson, openScimDirectory, scimConfig, withDefaults } from '../support/scim-people.ts'
import { administrators, type ScimPerson, type ScimServer, startScimServer } from '../support/scim-server.ts'
import { scimClient, startTokenServer, type TokenServer, verifyingClient } from '../support/token-server.ts'
import type { Person } from './directory-harness.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const unavailable = { ok: false, because: 'account-unavailable' }
const fault = (code: string, words: RegExp) => ({ code, message: expect.stringMatching(words) })
const misconfigured = (words: RegExp) => fault('directory-misconfigured', words)

let server: ScimServer
let config: ScimConfig
beforeAll(async () => {
  server = await startScimServer()
  config = await scimConfig(server)
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.instead = null
  server.serviceProviderConfig = {}
  server.heard.splice(0)
})

const opened: Directory[] = []
afterAll(() => Promise.all(opened.map((directory) => directory.close())))
const openWith = (settings: ScimConfig, options?: ConnectorOptions) => {
  const directory = openScimDirectory(settings, options)
  opened.push(directory)
  return directory
}
const open = (changes: Partial<ScimConfig> = {}, options?: ConnectorOptions) =>
  openWith({ ...config, ...changes }, options)

let counter = 0
const somebody = (facts: Partial<Person> = {}): ScimPerson => {
  counter += 1
  const key = addScimPerson(server, { username: `person${counter}`, password: first, ...facts })
  return server.people.get(key) ?? expect.fail('nobody was added')
}
const set = (directory: Directory, { id }: ScimPerson, password = second, signal = inTime()) =>
  directory.setPassword(id, new Secret(password), signal)
const heard = (method: string) => server.heard.filter((line) => line.startsWith(method))

type Instead = (request: IncomingMessage, response: ServerResponse) => void
/** Answers the next requests that fit, one after the other, and leaves the rest to the server. */
function onNext(method: string, ...answers: readonly Instead[]): void {
  const left = [...answers]
  server.instead = (request, response) => {
    const next = request.method === method && request.url?.includes('/Users') ? left.shift() : undefined
    next?.(request, response)
    return next !== undefined && response.headersSent
  }
}
const answer =
  (
    status: number,
    { headers = {}, body = {} }: { headers?: Record<string, string>; body?: object } = {},
  ): Instead =>
  (_, response) => {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
    response.writeHead(status, { 'content-type': 'application/scim+json', ...headers })
    response.end(JSON.stringify({ schemas, status: String(status), ...body }))
  }

describe('the way to a SCIM service', () => {
  it('is TLS with a certificate of the right authority and the right name', async () => {
    const { caFile: _, ...trustsNobody } = config

    await expect(open().check(inTime())).resolves.toBeUndefined()
    await expect(openWith(trustsNobody).check(inTime())).rejects.toMatchObject(
      misconfigured(/the certificate is not trusted.*caFile/),
    )
    await expect(open({ serverName: 'other.example.org' }).check(inTime())).rejects.toMatchObject(
      misconfigured(/not for "other.example.org"/),
    )
    const url = `https://127.0.0.1:${server.port}/scim/v2`
    await expect(open({ url }).check(inTime())).rejects.toMatchObject(misconfigured(/not for "127.0.0.1"/))
    await expect(open({ url, serverName: 'localhost' }).check(inTime())).resolves.toBeUndefined()
  })

  it.each([
    ['http://id.example.org/scim', /must begin with https/],
    ['https://user:password@id.example.org/scim', /user name or password/],
    ['https://id.example.org/scim?tenant=1', /neither query nor fragment/],
    ['https://', /not a URL/],
  ])('is not %s', (url, words) => {
    expect(() => open({ url, insecureLoopback: true })).toThrow(words)
  })

  it('is not signed in to with what is no token', () => {
    for (const token of ['two words', 'a\r\nhost: other', 'ü']) {
      expect(() => open({ authentication: { by: 'token', token: new Secret(token) } })).toThrow(
        /no token has/,
      )
    }
  })

  it('is clear text on this machine alone, where that was asked for', async () => {
    const url = `http://127.0.0.1:${server.clearPort}/scim/v2`

    expect(() => open({ url })).toThrow(/must begin with https/)
    await expect(open({ url, insecureLoopback: true }).check(inTime())).resolves.toBeUndefined()
  })

  it('is asked once more when the server has closed a connection that was kept', async () => {
    const ada = somebody()
    const directory = open({ connections: 1 })
    await directory.read(ada.id, inTime())

    onNext('GET', (request) => void request.socket.destroy())
    server.instead = ((instead) => (request: IncomingMessage, response: ServerResponse) => {
      instead?.(request, response)
      return request.socket.destroyed
    })(server.instead)

    expect(await directory.read(ada.id, inTime())).toMatchObject({ username: ada.userName })
    expect(heard('GET').filter((line) => line.includes(ada.id))).toHaveLength(3)
  })
})

describe('a check of a SCIM service', () => {
  const checked = (changes: Partial<ScimConfig> = {}) => open(changes).check(inTime())
  const says = (told: Record<string, unknown>) => {
    server.serviceProviderConfig = told
  }

  it.each([
    ['filter', /has no filters/],
    ['changePassword', /takes no passwords/],
  ])('names what is missing: %s', async (ability, words) => {
    says({ [ability]: { supported: false } })

    await expect(checked()).rejects.toMatchObject(misconfigured(words))
  })

  it('warns once of a service that names no way to sign in with a token', async () => {
    const warnings: Warning[] = []
    const directory = open({}, { warnings })
    await directory.check(inTime())
    expect(warnings).toEqual([])

    says({ authenticationSchemes: [{ type: 'httpbasic', name: 'x' }, { type: 'other' }] })
    await directory.check(inTime())
    await directory.check(inTime())

    expect(warnings).toEqual([
      { message: 'the server names no way to sign in with a token', facts: { schemes: 'httpbasic' } },
    ])
  })

  it('finds out that filters are passed over', async () => {
    server.instead = (request, response) => {
      if (request.url?.includes('filter=') !== true) return false
      answer(200, { body: { schemas: ['x'], totalResults: 1, Resources: [{ id: '1', userName: 'x' }] } })(
        request,
        response,
      )
      return true
    }

    await expect(checked()).rejects.toMatchObject(misconfigured(/passes over filters/))
  })

  it('names a group that is not there, a wrong address, and a token that is not taken', async () => {
    await expect(checked({ privileged: [{ group: 'staff' }] })).rejects.toMatchObject(
      misconfigured(/no group with the id "staff"/),
    )
    await expect(checked({ url: `https://localhost:${server.port}/elsewhere` })).rejects.toMatchObject(
      misconfigured(/check url/),
    )
    const authentication = { by: 'token', token: new Secret('another-token') } as const
    const refused: unknown = await checked({ authentication }).catch((error: unknown) => error)
    expect(refused).toMatchObject(misconfigured(/does not let Rekey in: check authentication/))
    expect(JSON.stringify([refused, String(refused)])).not.toContain('another-token')
  })

  it('names the setting for servers that do not know attributes of extensions', async () => {
    await expect(open({ asksInPart: true }).read(somebody().id, inTime())).rejects.toMatchObject(
      misconfigured(/asksInPart/),
    )
  })
})

describe('a new password at a SCIM service', () => {
  it('is written with PATCH, or with all of a person where there is no PATCH', async () => {
    for (const supported of [true, false]) {
      const ada = somebody({
        mails: ['ada@work.example'],
        displayName: 'Ada',
        recoveryAddresses: ['a@home.test'],
      })
      Object.assign(ada, { locked: true, mustChange: true })
      const { facts, account, userName } = structuredClone(ada)
      server.serviceProviderConfig = { patch: { supported } }
      const directory = open()

      expect(await set(directory, ada)).toEqual({ ok: true })

      expect(heard(supported ? 'PATCH' : 'PUT')).toHaveLength(1)
      expect(ada).toMatchObject({
        password: second,
        locked: false,
        mustChange: false,
        facts,
        account,
        userName,
      })
      expect(await directory.unlock(ada.id, inTime())).toEqual({ ok: true, wasLocked: false })
      expect(await directory.requireChange(ada.id, inTime())).toEqual({ ok: true })
      expect(ada).toMatchObject({ password: second, mustChange: true })
    }
  })

  it.each([true, false])(
    'is not written to somebody who is disabled right before, where there are versions (PATCH: %s)',
    async (supported) => {
      const ada = somebody()
      server.serviceProviderConfig = { patch: { supported } }
      onNext(supported ? 'PATCH' : 'PUT', () => {
        ada.active = false
        ada.version += 1
      })

      expect(await set(open(), ada)).toEqual(unavailable)

      expect(ada.password).toBe(first)
    },
  )

  it('is written at the second try to somebody who was changed meanwhile, and given up at the third', async () => {
    const ada = somebody()
    const changes = () => {
      ada.version += 1
    }
    onNext('PATCH', changes)
    expect(await set(open(), ada)).toEqual({ ok: true })

    onNext('PATCH', changes, changes)
    await expect(set(open(), ada, 'yet another sentence')).rejects.toMatchObject(
      fault('directory-unreachable', /keeps changing/),
    )
    expect(ada.password).toBe(second)
  })

  it('needs no versions', async () => {
    const ada = somebody()
    server.serviceProviderConfig = { etag: { supported: false } }
    onNext('PATCH', (request) => {
      expect(request.headers['if-match']).toBeUndefined()
      ada.version += 1
    })

    expect(await set(open(), ada)).toEqual({ ok: true })
  })

  it('is not sent where the server says that it takes none', async () => {
    server.serviceProviderConfig = { changePassword: { supported: false } }

    await expect(set(open(), somebody())).rejects.toMatchObject(misconfigured(/takes no passwords/))
    expect(heard('PATCH')).toEqual([])
  })

  const invalid = (detail: string) => answer(400, { body: { scimType: 'invalidValue', detail } })
  it.each([
    ['words of a row', invalid('Was Used Before'), 'password-in-history'],
    ['other words', invalid(`"${second}" has no digit`), 'password-too-weak-for-directory'],
    [
      'words of a row without a type',
      answer(400, { body: { detail: 'was used before' } }),
      'password-in-history',
    ],
    ['404', answer(404), 'account-unavailable'],
  ])('is refused: %s', async (_, told, because) => {
    onNext('PATCH', told)

    expect(await set(open(), somebody())).toEqual({ ok: false, because })
  })

  it.each([
    ['401', answer(401), misconfigured(/check authentication/)],
    ['403', answer(403), fault('directory-rights-missing', /may not write the password of people/)],
    ['400 mutability', answer(400, { body: { scimType: 'mutability' } }), misconfigured(/mutability/)],
    ['400 without a word', answer(400), misconfigured(/does not say why/)],
    ['404 that is not SCIM’s', answer(404, { body: { schemas: [] } }), misconfigured(/check url/)],
    ['409', answer(409), fault('directory-unreachable', /others are at work/)],
    ['301', answer(301, { headers: { location: '/else' } }), misconfigured(/to another address/)],
    ['501', answer(501), misconfigured(/does not offer it/)],
    ['500', answer(500), fault('directory-outcome-unknown', /in trouble/)],
    [
      '503',
      answer(503, { headers: { 'retry-after': '0' } }),
      fault('directory-outcome-unknown', /in trouble/),
    ],
  ])('is a fault that an operator can mend: %s', async (_, told, expected) => {
    const ada = somebody()
    onNext('PATCH', told)

    const error: unknown = await set(open(), ada).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject(expected)
    expect(heard('PATCH')).toHaveLength(1)
    expect(String(error)).not.toContain(ada.id)
  })

  it('is done when the server says so, whatever else it says', async () => {
    onNext('PATCH', (_, response) => {
      response.writeHead(200, { 'content-length': '1000000000' })
      response.write('not JSON')
    })

    expect(await set(open(), somebody())).toEqual({ ok: true })
  })
})

describe('a SCIM service that is asked too much', () => {
  it.each([
    ['seconds', 'GET', () => '0'],
    ['seconds, for a write', 'PATCH', () => '0'],
    ['a date', 'PATCH', () => new Date().toUTCString()],
    ['neither', 'GET', () => 'soon'],
  ])('is asked again after the pause that it wants, in %s', async (_, method, pause) => {
    const ada = somebody()
    onNext(method, answer(429, { headers: { 'retry-after': pause() } }))

    expect(await set(open(), ada)).toEqual({ ok: true })

    expect(heard(method).filter((line) => line.includes('/Users'))).toHaveLength(2)
  })

  it('is asked again after 503 as well, when nothing is written', async () => {
    const ada = somebody()
    onNext('GET', answer(503, { headers: { 'retry-after': '0' } }))

    expect(await open().read(ada.id, inTime())).toMatchObject({ username: ada.userName })
  })

  it('is left alone when there is no time, or no end of it', async () => {
    const ada = somebody()
    const later = (seconds: number) => answer(429, { headers: { 'retry-after': String(seconds) } })
    const tooBusy = fault('directory-unreachable', /asked too much/)

    onNext('PATCH', later(3_600))
    await expect(set(open(), ada)).rejects.toMatchObject(tooBusy)
    onNext('PATCH', later(5))
    await expect(set(open(), ada, second, AbortSignal.timeout(300))).rejects.toMatchObject(tooBusy)
    onNext('GET', later(0), later(0), later(0))
    await expect(open().read(ada.id, inTime())).rejects.toMatchObject(tooBusy)

    expect(heard('PATCH')).toHaveLength(2)
    expect(ada.password).toBe(first)
  })
})

describe('a crowd at a SCIM service', () => {
  it('leaves a connection to those who have proven themselves, and to the question whether it works', async () => {
    const { id } = somebody()
    const directory = open({ connections: 2, readSeconds: 2 })
    const held: ServerResponse[] = []
    // Names that take long to be looked for.
    server.instead = (request, response) => {
      const isSlow = request.url?.includes('slow') === true
      if (isSlow) held.push(response)
      return isSlow
    }
    const lookUp = (_: unknown, at: number) =>
      directory.find({ by: 'username', value: `slow${at}` }, inTime())
    const crowd = Promise.allSettled(Array.from({ length: 8 }, lookUp))
    await expect.poll(() => held.length).toBeGreaterThan(0)

    await expect(directory.check(inTime())).resolves.toBeUndefined()
    await expect(directory.read(id, inTime())).resolves.toMatchObject({ key: id })
    expect(held).toHaveLength(1)
    server.instead = null
    for (const response of held) response.destroy()
    await crowd
  })
})

describe('everybody at a SCIM service', () => {
  const listed = async (directory: Directory) => {
    const names: string[] = []
    for await (const page of directory.list(inTime())) names.push(...page.map(({ username }) => username))
    return names
  }

  it('is no list with somebody left out because another was removed meanwhile', async () => {
    await using own = await startScimServer()
    own.serviceProviderConfig = { filter: { supported: true, maxResults: 4 } }
    for (const username of ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay', 'guy']) {
      addScimPerson(own, { username, password: first })
    }
    const directory = openWith(await scimConfig(own))
    const [gone] = [...own.people.keys()].sort()
    const names: string[] = []

    const reading = (async () => {
      for await (const page of directory.list(inTime())) {
        names.push(...page.map(({ username }) => username))
        own.people.delete(gone ?? '')
      }
    })()

    await expect(reading).rejects.toMatchObject(fault('directory-unreachable', /read again/))
    expect(names).toHaveLength(4)
    expect(new Set(await listed(directory))).toHaveLength(6)
  })

  it('comes by cursors where the server has them, and by a server’s own size of pages', async () => {
    const people = Array.from({ length: 7 }, (_, index) => ({
      id: `key ${index}`,
      userName: `cursor${index}`,
    }))
    server.serviceProviderConfig = { pagination: { cursor: true, index: false, maxPageSize: 3 } }
    server.instead = (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost')
      const cursor = searchParams.get('cursor')
      if (cursor === null) return false
      expect(searchParams.get('count')).toBe('3')
      expect(searchParams.get('startIndex')).toBeNull()
      const from = Number(cursor.replace('after ', '') || 0)
      const next = from + 3 < people.length ? { nextCursor: `after ${from + 3}` } : {}
      answer(200, { body: { schemas: ['list'], Resources: people.slice(from, from + 3), ...next } })(
        request,
        response,
      )
      return true
    }

    expect(await listed(open())).toEqual(people.map(({ userName }) => userName))
  })

  it('is no endless list', async () => {
    server.serviceProviderConfig = { pagination: { cursor: true } }
    const page = { schemas: ['list'], Resources: [{ id: '1', userName: 'ada' }], nextCursor: 'the same' }
    server.instead = (request, response) => {
      if (request.url?.includes('cursor') === true) answer(200, { body: page })(request, response)
      return response.headersSent
    }

    await expect(listed(open())).rejects.toMatchObject(fault('directory-answer-unusable', /leads to itself/))
  })

  it('is no endless list by a way round either', async () => {
    server.serviceProviderConfig = { pagination: { cursor: true } }
    let pages = 0
    server.instead = (request, response) => {
      if (request.url?.includes('cursor') !== true) return false
      pages += 1
      const nextCursor = pages > 20 ? undefined : `page ${pages % 3}`
      answer(200, { body: { schemas: ['list'], Resources: [], nextCursor } })(request, response)
      return true
    }

    await expect(listed(open())).rejects.toMatchObject(fault('directory-answer-unusable', /leads to itself/))
    expect(pages).toBeLessThan(6)
  })
})

describe('who is kept away from', () => {
  const groups = new Map<string, object>()
  beforeEach(() => {
    groups.clear()
    server.instead = (request, response) => {
      const id = /\/Groups\/([^/?]+)/.exec(request.url ?? '')?.[1]
      if (id === undefined || id === administrators) return false
      const group = groups.get(id)
      if (group === undefined) answer(404)(request, response)
      else answer(200, { body: { schemas: [], id, ...group } })(request, response)
      return true
    }
  })
  const privilegedIn = async (group: string, { id }: ScimPerson, warnings: Warning[] = []) =>
    (await open({ privileged: [{ group }] }, { warnings }).read(id, inTime()))?.privileged

  it('is who is in a group, and in a group within it, however that is told', async () => {
    const [ada, bob] = [somebody(), somebody()]
    const member = { value: ada.id }
    groups.set('inner', { members: [member] })
    groups.set('typed', { members: [{ value: 'inner', type: 'Group' }] })
    groups.set('referred', { members: [{ value: 'inner', $ref: 'https://id.example.org/v2/Groups/inner' }] })
    groups.set('untold', { members: [{ value: 'inner' }, { value: 'typed' }] })
    groups.set('circle', { members: [{ value: 'circle', type: 'group' }, member] })

    for (const group of ['inner', 'typed', 'referred', 'untold', 'circle']) {
      expect([group, await privilegedIn(group, ada), await privilegedIn(group, bob)]).toEqual([
        group,
        true,
        false,
      ])
    }
  })

  it.each([
    ['is gone', null],
    ['shows no members', {}],
    ['shows something else', { members: 'everybody' }],
    ['has a member without a key', { members: [{ display: 'Ada' }] }],
    ['holds a group that is gone', { members: [{ value: 'gone', type: 'Group' }] }],
  ])('is everybody when the group %s', async (_, group) => {
    const warnings: Warning[] = []
    if (group !== null) groups.set('group', group)
    const ada = somebody()

    expect(await privilegedIn('group', ada, warnings)).toBe(true)

    expect(await set(open({ privileged: [{ group: 'group' }] }), ada)).toEqual(unavailable)
    expect(warnings).toEqual([
      { message: 'membership in a group could not be decided', facts: { group: 'group' } },
    ])
  })

  it('has to be said', () => {
    const { privileged: _, ...silent } = config

    expect(() => withDefaults(silent)).toThrow()
  })
})

describe('a SCIM service of the core schema alone', () => {
  const core = () =>
    withDefaults({
      ...{ url: server.url, caFile: server.caFile, privileged: 'nobody' },
      attributes: { recoveryAddresses: ['emails[type eq "home"].value'] },
    })

  it('is asked for no more than is mapped, and has no more abilities than that', async () => {
    const directory = openWith(core())
    const ada = somebody({
      mails: ['core@work.example'],
      recoveryAddresses: ['core@home.example'],
      locale: 'fr',
    })

    const [found] = await directory.find({ by: 'mail', value: 'CORE@work.example' }, inTime())

    expect(found).toMatchObject({ key: ada.id, recoveryAddresses: ['core@home.example'], locale: 'fr' })
    expect(await directory.read(ada.id, inTime())).toEqual(found)
    expect(await set(directory, ada)).toEqual({ ok: true })
    expect(ada.password).toBe(second)
    expect(directory.abilities).toEqual({
      ...{ unlock: false, history: false, lockedIsVisible: false, changeAsUser: false, mustChange: false },
      verifies: false,
    })
    for (const line of heard('GET').filter((each) => each.includes('/Users'))) {
      expect(line).toMatch(/[?&]attributes=id%2Cactive%2CuserName/)
    }
  })

  it('says what is missing to what it can’t do', async () => {
    const directory = openWith(core())
    const { id } = somebody()
    const [current, next] = [new Secret(first), new Secret(second)]

    const asked = [
      directory.verifyPassword(id, current, inTime()),
      directory.changePassword(id, { current, next }, inTime()),
      directory.unlock(id, inTime()),
      directory.requireChange(id, inTime()),
    ]

    for (const each of asked)
      await expect(each).rejects.toMatchObject(misconfigured(/SCIM has no way for it: give/))
  })
})

describe('OAuth 2 at a SCIM service', () => {
  const opening = new AsyncDisposableStack()
  afterAll(() => opening.disposeAsync())
  const aTokenServer = async (of: Parameters<typeof startTokenServer>[0] = {}) =>
    opening.use(await startTokenServer(of))
  const aServer = async (tokens: TokenServer) => {
    const own = opening.use(await startScimServer())
    own.takesToken = tokens.takes
    return own
  }
  type ClientCredentials = Extract<ScimConfig['authentication'], { by: 'client-credentials' }>
  const openAt = async (
    own: ScimServer,
    tokenUrl: string,
    more: Partial<ClientCredentials> = {},
    now?: () => Date,
  ) =>
    openWith(
      {
        ...(await scimConfig(own)),
        insecureLoopback: true,
        authentication: {
          ...{ by: 'client-credentials', tokenUrl, clientId: scimClient.id, scope: 'scim' },
          ...{ clientSecret: new Secret(scimClient.secret), clientAuthentication: 'header', ...more },
        },
      },
      now === undefined ? {} : { now },
    )

  it('lets Rekey in with one token until shortly before its end, however many ask at once', async () => {
    const tokens = await aTokenServer({ lastsSeconds: 600 })
    const own = await aServer(tokens)
    let now = new Date()
    const directory = await openAt(own, tokens.tokenUrl, {}, () => now)
    const key = addScimPerson(own, { username: 'ada', password: first })
    const read = () => directory.read(key, inTime())

    await Promise.all([read(), read(), read()])
    now = new Date(now.getTime() + 569_000)
    expect(await read()).toMatchObject({ username: 'ada' })
    expect(tokens.asked()).toBe(1)
    now = new Date(now.getTime() + 2_000)
    expect(await read()).toMatchObject({ username: 'ada' })
    expect(tokens.asked()).toBe(2)
  })

  it('gets another token once for one that is no longer taken, for writes as well', async () => {
    const tokens = await aTokenServer()
    const own = await aServer(tokens)
    const directory = await openAt(own, tokens.tokenUrl)
    const key = addScimPerson(own, { username: 'ada', password: first })
    await directory.read(key, inTime())
    let refused = 0
    const takes = own.takesToken
    own.takesToken = (token) =>
      refused === 0 && own.heard.at(-1)?.startsWith('PATCH') ? ++refused < 0 : takes(token)

    expect(await directory.setPassword(key, new Secret(second), inTime())).toEqual({ ok: true })
    expect(own.people.get(key)?.password).toBe(second)
    expect(tokens.asked()).toBe(2)

    own.takesToken = () => false
    await expect(directory.read(key, inTime())).rejects.toMatchObject(misconfigured(/check authentication/))
    expect(tokens.asked()).toBe(3)
  })

  it.each([
    ['another secret', { clientSecret: new Secret('of somebody else') }, /check clientId.*invalid_client/],
    ['a name that nobody knows', { clientId: 'nobody' }, /check clientId.*invalid_client/],
    ['another scope', { scope: 'everything' }, /check authentication/],
  ])('says what is wrong with %s, without a secret', async (_, more, words) => {
    const tokens = await aTokenServer()
    const directory = await openAt(await aServer(tokens), tokens.tokenUrl, more)

    const error: unknown = await directory.check(inTime()).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject(misconfigured(words))
    expect(JSON.stringify([error, String(error)])).not.toMatch(/somebody else|a secret/)
  })

  it('is unreachable with its token endpoint', async () => {
    const tokens = await aTokenServer()
    const directory = await openAt(await aServer(tokens), 'http://127.0.0.1:1/token')

    await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-unreachable' })
  })

  it('proves passwords by the grant of resource owners, and keeps no token of it', async () => {
    const tokens = await aTokenServer({
      isRight: (username, password) => server.named(username)?.password === password,
    })
    const { tokenUrl } = tokens
    const { id: clientId, secret } = verifyingClient
    const verify: ScimConfig['verify'] = {
      by: 'password-grant',
      ...{ tokenUrl, clientId, clientSecret: new Secret(secret), decoyUsername: 'nobody' },
      clientAuthentication: 'body',
    }
    const directory = open({ verify, insecureLoopback: true })
    const ada = somebody()
    const proves = (password: string, key = ada.id) =>
      directory.verifyPassword(key, new Secret(password), inTime())

    expect(await proves(first)).toEqual({ ok: true, mustChange: false })
    expect(await proves(second)).toEqual({ ok: false, because: 'wrong' })
    expect(await proves(first, 'no key')).toEqual({ ok: false, because: 'wrong' })
    expect(tokens.asked()).toBe(3)
    const wrongly = open({ verify: { ...verify, clientId: scimClient.id }, insecureLoopback: true })
    await expect(wrongly.verifyPassword(ada.id, new Secret(first), inTime())).rejects.toMatchObject(
      misconfigured(/does not take the client/),
    )
  })
})

describe('an address that lets people in', () => {
  const proves = (password = first) => open().verifyPassword(somebody().id, new Secret(password), inTime())
  const says = (status: number, headers: Record<string, string> = {}) => {
    server.instead = (request, response) => {
      if (request.url === '/session') answer(status, { headers })(request, response)
      return response.headersSent
    }
  }

  it.each([
    [302, misconfigured(/another address/)],
    [404, misconfigured(/lets people in/)],
    [500, fault('directory-unreachable', /500/)],
    [418, fault('directory-answer-unusable', /418/)],
  ])('proves nothing by %s', async (status, expected) => {
    says(status, { location: '/scim/v2/ServiceProviderConfig' })

    await expect(proves()).rejects.toMatchObject(expected)
  })

  it('is asked once about each password, and never about a part of a name', async () => {
    says(403)
    expect(await proves()).toEqual({ ok: false, because: 'wrong' })
    expect(server.heard.filter((line) => line.includes('/session'))).toHaveLength(1)

    server.instead = null
    const [ada, odd] = [somebody(), somebody()]
    odd.userName = `${ada.userName}:x`
    ada.password = `x:${second}`

    const verdict = await open().verifyPassword(odd.id, new Secret(second), inTime())

    expect(verdict).toEqual({ ok: false, because: 'wrong' })
  })
})
