import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { openDirectory } from '../../src/adapters/connectors/open.ts'
import { isFault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Warning } from '../support/connector-outside.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { ldapConfigFor, openLdapDirectory } from './directory-ldap.ts'

let server: OpenLdap
let stranger: OpenLdap
beforeAll(async () => {
  ;[server, stranger] = await Promise.all([startOpenLdap(), startOpenLdap()])
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stranger[Symbol.asyncDispose]()
})

const inTime = () => AbortSignal.timeout(10_000)
const endpoint = (url: string) => new URL(url.replace('ldap', 'http')).host

/** What an operator gets to read when the directory is asked with these mistakes in its configuration. */
async function faultWith(changes: Partial<LdapConfig>, signal = inTime()) {
  const directory = openLdapDirectory(ldapConfigFor(server, changes))
  const error: unknown = await directory.check(signal).catch((reason: unknown) => reason)
  await directory.close()
  if (!isFault(error)) throw new Error(`no fault but ${String(error)}`)
  return { code: error.code, detail: error.detail ?? '' }
}

/** A server that takes connections and says nothing. */
async function aSilentServer() {
  const sockets: Socket[] = []
  const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  return {
    host: `127.0.0.1:${String((silent.address() as { port: number }).port)}`,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    },
  }
}

describe('many who are looked for at once in a slow directory', () => {
  const crowd = 30
  /** One connection, a second's patience, and answers that take their time. */
  async function aSlowDirectory() {
    const proxy = await startTcpProxy({ port: Number(new URL(server.ldapsUrl).port) })
    const urls = [`ldaps://127.0.0.1:${String(proxy.port)}`]
    const directory = openLdapDirectory(ldapConfigFor(server, { urls, connections: 1, readSeconds: 1 }))
    const find = (signal: AbortSignal) => directory.find({ by: 'username', value: 'nobody' }, signal)
    await find(inTime())
    proxy.delay = (direction) => (direction === 'to-client' ? 60 : 0)
    return {
      find,
      async [Symbol.asyncDispose]() {
        await directory.close()
        await proxy[Symbol.asyncDispose]()
      },
    }
  }

  it('are all found in the end, though together they take longer than the patience with one answer', async () => {
    await using directory = await aSlowDirectory()

    const found = await Promise.all(Array.from({ length: crowd }, () => directory.find(inTime())))

    expect(found).toEqual(Array.from({ length: crowd }, () => []))
  })

  it('cost nobody more time than they have', async () => {
    await using directory = await aSlowDirectory()
    const others = Array.from({ length: crowd }, () => directory.find(inTime()))

    const error: unknown = await directory.find(AbortSignal.timeout(100)).catch((reason: unknown) => reason)

    expect(error).toMatchObject({
      code: 'directory-unreachable',
      detail: expect.stringContaining('too many others') as string,
    })
    await Promise.all(others)
  })
})

