import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { writePassword } from '../../src/adapters/connectors/ldap/password-write.ts'
import { targetsOf } from '../../src/adapters/connectors/ldap/targets.ts'
import { makeOpenAsService } from '../../src/adapters/connectors/ldap-wire/service-account.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Warning } from '../support/connector-outside.ts'
import { baseDn, groupDn } from '../support/ldap-people.ts'
import { type OpenLdap, type Person, startOpenLdap, startOpenLdapPair } from '../support/openldap.ts'
import { crowd } from './directory-harness.ts'
import { ldapConfigFor, openLdapDirectory, pairConfigFor } from './directory-ldap.ts'
import { type Relay, startRelay } from './directory-relay.ts'

const sources = join(import.meta.dirname, '../../src')

const inTime = () => AbortSignal.timeout(20_000)
const soon = () => AbortSignal.timeout(700)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'

let server: OpenLdap
let counter = 0
beforeAll(async () => {
  server = await startOpenLdap({ certificateNames: ['localhost', 'ldap.example.test'] })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A connector of the test's own, closed at the end of the block. */
function connector(changes: Partial<LdapConfig> = {}, options: Parameters<typeof openLdapDirectory>[1] = {}) {
  const directory = openLdapDirectory(ldapConfigFor(server, changes), options)
  return Object.assign(directory, { [Symbol.asyncDispose]: () => directory.close() })
}

async function somebody(facts: Partial<Person> = {}) {
  counter += 1
  const uid = facts.uid ?? `someone${String(counter)}`
  await server.addPeople([{ password: first, ...facts, uid }])
  return { uid, key: await server.entryUuid(uid), dn: server.dn(uid) }
}

const verify = (directory: ReturnType<typeof connector>, key: string, password: string) =>
  directory.verifyPassword(key, new Secret(password), inTime())
const set = (directory: ReturnType<typeof connector>, key: string, password: string) =>
  directory.setPassword(key, new Secret(password), inTime())

/** What slapd was asked since `mark`. It prints when it gets to it, so whoever counts waits for a later line. */
async function logSince(mark: number): Promise<string> {
  counter += 1
  const last = `marker${String(counter)}`
  await server.canBind(last, 'x')
  await expect.poll(() => server.log(), { timeout: 10_000 }).toContain(`uid=${last},`)
  return server.log().slice(mark)
}
const count = (text: string, part: string) => text.split(part).length - 1

describe('TLS', () => {
  const tlsPort = () => new URL(server.ldapsUrl).port
  const plainPort = () => new URL(server.url).port

  it('carries everything over ldaps and over StartTLS, for an address and for a name', async () => {
    const person = await somebody()
    const ways: Partial<LdapConfig>[] = [
      { urls: [server.ldapsUrl] },
      { urls: [`ldaps://localhost:${tlsPort()}`] },
      { urls: [server.url] },
      { urls: [`ldap://localhost:${plainPort()}`] },
      { urls: [server.url], serverName: 'ldap.example.test' },
    ]

    for (const way of ways) {
      await using directory = connector(way)
      const mark = server.log().length
      expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })
      expect(await verify(directory, person.key, first)).toEqual({ ok: true, mustChange: false })
      expect(count(await logSince(mark), 'TLS established')).toBe(2)
    }
  })

  it('refuses a server of another authority, another name, or an authority it was not given', async () => {
    await using other = await startOpenLdap()
    const ways: Partial<LdapConfig>[] = [
      { urls: [server.ldapsUrl], caFile: other.caFile },
      { urls: [server.url], caFile: other.caFile },
      { urls: [server.ldapsUrl], serverName: 'evil.example.test' },
      { urls: [server.url], serverName: 'evil.example.test' },
    ]

    for (const way of ways) {
      await using directory = connector(way)
      const mark = server.log().length
      await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
      expect(await logSince(mark)).not.toContain(`BIND dn="${server.bindDn}"`)
    }
    const { caFile: _, ...config } = ldapConfigFor(server)
    const directory = openLdapDirectory(config)
    await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
  })

  it('stays on when the environment turns verification off', async () => {
    await using other = await startOpenLdap()
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      for (const urls of [[server.ldapsUrl], [server.url]]) {
        await using directory = connector({ urls, caFile: other.caFile })
        await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
      }
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
  })

  it('is left out for a loopback address alone, and only when asked for', async () => {
    const person = await somebody()
    await using directory = connector({ urls: [server.url], insecureLoopback: true })
    expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })

    for (const url of [
      'ldap://192.0.2.1',
      'ldap://ldap.example.test',
      'ldap://127.0.0.1.example.test',
      server.ldapsUrl,
    ]) {
      expect(() => connector({ urls: [url], insecureLoopback: true })).toThrow(/insecureLoopback/)
    }
  })

  it('is no TLS without authorities to trust', async () => {
    const empty = `${server.caFile}.empty`
    await writeFile(empty, '')

    expect(() => connector({ caFile: empty })).toThrow(/no PEM certificate/)
    expect(() => connector({ caFile: `${server.caFile}.missing` })).toThrow(/can't be read/)
  })

  const startTlsAnswer = (code: number) => Buffer.from([0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, code, 4, 0, 4, 0])
  it.each([
    ['refuses StartTLS', startTlsAnswer(52)],
    ['answers StartTLS with something else', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    // A bind response for the message number that comes next, put there by somebody on the way.
    [
      'puts clear text behind the answer to StartTLS',
      Buffer.concat([startTlsAnswer(0), Buffer.from([0x30, 12, 2, 1, 2, 0x61, 7, 10, 1, 0, 4, 0, 4, 0])]),
    ],
    [
      'begins a message in clear text',
      Buffer.concat([startTlsAnswer(0), Buffer.from([0x30, 0x60, 2, 1, 2])]),
    ],
  ])('gives nothing away to a server that %s', async (_, answer) => {
    const heard: Buffer[] = []
    const impostor = createServer((socket: Socket) => {
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        if (heard.length === 0) socket.write(answer)
        heard.push(chunk)
      })
    }).listen(0, '127.0.0.1')
    await once(impostor, 'listening')
    const { port } = impostor.address() as { port: number }
    await using directory = connector({ urls: [`ldap://127.0.0.1:${String(port)}`] })

    await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })

    impostor.close()
    expect(heard).toHaveLength(1)
    expect(Buffer.concat(heard).includes(server.bindPassword)).toBe(false)
  })
})

