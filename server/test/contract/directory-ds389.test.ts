import { Attribute, Change, Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type Ds389, startDs389 } from '../support/ds389.ts'
import { startOpenLdap } from '../support/openldap.ts'
import { crowd, noRules } from './directory-harness.ts'
import { ds389ConfigFor, openLdapDirectory } from './directory-ldap.ts'
import { startRelay } from './directory-relay.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const third = 'yet another long sentence'

let server: Ds389
let counter = 0
beforeAll(async () => {
  server = await startDs389()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

function connector(changes: Partial<LdapConfig> = {}, options: Parameters<typeof openLdapDirectory>[1] = {}) {
  const directory = openLdapDirectory(ds389ConfigFor(server, changes), options)
  return {
    ...directory,
    change: (key: string, current: string, next: string, owed = false) =>
      directory.changePassword(key, { current: new Secret(current), next: new Secret(next), owed }, inTime()),
    facts: async (key: string) => (await directory.read(key, inTime()))?.password,
    set: (key: string, password: string) => directory.setPassword(key, new Secret(password), inTime()),
    verify: (key: string, password: string) => directory.verifyPassword(key, new Secret(password), inTime()),
    [Symbol.asyncDispose]: () => directory.close(),
  }
}

async function somebody() {
  counter += 1
  const uid = `someone${String(counter)}`
  await server.addPeople([{ uid, password: first }])
  return { uid, dn: server.dn(uid), key: await server.nsUniqueId(uid) }
}

const withSecret = ({ bindDn, bindPassword }: { bindDn: string; bindPassword: string }) => ({
  bindDn,
  bindPassword: new Secret(bindPassword),
})

const asManager = () => withSecret({ bindDn: server.root.dn, bindPassword: server.root.password })

/** Changes settings of the whole server until the end of the block. */
async function withSettings(settings: Readonly<Record<string, readonly string[]>>) {
  const attributes = Object.keys(settings)
  const before = await server.asRoot(async (client) => {
    const { searchEntries } = await client.search('cn=config', { scope: 'base', attributes })
    return Object.fromEntries(
      attributes.map((name) => [name, [searchEntries[0]?.[name] ?? []].flat().map(String)]),
    )
  })
  await server.configure(settings)
  return { [Symbol.asyncDispose]: () => server.configure(before) }
}

describe('389 Directory Server over TLS', () => {
  it('is reached over ldaps and over StartTLS, and nobody else is taken for it', async () => {
    const person = await somebody()
    await using stranger = await startOpenLdap()

    for (const urls of [[server.ldapsUrl], [server.url]]) {
      await using directory = connector({ urls })
      expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })
      expect(await directory.verify(person.key, first)).toEqual({ ok: true, mustChange: false })
      for (const changes of [{ caFile: stranger.caFile }, { serverName: 'ldap.wrong.test' }]) {
        await using impostor = connector({ urls, ...changes })
        await expect(impostor.check(inTime())).rejects.toMatchObject({
          code: 'directory-misconfigured',
          detail: expect.stringMatching(/certificate/),
        })
      }
    }
  })
})