describe('a fault of a directory says which server it was and what to look at', () => {
  it('when the bind password is wrong', async () => {
    const { code, detail } = await faultWith({ bindPassword: new Secret('canary-4711') })

    expect(code).toBe('directory-misconfigured')
    expect(detail).toContain(`${endpoint(server.ldapsUrl)}: bind refused (49 invalidCredentials)`)
    expect(detail).toContain(`"${server.bindDn}"`)
    expect(detail).toContain('check bindDn and bindPassword')
    expect(detail).not.toContain('canary-4711')
  })

  it.each(['ldapsUrl', 'url'] as const)('when the authority is another one (%s)', async (way) => {
    const { code, detail } = await faultWith({ urls: [server[way]], caFile: stranger.caFile })

    expect(code).toBe('directory-misconfigured')
    expect(detail).toMatch(/^127\.0\.0\.1:\d+: the certificate is not trusted: .*caFile.*\([A-Z_]+\)$/)
  })

  it.each(['ldapsUrl', 'url'] as const)('when the host name does not match (%s)', async (way) => {
    const { code, detail } = await faultWith({ urls: [server[way]], serverName: 'ldap.wrong.test' })

    expect(code).toBe('directory-misconfigured')
    expect(detail).toContain(`${endpoint(server[way])}: the certificate is for `)
    expect(detail).toContain('DNS:localhost')
    expect(detail).toContain('not for "ldap.wrong.test"')
  })

  it('when the base DN does not exist', async () => {
    const { code, detail } = await faultWith({ baseDn: 'ou=nowhere,dc=example,dc=test' })

    expect(code).toBe('directory-misconfigured')
    expect(detail).toContain(`${endpoint(server.ldapsUrl)}: base DN "ou=nowhere,dc=example,dc=test"`)
    expect(detail).toContain('does not exist')
    expect(detail).toContain('(32 noSuchObject)')
  })

  it('when nothing listens', async () => {
    const { code, detail } = await faultWith({ urls: ['ldaps://127.0.0.1:9'] })

    expect(code).toBe('directory-unreachable')
    expect(detail).toMatch(/^127\.0\.0\.1:9: connection refused.*\(ECONNREFUSED\)$/)
  })

  it('when the host name does not exist', async () => {
    const { code, detail } = await faultWith({ urls: ['ldaps://nowhere.invalid'] })

    expect(code).toBe('directory-unreachable')
    expect(detail).toMatch(/^nowhere\.invalid:636: .*host name.*\((ENOTFOUND|EAI_AGAIN)\)$/)
  })

  it('when the server does not answer, and after how long', async () => {
    using silent = await aSilentServer()
    const { code, detail } = await faultWith({ urls: [`ldaps://${silent.host}`], connectSeconds: 1 })
    const cutOff = await faultWith({ urls: [`ldap://${silent.host}`] }, AbortSignal.timeout(200))

    expect({ code, detail }).toEqual({
      code: 'directory-unreachable',
      detail: `${silent.host}: no answer within 1 s`,
    })
    expect(cutOff.detail).toBe(`${silent.host}: no answer before the deadline`)
  })

  it('when ldaps:// names a port without TLS', async () => {
    const { detail } = await faultWith({ urls: [server.url.replace('ldap:', 'ldaps:')] })

    expect(detail).toMatch(/^127\.0\.0\.1:\d+: .*does this port speak/)
  })

  it('of every server that was asked', async () => {
    const { code, detail } = await faultWith({
      urls: ['ldaps://127.0.0.1:9', server.ldapsUrl],
      serverName: 'ldap.wrong.test',
    })

    expect(code).toBe('directory-misconfigured')
    expect(detail).toMatch(/^127\.0\.0\.1:9: connection refused.*; 127\.0\.0\.1:\d+: the certificate is for /)
  })
})

describe('a directory that the service has opened', () => {
  const open = (changes: Partial<LdapConfig>) => {
    const warnings: Warning[] = []
    const entry = { name: 'people', kind: 'ldap' as const, ...ldapConfigFor(server, changes) }
    const directory = openDirectory(entry, {
      ...systemOutside,
      tenant: 'example',
      database: null as unknown as Kysely<unknown>,
      warn: (message, facts) => void warnings.push({ message, facts }),
    })
    return { directory, warnings }
  }

  it('logs each fault once, with operation, code and reason, whoever lets it go', async () => {
    const { directory, warnings } = open({ urls: ['ldaps://127.0.0.1:9'] })
    const password = new Secret('canary-4711')

    await directory.find({ by: 'username', value: 'canary-ada' }, inTime()).catch(() => {})
    await directory.read('canary-key', inTime()).catch(() => {})
    await directory
      .list(inTime())
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {})
    await directory.setPassword('canary-key', password, inTime()).catch(() => {})
    await directory.verifyPassword('canary-key', password, inTime()).catch(() => {})
    await directory.check(inTime()).catch(() => {})
    await directory.close()

    const because = expect.stringContaining('127.0.0.1:9: connection refused')
    expect(warnings).toEqual(
      ['find', 'read', 'list', 'set-password', 'verify-password'].map((operation) => ({
        message: 'directory failed',
        facts: { operation, code: 'directory-unreachable', because },
      })),
    )
    expect(JSON.stringify(warnings)).not.toContain('canary')
  })

  it('names itself in the fault, for those who log it elsewhere', async () => {
    const { directory } = open({ urls: ['ldaps://127.0.0.1:9'] })

    await expect(directory.read('key', inTime())).rejects.toMatchObject({
      code: 'directory-unreachable',
      detail: expect.stringMatching(/^directory "people": 127\.0\.0\.1:9: connection refused/),
    })
    await directory.close()
  })

  it('names no person when the service account may not write', async () => {
    await server.addPeople([{ uid: 'canary-ada', password: 'first password of ada' }])
    const key = await server.entryUuid('canary-ada')
    const { bindDn, bindPassword } = server.reader
    const account = { bindDn, bindPassword: new Secret(bindPassword), privileged: [] }
    const { directory, warnings } = open(account)

    const write = directory.setPassword(key, new Secret('another long password 1'), inTime())

    await expect(write).rejects.toMatchObject({ code: 'directory-rights-missing' })
    await directory.close()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.facts['because']).toContain('may not write passwords')
    expect(JSON.stringify(warnings)).not.toContain('canary-ada')
    expect(JSON.stringify(warnings)).not.toContain(key)
  })
})