describe('several servers', () => {
  const dead = 'ldaps://127.0.0.1:1'

  it('are tried in turn until one answers', async () => {
    const person = await somebody()
    await using directory = connector({ urls: [dead, server.ldapsUrl], providers: 2 })

    expect(await directory.find({ by: 'username', value: person.uid }, inTime())).toHaveLength(1)
    expect(await set(directory, person.key, second)).toEqual({ ok: true })
    expect(await verify(directory, person.key, second)).toEqual({ ok: true, mustChange: false })
  })

  it('are tried in turn when the first one has stopped in its tracks', async () => {
    const person = await somebody()
    await using frozen = await startOpenLdap()
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(frozen.ldapsUrl).port) })
    await frozen.pause()
    await using directory = connector({
      urls: [`ldaps://127.0.0.1:${String(relay.port)}`, server.ldapsUrl],
      connectSeconds: 1,
    })

    expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })
    expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })

    // The second time it was not even tried.
    expect(relay.accepted()).toBe(1)
    await relay[Symbol.asyncDispose]()
  })

  it('are given another chance after a rest', async () => {
    const person = await somebody()
    let now = new Date('2026-01-01T00:00:00Z')
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.ldapsUrl).port) })
    await using directory = connector(
      { urls: [`ldaps://127.0.0.1:${String(relay.port)}`, server.ldapsUrl] },
      { now: () => now },
    )
    await relay.cut()
    await directory.read(person.key, inTime())
    await relay.mend()
    await directory.read(person.key, inTime())
    expect(relay.accepted()).toBe(0)

    // Ten seconds, and half as much again for jitter.
    now = new Date('2026-01-01T00:00:15Z')
    await directory.read(person.key, inTime())

    expect(relay.accepted()).toBe(1)
    await relay[Symbol.asyncDispose]()
  })

  it.each<[string, Partial<LdapConfig>, string]>([
    [
      'a group that is not there',
      { privileged: [{ group: `cn=nope,${baseDn}`, memberAttribute: 'member' }] },
      'privileged: nobody can say who is in the group "cn=nope,',
    ],
    [
      'an attribute of a group that does not list people',
      { secondFactor: [{ group: groupDn, memberAttribute: 'memberUid' }] },
      'secondFactor: nobody can say who is in the group',
    ],
    [
      'an attribute that no schema has, in a condition',
      { federated: [{ attribute: 'passwordElswhere' }] },
      'federated: the schema has no attribute "passwordElswhere"',
    ],
  ])('say what the configuration names and they do not have: %s', async (_, over, says) => {
    await using directory = connector(over)

    const fault: unknown = await directory.check(inTime()).catch((error: unknown) => error)

    expect(fault).toMatchObject({ code: 'directory-misconfigured' })
    expect(String(fault)).toContain(says)
  })

  it('say so of an attribute with addresses, which would leave nobody a way back', async () => {
    const { attributes } = ldapConfigFor(server)
    await using directory = connector({
      attributes: { ...attributes, recoveryAddresses: ['recoveryAdress'] },
    })

    const fault: unknown = await directory.check(inTime()).catch((error: unknown) => error)

    expect(String(fault)).toContain(
      'attributes.recoveryAddresses: the schema has no attribute "recoveryAdress"',
    )
  })

  it('are all named when none answers', async () => {
    await using directory = connector({ urls: [dead, 'ldaps://127.0.0.1:2'] })

    const fault: unknown = await directory.check(inTime()).catch((error: unknown) => error)

    expect(fault).toMatchObject({ code: 'directory-unreachable' })
    expect(String(fault)).toContain('127.0.0.1:1')
    expect(String(fault)).toContain('127.0.0.1:2')
  })

  it.each(['passmod', 'replace'] as const)('never get the same write twice (%s)', async (passwordWrite) => {
    const port = Number(new URL(server.url).port)
    const relays = [
      await startRelay({ host: '127.0.0.1', port }),
      await startRelay({ host: '127.0.0.1', port }),
    ] as const
    for (const mishap of ['request lost', 'answer lost', 'reset'] as const) {
      const person = await somebody()
      await using directory = connector({
        urls: relays.map((relay) => `ldap://127.0.0.1:${String(relay.port)}`),
        providers: 2,
        insecureLoopback: true,
        passwordWrite,
      })
      await directory.read(person.key, inTime())
      const mark = server.log().length
      const before = relays[1].accepted()

      const pattern = passwordWrite === 'passmod' ? '1.3.6.1.4.1.4203.1.11.1' : 'userPassword'
      const happened = relays[0].onRequest(pattern, mishap)
      const deadline = new AbortController()
      const write = directory.setPassword(person.key, new Secret(second), deadline.signal)
      void happened.then(() => deadline.abort())

      await expect(write).rejects.toMatchObject({ code: 'directory-outcome-unknown' })
      const writes = count(
        await logSince(mark),
        passwordWrite === 'passmod' ? ' PASSMOD ' : 'MOD attr=userPassword',
      )
      expect(writes).toBeLessThanOrEqual(mishap === 'request lost' ? 0 : 1)
      expect(relays[1].accepted()).toBe(before)
    }
    for (const relay of relays) await relay[Symbol.asyncDispose]()
  })

  it.each(['answer lost', 'reset'] as const)('never get the same bind twice (%s)', async (mishap) => {
    const person = await somebody()
    const target = { host: '127.0.0.1', port: Number(new URL(server.url).port) }
    await using relay = await startRelay(target)
    await using directory = connector({
      urls: [`ldap://127.0.0.1:${String(relay.port)}`, server.url.replace('127.0.0.1', 'localhost')],
      insecureLoopback: true,
    })
    const mark = server.log().length

    // A wrong password that is sent twice counts twice towards the lockout.
    void relay.onRequest('a wrong password', mishap)
    const deadline = AbortSignal.timeout(1500)
    const verdict = directory.verifyPassword(person.key, new Secret('a wrong password'), deadline)

    await expect(verdict).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect(count(await logSince(mark), `BIND dn="${person.dn}" method=128`)).toBe(1)
  })

  it('are reached again after a restart that cut idle connections', async () => {
    await using own = await startOpenLdap()
    await own.addPeople([{ uid: 'ada', password: first }])
    const key = await own.entryUuid('ada')
    const directory = openLdapDirectory(ldapConfigFor(own))
    await Promise.all([directory.read(key, inTime()), directory.read(key, inTime())])

    await own.restart()

    expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })
    await directory.close()
  })

  it('are asked again when an idle connection turns out to be dead', async () => {
    const person = await somebody()
    await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    await using directory = connector({
      urls: [`ldap://127.0.0.1:${String(relay.port)}`],
      insecureLoopback: true,
    })
    await directory.read(person.key, inTime())

    void relay.onRequest(person.key, 'reset')

    expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })
    expect(relay.accepted()).toBe(2)
  })

  it('are unreachable while slapd is stopped, and a frozen one leaves no answer', async () => {
    await using own = await startOpenLdap()
    await own.addPeople([{ uid: 'ada', password: first }])
    const key = await own.entryUuid('ada')
    const directory = openLdapDirectory(ldapConfigFor(own))
    await directory.read(key, inTime())

    await own.pause()
    await expect(directory.read(key, soon())).rejects.toMatchObject({ code: 'directory-unreachable' })
    own.resume()
    expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })
    await own.kill()
    await expect(directory.read(key, inTime())).rejects.toMatchObject({ code: 'directory-unreachable' })
    await directory.close()
  })

  it('see no more connections than configured', async () => {
    const person = await somebody()
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.ldapsUrl).port) })
    await using directory = connector({ urls: [`ldaps://127.0.0.1:${String(relay.port)}`], connections: 2 })

    await Promise.all(Array.from({ length: 20 }, () => directory.read(person.key, inTime())))

    expect(relay.accepted()).toBeLessThanOrEqual(2)
    await relay[Symbol.asyncDispose]()
  })
})