describe('the service account at 389 Directory Server', () => {
  it('that may not write passwords is a fault of its own, although the server calls it the policy', async () => {
    const person = await somebody()
    await using directory = connector({ ...withSecret(server.reader), privileged: [] })

    await expect(directory.set(person.key, second)).rejects.toMatchObject({
      code: 'directory-rights-missing',
    })

    expect(await server.canBind(person.uid, first)).toBe(true)
  })

  it('has the rights that are needed and no others', async () => {
    const person = await somebody()
    await using client = new Client({ url: server.url })
    await client.bind(server.bindDn, server.bindPassword)
    const replace = (dn: string, type: string) =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values: ['x'] }) }),
      )

    const { searchEntries } = await client.search(person.dn, {
      scope: 'base',
      attributes: ['uid', 'userPassword', 'passwordHistory'],
    })

    expect(searchEntries).toEqual([{ dn: person.dn, uid: person.uid, userPassword: [], passwordHistory: [] }])
    for (const attribute of ['mail', 'recoveryAddress', 'nsAccountLock', 'aci']) {
      await expect(replace(person.dn, attribute)).rejects.toMatchObject({ code: 50 })
    }
    await expect(replace(server.groupDn, 'member')).rejects.toMatchObject({ code: 50 })
    await expect(replace(server.reader.bindDn, 'userPassword')).rejects.toMatchObject({ code: 50 })
    await expect(client.del(person.dn)).rejects.toMatchObject({ code: 50 })
  })

  it('that has to change its own password first is told so', async () => {
    const bindDn = `cn=fresh,ou=services,${server.baseDn}`
    await server.asRoot((client) =>
      client.add(bindDn, {
        objectClass: ['applicationProcess', 'simpleSecurityObject'],
        cn: 'fresh',
        userPassword: 'just made up',
      }),
    )
    await using directory = connector({ bindDn, bindPassword: new Secret('just made up') })

    await expect(directory.check(inTime())).rejects.toMatchObject({
      code: 'directory-misconfigured',
      detail: expect.stringContaining('its password has to be changed first'),
    })
  })

  it('that is a password administrator leaves a mark, which is told with the right password', async () => {
    const person = await somebody()
    await using directory = connector()
    await using _ = await withSettings({ passwordAdminDN: [server.bindDn] })

    expect(await directory.set(person.key, second)).toEqual({ ok: true })
    await server.settled(person.uid)

    expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: true })
  })

  it('that sees no base is told so by a check', async () => {
    for (const baseDn of ['ou=nowhere,dc=example,dc=test', 'dc=elsewhere']) {
      await using directory = connector({ baseDn })
      await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
    }
  })
})

