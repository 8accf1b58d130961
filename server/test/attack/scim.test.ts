import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { addScimPerson, openScimDirectory, scimConfig, scimEntry, scimEnv } from '../support/scim-people.ts'
import { accountSchema, type ScimServer, scimToken, startScimServer } from '../support/scim-server.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const opened = new AsyncDisposableStack()
const address = 'ada.home@example.test'
const inTime = () => AbortSignal.timeout(20_000)
let server: ScimServer
let rekey: Attacked
let directory: Directory
let key: string

beforeAll(async () => {
  server = opened.use(await startScimServer())
  key = addScimPerson(server, {
    ...{ username: 'o"neil', password: oldPassword },
    ...{ mails: ['oneil@example.test'], recoveryAddresses: [address] },
  })
  const directories = [await scimEntry(server)]
  rekey = opened.use(await anAttackedRekey({ env: scimEnv, tenant: { directories } }))
  directory = openScimDirectory(await scimConfig(server))
  opened.defer(() => directory.close())
})
afterAll(() => opened.disposeAsync())
beforeEach(() => {
  server.instead = null
  server.heard.splice(0)
})

describe('[230] what is typed, on its way to a filter', () => {
  const payloads = [
    '" or userName pr or userName eq "',
    'o" or userName sw "o',
    'o\\" or userName pr or userName eq \\"',
    'o"neil" or emails.value co "',
    '*',
    'o%22neil',
    'o\\u0022neil',
    'x")&count=1000&filter=(userName pr',
    'x&filter=userName%20pr',
    '\\',
    'o\n"neil',
  ]
  const filters = [
    /^userName eq ("[^"\\]*(?:\\u[0-9a-f]{4}[^"\\]*)*")$/,
    /^emails\[type eq "work" and value eq ("[^"\\]*(?:\\u[0-9a-f]{4}[^"\\]*)*")\]$/,
    new RegExp(`^${accountSchema}:signInName eq ("[^"\\\\]*(?:\\\\u[0-9a-f]{4}[^"\\\\]*)*")$`),
  ]

  it('is one JSON string without a quote in it, and one parameter', async () => {
    await directory.find({ by: 'username', value: 'ada' }, inTime())
    server.heard.splice(0)

    for (const value of payloads) {
      for (const by of ['username', 'mail', 'upn'] as const) await directory.find({ by, value }, inTime())
    }

    const asked = server.heard.map(
      (line) => new URL(line.replace('GET ', ''), 'http://localhost').searchParams,
    )
    expect(asked).toHaveLength(3 * payloads.length)
    for (const [index, parameters] of asked.entries()) {
      expect([...parameters.keys()]).toEqual(['filter', 'count'])
      const [, text = ''] = filters[index % 3]?.exec(parameters.get('filter') ?? '') ?? []
      expect(JSON.parse(text)).toBe(payloads[Math.floor(index / 3)])
    }
  })

  it('finds nobody, and whoever is called so', async () => {
    const mails = rekey.mail.received.length
    for (const identifier of payloads) {
      expect((await rekey.post('/v1/recoveries', { identifier })).status).toBe(202)
    }
    await rekey.settled()
    expect(rekey.mail.received).toHaveLength(mails)

    expect(await directory.find({ by: 'username', value: 'O"Neil' }, inTime())).toMatchObject([{ key }])
  })

  it('finds nobody at a service that gives more people than were asked for', async () => {
    server.instead = (request, response) => {
      if (request.url?.includes('filter=') !== true) return false
      const Resources = [{ id: key, userName: 'o"neil' }]
      response.end(JSON.stringify({ schemas: ['list'], totalResults: 1, Resources }))
      return true
    }

    expect(await directory.find({ by: 'username', value: 'somebody else' }, inTime())).toEqual([])
  })

  it('leads by no key to another address', async () => {
    for (const other of [
      '..',
      '.',
      '../Groups/administrators',
      'x/../../ServiceProviderConfig',
      `${key}?x=1`,
      `${key}#`,
    ]) {
      expect(await directory.read(other, inTime())).toBeNull()
      expect(await directory.setPassword(other, new Secret('of somebody else'), inTime())).toMatchObject({
        ok: false,
      })
    }
    expect(
      server.heard.filter((line) => !/ \/scim\/v2\/(Users\/[^/?#]+|ServiceProviderConfig)$/.test(line)),
    ).toEqual([])
  })

  it.each([
    ['attributes.username', 'userName eq "x" or userName'],
    ['attributes.mails.0', 'emails[type eq "work" or value pr]'],
    ['attributes.upn', 'a"b'],
    ['attributes.locked.path', 'locked, password'],
    ['federated.0.path', '../password'],
  ])('is no name of the configuration either: %s is a path or nothing', async (path, text) => {
    const changed = structuredClone(await scimEntry(server)) as Record<string, unknown>
    const parts = path.split('.')
    const last = parts.pop() ?? ''
    Reflect.set(
      Object(parts.reduce<unknown>((at, part) => Reflect.get(Object(at), part), changed)),
      last,
      text,
    )

    const other = anAttackedRekey({ env: scimEnv, tenant: { directories: [changed] } })

    await expect(other).rejects.toThrow(/must be the path of an attribute/)
  })
})

describe('[231] a service that sends us elsewhere', () => {
  it('is not followed, by a redirect or by an address in an answer', async () => {
    const elsewhere = createServer((_, response) => response.end('{}'))
    let visits = 0
    elsewhere.on('connection', () => {
      visits += 1
    })
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/latest/meta-data`
    const ask = {
      find: () => directory.find({ by: 'username', value: 'ada' }, inTime()),
      read: () => directory.read(key, inTime()),
      write: () => directory.setPassword(key, new Secret('a password for elsewhere'), inTime()),
      verify: () => directory.verifyPassword(key, new Secret(oldPassword), inTime()),
      check: () => directory.check(inTime()),
    }

    for (const status of [301, 302, 303, 307, 308]) {
      server.instead = (_, response) => {
        response.writeHead(status, { location: url }).end()
        return true
      }
      for (const work of Object.values(ask)) {
        await expect(work()).rejects.toMatchObject({ code: 'directory-misconfigured' })
      }
    }
    server.instead = (request, response) => {
      const id = /\/Groups\/(\w+)/.exec(request.url ?? '')?.[1]
      if (id === undefined) return false
      const members = [{ value: 'inner', type: 'Group', $ref: url }]
      response.end(
        JSON.stringify({
          schemas: [],
          id,
          members: id === 'inner' ? [{ value: key, type: 'User' }] : members,
          meta: { location: url },
        }),
      )
      return true
    }
    expect(await directory.read(key, inTime())).toMatchObject({ privileged: true })

    expect(visits).toBe(0)
    elsewhere.close()
  })
})

describe('[232] an answer without end', () => {
  it('is read up to a bound, and no further', async () => {
    let sent = 0
    server.instead = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/scim+json' })
      const piece = Buffer.alloc(1024 * 1024, ' ')
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += 1
      }
      response.on('drain', more)
      more()
      return true
    }

    for (const work of [() => directory.read(key, inTime()), () => directory.check(inTime())]) {
      await expect(work()).rejects.toMatchObject({
        code: 'directory-answer-unusable',
        message: expect.stringContaining('longer than'),
      })
    }

    expect(sent).toBeLessThan(100)
  })
})

describe('[233] a service that repeats what it was sent', () => {
  const secret = 'seven otters borrow umbrellas'

  it('gets none of it into a log, a fault or an answer', async () => {
    const { token } = await rekey.mailed('o"neil', address)
    const { json } = await rekey.post('/v1/links', { token })
    const flow = json as { id: string; secret: string }
    server.instead = (request, response) => {
      if (request.method !== 'PATCH') return false
      const detail = `no: ${secret}, ${request.headers.authorization ?? ''}, o"neil`
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
      response.writeHead(400, { 'content-type': 'application/scim+json', 'x-echo': scimToken })
      response.end(JSON.stringify({ schemas, detail, scimType: detail, status: detail }))
      return true
    }

    const refused = await rekey.post(`/v1/recoveries/${flow.id}/password`, { password: secret }, flow.secret)
    const faults: unknown[] = []
    for (const work of [
      () => directory.setPassword(key, new Secret(secret), inTime()),
      () => directory.unlock(key, inTime()),
    ]) {
      faults.push(await work().catch((error: unknown) => error))
    }

    expect(refused.status).toBe(503)
    const shown: string[] = [refused.text, rekey.log()]
    for (const fault of faults) {
      for (let error = fault; error instanceof Error; error = error.cause)
        shown.push(String(error), error.stack ?? '', JSON.stringify(error))
    }
    expect(rekey.log()).toContain('does not say why')
    for (const text of shown) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(scimToken)
      expect(text).not.toContain('o"neil')
      expect(text).not.toContain(key)
    }
  })
})