describe('a replica behind the provider', () => {
  /** The replica follows over a relay: cut, it lags. */
  async function aPair(changes: Partial<LdapConfig> = {}, options: { now?: () => Date } = {}) {
    let relay: Relay | undefined
    const pair = await startOpenLdapPair(async (url) => {
      relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(url).port) })
      return `ldap://127.0.0.1:${String(relay.port)}`
    })
    await pair.provider.addPeople([{ uid: 'ada', password: first }])
    await pair.inStep()
    const directory = openLdapDirectory(pairConfigFor(pair, changes), options)
    if (relay === undefined) throw new Error('no relay')
    return {
      ...pair,
      link: relay,
      directory,
      key: await pair.provider.entryUuid('ada'),
      async [Symbol.asyncDispose]() {
        await directory.close()
        await pair[Symbol.asyncDispose]()
        await relay?.[Symbol.asyncDispose]()
      },
    }
  }
  const bindsOf = (log: string) => count(log, 'BIND dn="uid=ada,ou=people,dc=example,dc=test" method=128')

  it('answers for it while it is down, takes no write, and stands back when it has returned', async () => {
    // Zero, so that nothing but who answered last decides who is asked next.
    await using pair = await aPair({ replicationSeconds: 0 })
    const { directory, provider, replica, key } = pair

    await provider.stop()
    expect(await directory.find({ by: 'username', value: 'ada' }, inTime())).toMatchObject([{ key }])
    expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })
    expect(await directory.verifyPassword(key, new Secret(first), inTime())).toMatchObject({ ok: true })
    await expect(directory.setPassword(key, new Secret(second), inTime())).rejects.toMatchObject({
      code: 'directory-unreachable',
    })
    expect(replica.log()).not.toMatch(/PASSMOD|MOD dn="uid=ada/)
    await provider.restart()
    const [provedAtReplica, provedAtProvider] = [bindsOf(replica.log()), bindsOf(provider.log())]

    // At once, although what failed is asked last for a while.
    expect(await directory.setPassword(key, new Secret(second), inTime())).toEqual({ ok: true })
    expect(await directory.verifyPassword(key, new Secret(second), inTime())).toMatchObject({ ok: true })

    await expect.poll(() => bindsOf(provider.log()), { timeout: 10_000 }).toBe(provedAtProvider + 1)
    expect(bindsOf(replica.log())).toBe(provedAtReplica)
    await expect.poll(() => replica.canBind('ada', second), { timeout: 10_000 }).toBe(true)
  })

  const passwords = { current: new Secret(first), next: new Secret(second) }
  it.each<[string, (directory: Directory, key: string) => Promise<unknown>]>([
    ['set', (directory, key) => directory.setPassword(key, new Secret(second), inTime())],
    ['changed', (directory, key) => directory.changePassword(key, passwords, inTime())],
    ['unlocked', (directory, key) => directory.unlock(key, inTime())],
    ['marked', (directory, key) => directory.requireChange(key, inTime())],
  ])('is not asked about any password while it may not know that one was %s', async (_, write) => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using pair = await aPair({}, { now: () => now })
    const { directory, provider, replica, key } = pair
    await pair.link.cut()
    expect(await write(directory, key)).toMatchObject({ ok: true })
    await provider.stop()

    // Somebody unknown is asked about the same way, or the difference would tell.
    for (const asked of [key, '00000000-0000-0000-0000-000000000000']) {
      for (const password of [first, second]) {
        const verdict = directory.verifyPassword(asked, new Secret(password), inTime())
        await expect(verdict).rejects.toMatchObject({ code: 'directory-unreachable' })
      }
    }
    expect(bindsOf(replica.log())).toBe(0)
    expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })
    now = new Date('2026-01-01T00:00:06Z')

    // What is left when a replica lags longer than the configuration says.
    expect(await directory.verifyPassword(key, new Secret(first), inTime())).toMatchObject({ ok: true })
  })

  it('that still calls somebody eligible does not decide about a new password', async () => {
    await using pair = await aPair({ replicationSeconds: 0 })
    const { directory, provider, key } = pair
    await pair.link.cut()
    await provider.addToGroup('ada')
    await provider.stop()
    expect(await directory.read(key, inTime())).toMatchObject({ privileged: false })
    await provider.restart()

    const written = await directory.setPassword(key, new Secret(second), inTime())

    expect(written).toEqual({ ok: false, because: 'account-unavailable' })
    expect(await provider.canBind('ada', first)).toBe(true)
  })

  it.each<[string, (directory: Directory, key: string, signal: AbortSignal) => Promise<unknown>]>([
    ['set', (directory, key, signal) => directory.setPassword(key, new Secret(second), signal)],
    ['changed', (directory, key, signal) => directory.changePassword(key, passwords, signal)],
  ])('is not asked while one is being %s, nor after, however long the answer took', async (_, write) => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using pair = await aPair()
    const { replica, key } = pair
    await pair.link.cut()
    await using way = await startRelay({ host: '127.0.0.1', port: Number(new URL(pair.provider.url).port) })
    const urls = [`ldap://127.0.0.1:${String(way.port)}`, replica.url]
    const config = pairConfigFor(pair, { urls, insecureLoopback: true, connectSeconds: 1, readSeconds: 1 })
    const directory = openLdapDirectory(config, { now: () => now })

    const deadline = new AbortController()
    const happened = way.onRequest('1.3.6.1.4.1.4203.1.11.1', 'answer lost')
    const written = expect(write(directory, key, deadline.signal)).rejects.toMatchObject({
      code: 'directory-outcome-unknown',
    })
    await happened
    way.freeze()
    const during = directory.verifyPassword(key, new Secret(first), inTime())
    await expect(during).rejects.toMatchObject({ code: 'directory-unreachable' })
    now = new Date('2026-01-01T00:00:10Z')
    deadline.abort()
    await written
    await way.cut()
    const probe = directory.verifyPassword(key, new Secret(second), inTime())

    await expect(probe).rejects.toMatchObject({ code: 'directory-unreachable' })
    await directory.close()
    expect(bindsOf(replica.log())).toBe(0)
  })

  it.each(['passmod', 'replace'] as const)(
    'that is named for a provider is told apart, and its referral is not followed (%s)',
    async (passwordWrite) => {
      await using pair = await aPair()
      const urls = [pair.replica.ldapsUrl]
      const directory = openLdapDirectory(pairConfigFor(pair, { urls, passwordWrite }))

      await expect(directory.setPassword(pair.key, new Secret(second), inTime())).rejects.toMatchObject({
        code: 'directory-misconfigured',
        detail: expect.stringMatching(/takes no writes.*\(10 referral\)/),
      })

      await directory.close()
      expect(await pair.provider.canBind('ada', first)).toBe(true)
      expect(pair.provider.log()).not.toMatch(/PASSMOD|MOD attr=userPassword/)
    },
  )
})