describe('the password policy of 389 Directory Server', () => {
  it('that asks for patience is a refusal', async () => {
    const person = await somebody()
    await using directory = connector()
    await using _ = await withSettings({ passwordMinAge: ['3600'] })
    expect(await directory.set(person.key, second)).toEqual({ ok: true })
    await server.settled(person.uid)

    expect(await directory.set(person.key, third)).toEqual({ ok: false, because: 'password-too-young' })
  })

  it('under which a password has expired is told apart from a wrong one', async () => {
    await using _ = await withSettings({
      passwordExp: ['on'],
      passwordMaxAge: ['1'],
      passwordWarning: ['1'],
      passwordMustChange: ['off'],
    })
    const person = await somebody()
    await using directory = connector()
    expect(await directory.set(person.key, second)).toEqual({ ok: true })

    await expect
      .poll(() => directory.verify(person.key, second), { timeout: 10_000, interval: 300 })
      .toEqual({ ok: false, because: 'expired' })
    expect(await directory.verify(person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
  })

  it('whose lockout is over by the clock no longer counts as locked', async () => {
    const person = await somebody()
    await using _ = await withSettings({ passwordUnlock: ['on'], passwordLockoutDuration: ['600'] })
    for (let i = 0; i < 4; i++) await server.canBind(person.uid, 'wrong')
    const at = async (minutes: number) => {
      const now = new Date(Date.now() + minutes * 60_000)
      await using directory = connector({}, { now: () => now })
      return (await directory.read(person.key, inTime()))?.locked
    }

    expect([await at(0), await at(9), await at(11)]).toEqual([true, true, false])
  })

  it('forgets a lockout together with the password, whoever sets it', async () => {
    const person = await somebody()
    await using directory = connector()
    for (let i = 0; i < 4; i++) await server.canBind(person.uid, 'wrong')
    expect(await directory.read(person.key, inTime())).toMatchObject({ locked: true })

    await server.setAttribute(person.uid, 'userPassword', [second])
    await server.settled(person.uid)
    expect(await directory.read(person.key, inTime())).toMatchObject({ locked: false })
    expect(await server.attribute(person.uid, 'accountUnlockTime')).not.toEqual([])
    expect(await directory.set(person.key, third)).toEqual({ ok: true })

    expect(await server.attribute(person.uid, 'accountUnlockTime')).toEqual([])
    // One wrong password after it is one, and not the last of many.
    expect(await directory.verify(person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
    expect(await directory.read(person.key, inTime())).toMatchObject({ locked: false })
  })
})

describe('a change at 389 Directory Server', () => {
  it('is the person’s own, and needs no rights of the service account', async () => {
    const person = await somebody()
    await using directory = connector({ ...withSecret(server.reader), privileged: [] })
    await using _ = await withSettings({ passwordMinAge: ['3600'] })

    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })
    await server.settled(person.uid)

    expect(await directory.change(person.key, second, third)).toEqual({
      ok: false,
      because: 'password-too-young',
    })
    expect(await server.canBind(person.uid, second)).toBe(true)
    await expect(directory.unlock(person.key, inTime())).rejects.toMatchObject({
      code: 'directory-rights-missing',
    })
  })

  it.each(['person', 'service'] as const)(
    'that is owed waits for no minimum age, and keeps every other rule (as the %s)',
    async (changeAs) => {
      const person = await somebody()
      await using directory = connector({ changeAs })
      await using _ = await withSettings({ passwordMinAge: ['3600'] })
      const owed = (current: string, next: string) => directory.change(person.key, current, next, true)
      expect(await directory.change(person.key, first, second)).toEqual({ ok: true })
      await server.settled(person.uid)
      const before = await server.attribute(person.uid, 'passwordAllowChangeTime')
      expect(before).toHaveLength(1)

      expect(await owed('wrong', third)).toEqual({ ok: false, because: 'current-password-wrong' })
      expect(await owed(second, first)).toEqual({ ok: false, because: 'password-in-history' })
      expect(await server.attribute(person.uid, 'passwordAllowChangeTime')).toEqual(before)
      expect(await owed(second, third)).toEqual({ ok: true })

      expect(await server.canBind(person.uid, third)).toBe(true)
      await expect.poll(() => server.attribute(person.uid, 'passwordAllowChangeTime')).toHaveLength(1)
      expect(await directory.change(person.key, third, 'one sentence more for this')).toEqual({
        ok: false,
        because: 'password-too-young',
      })
    },
  )

  it.each(['request lost', 'answer lost'] as const)(
    'that is owed and gets no answer leaves a minimum age (%s)',
    async (mishap) => {
      const person = await somebody()
      await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
      const urls = [`ldap://127.0.0.1:${String(relay.port)}`]
      await using directory = connector({ urls, insecureLoopback: true })
      await using _ = await withSettings({ passwordMinAge: ['3600'] })
      const before = ['20991231000000Z']
      await server.setAttribute(person.uid, 'passwordAllowChangeTime', before)

      const deadline = new AbortController()
      // The first is refused for the age; the second is made while the entry says nothing of it.
      const waived = relay
        .onRequest('userPassword', 'noticed')
        .then(() => relay.onRequest('userPassword', mishap))
      const passwords = { current: new Secret(first), next: new Secret(second), owed: true }
      const write = directory.changePassword(person.key, passwords, deadline.signal)
      void waived.then(async () => {
        const asked = () => server.attribute(person.uid, 'passwordAllowChangeTime')
        // Until the server has done it; what is put back comes after.
        if (mishap === 'answer lost') await expect.poll(asked).toHaveLength(1)
        deadline.abort()
      })
      await expect(write).rejects.toMatchObject({ code: 'directory-outcome-unknown' })

      const isWritten = mishap === 'answer lost'
      expect(await server.canBind(person.uid, second)).toBe(isWritten)
      const own = [expect.not.stringContaining('2099') as string]
      await expect
        .poll(() => server.attribute(person.uid, 'passwordAllowChangeTime'))
        .toEqual(isWritten ? own : before)
    },
  )

  it('that is owed waits where the service account may not waive the minimum age', async () => {
    const person = await somebody()
    await using directory = connector({ ...withSecret(server.reader), privileged: [] })
    await using _ = await withSettings({ passwordMinAge: ['3600'] })
    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })
    await server.settled(person.uid)

    expect(await directory.change(person.key, second, third, true)).toEqual({
      ok: false,
      because: 'password-too-young',
    })
  })

  it('is refused where nobody may, and made by the service account where it is told to', async () => {
    const person = await somebody()
    await using _ = await withSettings({ passwordChange: ['off'] })
    await using own = connector()
    await using directory = connector({ changeAs: 'service' })

    expect(await own.change(person.key, first, second)).toMatchObject({ ok: false })
    expect(await directory.change(person.key, 'wrong', second)).toEqual({
      ok: false,
      because: 'current-password-wrong',
    })
    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

    expect(await server.canBind(person.uid, second)).toBe(true)
  })

  it('of a password that has to be changed is made by its owner', async () => {
    const person = await somebody()
    await server.setAttribute(person.uid, 'passwordExpirationTime', ['19700101000000Z'])
    await using directory = connector()
    expect(await directory.facts(person.key)).toMatchObject({ mustChange: true, expiresAt: null })
    expect(await directory.verify(person.key, first)).toEqual({ ok: true, mustChange: true })

    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })
    await server.settled(person.uid)

    expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: false })
    expect(await directory.facts(person.key)).toMatchObject({ mustChange: false })
  })

  it('of a password that has expired is made by the service account', async () => {
    await using _ = await withSettings({
      passwordExp: ['on'],
      passwordMaxAge: ['1'],
      passwordWarning: ['1'],
      passwordMustChange: ['off'],
    })
    const person = await somebody()
    // Whom no rule applies to: the password of every other account expires as well.
    await using directory = connector(asManager())
    expect(await directory.set(person.key, second)).toEqual({ ok: true })
    await expect
      .poll(() => directory.verify(person.key, second), { timeout: 10_000, interval: 300 })
      .toEqual({ ok: false, because: 'expired' })
    expect((await directory.facts(person.key))?.expiresAt).toEqual(expect.any(Date))

    expect(await directory.change(person.key, 'wrong', third)).toEqual({
      ok: false,
      because: 'current-password-wrong',
    })
    expect(await directory.change(person.key, second, third)).toEqual({ ok: true })

    expect(await directory.verify(person.key, second)).toEqual({ ok: false, because: 'wrong' })
  })
})