describe('a list of everybody', () => {
  it('fails when the server ends it before the last page, and says what to raise', async () => {
    await using own = await startOpenLdap()
    await own.addCrowd(crowd(501))
    const directory = openLdapDirectory(ldapConfigFor(own, { ...withSecret(own.reader), privileged: [] }))

    const listing = (async () => {
      for await (const page of directory.list(inTime())) expect(page.length).toBeGreaterThan(0)
    })()

    await expect(listing).rejects.toMatchObject({
      code: 'directory-misconfigured',
      detail: expect.stringMatching(/raise its limits.*\(4 sizeLimitExceeded\)/),
    })
    await directory.close()
  })

  it('is not begun again at another server once somebody has seen a page', async () => {
    await using own = await startOpenLdap()
    await own.addCrowd(crowd(250))
    await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(own.ldapsUrl).port) })
    const urls = [`ldaps://127.0.0.1:${String(relay.port)}`, own.ldapsUrl]
    const directory = openLdapDirectory(ldapConfigFor(own, { urls }))
    const names: string[] = []

    const listing = (async () => {
      for await (const page of directory.list(inTime())) {
        names.push(...page.map(({ username }) => username))
        await relay.cut()
      }
    })()

    await expect(listing).rejects.toMatchObject({ code: 'directory-unreachable' })
    await directory.close()
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeLessThan(250)
  })

  it('has a deadline for each page, and none for what is done with it', async () => {
    await using own = await startOpenLdap()
    await own.addCrowd(crowd(250))
    const directory = openLdapDirectory(ldapConfigFor(own, { readSeconds: 1 }))
    let listed = 0

    for await (const page of directory.list(inTime())) {
      listed += page.length
      await sleep(1200)
    }

    await directory.close()
    expect(listed).toBe(250)
  })

  it('tells membership in groups of each', async () => {
    const [member, other] = [await somebody(), await somebody()]
    await server.addToGroup(member.uid)
    await using directory = connector()

    const privileged = new Map<string, boolean>()
    for await (const page of directory.list(inTime())) {
      for (const entry of page) privileged.set(entry.key, entry.privileged)
    }

    expect([privileged.get(member.key), privileged.get(other.key)]).toEqual([true, false])
  })

  it('says when a part of it lies on another server', async () => {
    await using own = await startOpenLdap()
    await own.addPeople([{ uid: 'ada', password: first }])
    await own.addReferral('cn=elsewhere', 'ldap://elsewhere.example.test/ou=people,dc=example,dc=test')
    const warnings: Warning[] = []
    const directory = openLdapDirectory(ldapConfigFor(own), { warnings })

    const names: string[] = []
    for await (const page of directory.list(inTime())) names.push(...page.map(({ username }) => username))

    await directory.close()
    expect(names).toEqual(['ada'])
    expect(warnings.map(({ message }) => message)).toEqual([
      'a part of the directory lies on another server and is not listed',
    ])
  })
})

describe('the service account', () => {
  it('that may not write passwords is a fault of its own, never a weak password', async () => {
    const person = await somebody()
    for (const passwordWrite of ['passmod', 'replace'] as const) {
      await using directory = connector({ ...withSecret(server.reader), passwordWrite, privileged: [] })

      await expect(set(directory, person.key, second)).rejects.toMatchObject({
        code: 'directory-rights-missing',
      })
    }
    expect(await server.canBind(person.uid, first)).toBe(true)
  })

  it('whose password is wrong is refused once and not tried again at once', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using directory = connector({ bindPassword: new Secret('wrong') }, { now: () => now })
    const mark = server.log().length

    for (let i = 0; i < 5; i++) {
      await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
    }
    expect(count(await logSince(mark), `BIND dn="${server.bindDn}" method=128`)).toBe(1)
    now = new Date('2026-01-01T00:00:11Z')
    await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })

    expect(count(await logSince(mark), `BIND dn="${server.bindDn}" method=128`)).toBe(2)
  })

  it('that is a password administrator leaves no "must change" behind', async () => {
    for (const passwordWrite of ['passmod', 'replace'] as const) {
      const person = await somebody()
      const warnings: Warning[] = []
      await using directory = connector({ ...withSecret(server.administrator), passwordWrite }, { warnings })

      expect(await set(directory, person.key, second)).toEqual({ ok: true })

      expect(await server.attribute(person.uid, 'pwdReset')).toEqual([])
      expect(await verify(directory, person.key, second)).toEqual({ ok: true, mustChange: false })
      expect(warnings).toEqual([])
    }
  })

  it('that may not take "must change" off says so, and the password is written all the same', async () => {
    const person = await somebody()
    const warnings: Warning[] = []
    await using directory = connector(withSecret(server.registrar), { warnings })

    expect(await set(directory, person.key, second)).toEqual({ ok: true })

    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(warnings)).not.toContain(person.uid)
    expect(await verify(directory, person.key, second)).toEqual({ ok: true, mustChange: true })
  })

  it('that does not see the base is told so by a check', async () => {
    for (const baseDn of ['ou=nowhere,dc=example,dc=test', 'dc=elsewhere']) {
      await using directory = connector({ baseDn })
      await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
    }
  })
})