describe('the rules of 389 Directory Server', () => {
  it('are those of the whole server, where they may be read', async () => {
    const person = await somebody()
    await using directory = connector({ passwordPolicyDn: 'cn=config', ...asManager() })
    await using another = connector({ passwordPolicyDn: 'cn=config' })

    expect(await directory.passwordRules(person.key, inTime())).toEqual({
      ...noRules,
      lengthMin: 10,
      history: 3,
      classesMin: 1,
    })
    expect(await another.passwordRules(person.key, inTime())).toBeNull()
  })
})

describe('a list of everybody at 389 Directory Server', () => {
  it('is complete under a size limit for one answer, and beyond entries that are hidden', async () => {
    await using own = await startDs389()
    const names = crowd(900)
    const hidden = names.slice(200, 700)
    await own.addCrowd(names)
    await own.hide(hidden)
    await own.configure({ 'nsslapd-sizelimit': ['300'] })
    const directory = openLdapDirectory(ds389ConfigFor(own))

    const listed: string[] = []
    for await (const page of directory.list(inTime())) listed.push(...page.map(({ username }) => username))

    await directory.close()
    expect(listed.sort()).toEqual(names.filter((name) => !hidden.includes(name)))
  })

  it('fails when the server ends it before the last page, and says what to raise', async () => {
    await using own = await startDs389()
    await own.addCrowd(crowd(400))
    await own.configure({ 'nsslapd-lookthroughlimit': ['300'] }, 'database')
    const directory = openLdapDirectory(ds389ConfigFor(own))

    const listing = (async () => {
      for await (const page of directory.list(inTime())) expect(page.length).toBeGreaterThan(0)
    })()

    await expect(listing).rejects.toMatchObject({
      code: 'directory-misconfigured',
      detail: expect.stringContaining('raise its limits'),
    })
    await directory.close()
  })
})