const withSecret = (account: { bindDn: string; bindPassword: string }) => ({
  bindDn: account.bindDn,
  bindPassword: new Secret(account.bindPassword),
})

describe('the password policy of the server', () => {
  it('that asks for patience is a refusal', async () => {
    const person = await somebody({ policy: 'settled' })
    await using directory = connector()

    expect(await set(directory, person.key, second)).toEqual({ ok: false, because: 'password-too-young' })
  })

  it('that wants a new password at the next sign-in is told with a right one', async () => {
    const person = await somebody()
    await server.setAttribute(person.uid, 'pwdReset', ['TRUE'])
    await using directory = connector()

    expect(await verify(directory, person.key, first)).toEqual({ ok: true, mustChange: true })
    expect(await verify(directory, person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
  })

  it('under which a password has expired is told apart from a wrong one', async () => {
    const person = await somebody({ policy: 'shortlived' })
    await using directory = connector()

    await expect
      .poll(() => verify(directory, person.key, first), { timeout: 10_000, interval: 300 })
      .toEqual({ ok: false, because: 'expired' })
    expect(await verify(directory, person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
  })

  it('whose lockout is over by the clock no longer counts as locked', async () => {
    const person = await somebody()
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', ['20260101000000Z'])
    const at = async (time: string, lockoutSeconds: number) => {
      await using directory = connector({ lockoutSeconds }, { now: () => new Date(time) })
      return (await directory.read(person.key, inTime()))?.locked
    }

    expect(await at('2026-01-01T00:09:59Z', 600)).toBe(true)
    expect(await at('2026-01-01T00:10:00Z', 600)).toBe(false)
    expect(await at('2030-01-01T00:00:00Z', 0)).toBe(true)
  })

  it('that ends an account on a day disables it from then on', async () => {
    const person = await somebody()
    await server.setAttribute(person.uid, 'pwdEndTime', ['20260101000000Z'])
    const at = async (time: string) => {
      await using directory = connector({}, { now: () => new Date(time) })
      return (await directory.read(person.key, inTime()))?.disabled
    }

    expect(await at('2025-12-31T23:59:59Z')).toBe(false)
    expect(await at('2026-01-01T00:00:00Z')).toBe(true)
  })
})

describe('what the server is asked', () => {
  it('is one literal assertion, whatever was typed', async () => {
    await using directory = connector({ decoyDn: `cn=decoy,ou=services,${server.baseDn}` })
    await directory.check(inTime())
    await logSince(0)
    for (const value of ['*', '*)(uid=*', ')(|(a=*', '\\00', '\\2a', 'a)(&(b=c']) {
      const mark = server.log().length
      await directory.find({ by: 'username', value }, inTime())
      const asked = [...(await logSince(mark)).matchAll(/SRCH base="[^"]*" .*filter="(.*)"/g)].map(
        ([, text]) => text,
      )
      // slapd prints what it parsed: a character that meant anything would not be escaped here.
      const escaped = value.replace(/[*()\\]/g, (c) => `\\${c.charCodeAt(0).toString(16).toUpperCase()}`)
      expect(asked).toEqual([`(&(objectClass=inetOrgPerson)(uid=${escaped}))`])
    }
  })

  it('is both spellings of a domain outside ASCII', async () => {
    const person = await somebody({ mails: ['ada@xn--mller-kva.test'] })
    await using directory = connector()

    for (const value of ['ada@müller.test', 'Ada@MÜLLER.test', 'ada@xn--mller-kva.test']) {
      expect(await directory.find({ by: 'mail', value }, inTime())).toMatchObject([{ key: person.key }])
    }
  })

  it('is a decoy for somebody who does not exist', async () => {
    await using directory = connector()
    const mark = server.log().length

    expect(await verify(directory, '00000000-0000-0000-0000-000000000000', first)).toEqual({
      ok: false,
      because: 'wrong',
    })

    expect(count(await logSince(mark), 'BIND dn="cn=decoy,ou=services,dc=example,dc=test" method=128')).toBe(
      1,
    )
  })

  it('takes as many questions and entries for somebody unknown as for somebody known', async () => {
    const person = await somebody()
    await using directory = connector({ disabled: [{ group: server.groupDn, memberAttribute: 'member' }] })
    await directory.check(inTime())
    await logSince(0)
    const questions = async (key: string) => {
      const mark = server.log().length
      await verify(directory, key, 'wrong')
      const log = await logSince(mark)
      const asked = [...log.matchAll(/op=\d+ (SRCH base|CMP|BIND dn|MOD|EXT)/g)].map(([, what]) => what)
      const entries = [...log.matchAll(/ nentries=(\d+)/g)].map(([, count]) => Number(count))
      return [...asked, `${entries.reduce((sum, count) => sum + count, 0)} entries`]
    }

    const known = await questions(person.key)

    expect(known).toEqual(expect.arrayContaining(['SRCH base', 'CMP', 'BIND dn', '1 entries']))
    expect(await questions('00000000-0000-0000-0000-000000000000')).toEqual(known)
  })

  it('never concerns entries outside the filter for people', async () => {
    const person = await somebody({ uid: 'robot-arm' })
    await using directory = connector({ userFilter: '(&(objectClass=inetOrgPerson)(!(uid=robot-*)))' })

    expect(await directory.find({ by: 'username', value: 'robot-arm' }, inTime())).toEqual([])
    expect(await directory.read(person.key, inTime())).toBeNull()
    expect(await set(directory, person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
    expect(() => connector({ userFilter: '(&(uid=*)' })).toThrow(/no LDAP filter/)
  })

  it('stays secret in what the LDAP library prints for debugging', async () => {
    for (const passwordWrite of ['passmod', 'replace'] as const) {
      const person = await somebody()
      const { bindPassword: _, ...config } = ldapConfigFor(server, { passwordWrite })
      // The library looks at NODE_DEBUG once, when it is loaded.
      const script = `
        const [config, bindPassword, key] = JSON.parse(process.env.GIVEN)
        const { ldap } = await import('${sources}/adapters/connectors/ldap/index.ts')
        const { Secret } = await import('${sources}/kernel/secret.ts')
        const { systemOutside } = await import('${sources}/kernel/outside.ts')
        const outside = { ...systemOutside, tenant: 'example', name: 'people', warn() {} }
        const directory = ldap.open({ ...config, bindPassword: new Secret(bindPassword) }, outside)
        const signal = AbortSignal.timeout(20_000)
        console.log(await directory.setPassword(key, new Secret('canary-in-the-mine'), signal))
        console.log(await directory.verifyPassword(key, new Secret('canary-in-the-mine'), signal))
        const passwords = { current: new Secret('canary-in-the-mine'), next: new Secret('canary-in-the-cage') }
        console.log(await directory.changePassword(key, passwords, signal))
        await directory.close()`
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', script],
        {
          env: {
            ...process.env,
            NODE_DEBUG: 'ldapts',
            GIVEN: JSON.stringify([config, server.bindPassword, person.key]),
          },
        },
      )

      expect(stdout.match(/ok: true/g)).toHaveLength(3)
      expect(stderr).toContain('Sending message')
      expect(stderr).not.toContain('canary')
      // How JSON shows the octets of "canary".
      expect(stderr).not.toContain('99,97,110,97,114,121')
      expect(stderr).not.toContain(server.bindPassword)
    }
  })

  it('checks the key in the same step as a replaced password, for names change hands', async () => {
    const victim = await somebody()
    const config = ldapConfigFor(server, { passwordWrite: 'replace' })
    const [target] = targetsOf(config)
    if (target === undefined) throw new Error('no target')
    const connection = await makeOpenAsService({ config, outside: systemOutside })(target, inTime())
    const request = { config, dn: victim.dn, password: second }

    const asAnother = await writePassword(
      connection,
      { ...request, key: '00000000-0000-0000-0000-000000000000' },
      inTime(),
    )
    expect(asAnother).toEqual({ ok: false, because: 'account-unavailable' })
    expect(await server.canBind(victim.uid, first)).toBe(true)

    expect(await writePassword(connection, { ...request, key: victim.key }, inTime())).toEqual({ ok: true })
    expect(await server.canBind(victim.uid, second)).toBe(true)
    connection.close()
  })
})

describe('a condition about an entry', () => {
  it('holds for members of a group and not for others', async () => {
    const [member, other] = [await somebody(), await somebody()]
    await server.addToGroup(member.uid)
    await using directory = connector()

    expect(await directory.read(member.key, inTime())).toMatchObject({ privileged: true })
    expect(await directory.read(other.key, inTime())).toMatchObject({ privileged: false })
  })

  it('holds when nobody can tell, and says so', async () => {
    const person = await somebody()
    const undecided: Partial<LdapConfig>[] = [
      { ...withSecret(server.reader) },
      { privileged: [{ group: 'cn=missing,ou=groups,dc=example,dc=test', memberAttribute: 'member' }] },
      { privileged: [{ group: server.groupDn, memberAttribute: 'uniqueMember' }] },
      { privileged: [{ group: 'no dn at all', memberAttribute: 'member' }] },
    ]

    for (const changes of undecided) {
      const warnings: Warning[] = []
      await using directory = connector(changes, { warnings })
      expect(await directory.read(person.key, inTime())).toMatchObject({ privileged: true })
      expect(warnings).toHaveLength(1)
      expect(JSON.stringify(warnings)).not.toContain(person.uid)
    }
  })

  it('disables somebody for sign-in and for resets', async () => {
    const person = await somebody({ displayName: 'Left the company' })
    await using directory = connector({ disabled: [{ attribute: 'cn', values: ['left the company'] }] })

    expect(await directory.read(person.key, inTime())).toMatchObject({ disabled: true })
    expect(await verify(directory, person.key, first)).toEqual({ ok: false, because: 'disabled' })
    expect(await set(directory, person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
  })

  it('asks for one of several values in any case', async () => {
    const person = await somebody({ secondFactors: ['TOTP'] })
    const factor = async (values: string[]) => {
      await using directory = connector({ secondFactor: [{ attribute: 'secondfactor', values }] })
      return (await directory.read(person.key, inTime()))?.secondFactor
    }

    expect(await factor(['push', 'totp'])).toBe(true)
    expect(await factor(['push'])).toBe(false)
  })
})

describe('groups and places', () => {
  it('are told of an entry: from its attributes, by asking groups, and in a listing', async () => {
    await using directory = connector({ groups: [{ group: server.groupDn, memberAttribute: 'member' }] })
    const [member, other] = [await somebody(), await somebody()]
    await server.addToGroup(member.uid)
    await server.setAttribute(member.uid, 'departmentNumber', ['Finance', 'Audit'])
    const facts = { place: member.dn, groups: ['Finance', 'Audit', server.groupDn] }

    expect(await directory.read(member.key, inTime())).toMatchObject(facts)
    expect(await directory.read(other.key, inTime())).toMatchObject({ place: other.dn, groups: [] })
    for await (const page of directory.list(inTime())) {
      const listed = page.find(({ key }) => key === member.key)
      if (listed !== undefined) expect(listed).toMatchObject(facts)
    }
  })

  it('hold for everybody where a group can’t be asked', async () => {
    const nowhere = `cn=nowhere,${server.baseDn}`
    const warnings: Warning[] = []
    await using directory = connector(
      { groups: [{ group: nowhere, memberAttribute: 'member' }] },
      { warnings },
    )
    const { key } = await somebody()

    expect(await directory.read(key, inTime())).toMatchObject({ groups: [nowhere] })
    expect(warnings).toHaveLength(1)
  })
})
