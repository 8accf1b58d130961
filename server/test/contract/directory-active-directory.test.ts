import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActiveDirectoryConfig } from '../../src/adapters/connectors/active-directory/config.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Warning } from '../support/connector-outside.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { type AdPerson, canRunSamba, type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import {
  adBaseDn,
  adDomain,
  administrator,
  attributesOf,
  clientOf,
  lacking,
  replacing,
  servicesDn,
  unicodePwd,
} from '../support/samba-domain.ts'
import { adConfigFor, openAd, relayTo } from './directory-ad.ts'
import { noRules } from './directory-harness.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const third = 'yet another long sentence'
const right = { ok: true, mustChange: false }
const unavailable = { ok: false, because: 'account-unavailable' }
/** 100 ns, counted down. */
const day = 86_400
const span = (seconds: number) => String(-seconds * 10_000_000)

describe.runIf(canRunSamba)('Active Directory, as Samba runs it for root', () => {
  let server: SambaAd
  let counter = 0
  beforeAll(async () => {
    server = await startSambaAd()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  function connector(
    changes: Partial<ActiveDirectoryConfig> = {},
    options: Parameters<typeof openAd>[1] = {},
  ) {
    const directory = openAd(adConfigFor(server, changes), options)
    return {
      ...directory,
      change: (key: string, current: string, next: string) =>
        directory.changePassword(key, { current: new Secret(current), next: new Secret(next) }, inTime()),
      facts: async (key: string) => (await directory.read(key, inTime()))?.password,
      find: (by: 'username' | 'mail' | 'upn', value: string) => directory.find({ by, value }, inTime()),
      named: (key: string) => directory.read(key, inTime()),
      set: (key: string, password: string) => directory.setPassword(key, new Secret(password), inTime()),
      verify: (key: string, password: string) =>
        directory.verifyPassword(key, new Secret(password), inTime()),
      [Symbol.asyncDispose]: () => directory.close(),
    }
  }

  async function somebody(facts: Partial<AdPerson> = {}) {
    counter += 1
    const person = { username: `someone${String(counter)}`, password: first, ...facts }
    await server.addPeople([person])
    return { ...person, dn: server.dn(person.username), key: await server.guid(person.username) }
  }

  /** Attributes of an entry, until the end of the block. */
  async function having(dn: string, settings: Readonly<Record<string, readonly string[]>>) {
    const before = await Promise.all(
      Object.keys(settings).map(async (name) => [name, await server.attribute(dn, name)] as const),
    )
    const apply = (changes: readonly (readonly [string, readonly string[]])[]) =>
      server.asAdministrator((client) =>
        client.modify(
          dn,
          changes.map(([name, values]) => replacing(name, values)),
        ),
      )
    await apply(Object.entries(settings))
    return { [Symbol.asyncDispose]: () => apply(before) }
  }

  const as = ({ name, password }: { name: string; password: string }) => ({
    bindName: name,
    bindPassword: new Secret(password),
  })

  describe('people', () => {
    it('are found by the addresses among proxyAddresses, and the kind of address is no part of them', async () => {
      const person = await somebody({
        mails: ['First@proxy.test', 'second@proxy.test'],
        more: { otherMailbox: ['way.back@home.test'] },
      })
      await using directory = connector()

      const found = await directory.find('mail', 'SECOND@proxy.test')

      expect(found.map(({ key }) => key)).toEqual([person.key])
      expect(found[0]?.mails).toEqual(['First@proxy.test', 'second@proxy.test'])
      expect(found[0]?.recoveryAddresses).toEqual(['way.back@home.test'])
      expect(await directory.find('mail', 'smtp:second@proxy.test')).toEqual([])
    })

    it('are no machines, no managed service accounts and none of the domain’s own', async () => {
      await server.asAdministrator(async (client) => {
        const machine = { sAMAccountName: ['machine$'], userAccountControl: ['4096'] }
        await client.add(
          `CN=machine,${server.peopleDn}`,
          attributesOf({ objectClass: ['computer'], ...machine }),
        )
        const managed = {
          objectClass: ['msDS-GroupManagedServiceAccount'],
          sAMAccountName: ['managed$'],
          userAccountControl: ['4096'],
          'msDS-ManagedPasswordInterval': ['30'],
        }
        await client.add(`CN=managed,${server.peopleDn}`, attributesOf(managed))
      })
      await using directory = connector({ baseDn: adBaseDn })

      for (const name of ['machine$', 'managed$', 'krbtgt', 'Administrator', 'Guest']) {
        expect(await directory.find('username', name), name).toEqual([])
      }
      expect(await directory.find('username', 'reader')).toHaveLength(1)
      const listed: string[] = []
      for await (const page of directory.list(inTime())) listed.push(...page.map(({ username }) => username))
      expect(listed).toEqual(expect.arrayContaining(['reader', 'rekey']))
      expect(listed.filter((name) => name.endsWith('$') || name === 'krbtgt')).toEqual([])
    })

    it('are known by their objectGUID as Windows writes it, and by no other spelling', async () => {
      const person = await somebody()
      await using directory = connector()

      expect(person.key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      expect(await directory.named(person.key)).toMatchObject({ username: person.username })
      for (const other of [person.key.toUpperCase(), person.key.replaceAll('-', ''), `{${person.key}}`]) {
        expect(await directory.named(other)).toBeNull()
      }
    })

    it('keep their password when the name of an entry is made of what names are written with', async () => {
      const person = await somebody()
      await server.asAdministrator((client) =>
        client.modifyDN(person.dn, 'CN=o*(n)e\\\\2a\\+l\\, \\"x\\" \\<y\\>\\;\\=\\#'),
      )
      await using directory = connector()

      expect((await directory.named(person.key))?.place).toMatch(/^CN=o\*\(n\)e/)
      expect(await directory.set(person.key, second)).toEqual({ ok: true })
      expect(await directory.change(person.key, second, third)).toEqual({ ok: true })
      expect(await directory.verify(person.key, third)).toEqual(right)
    })
  })

  describe('whom self-service keeps away from', () => {
    it('is whoever is privileged through other groups, by the primary group, or was once protected', async () => {
      const nested = await somebody()
      const primary = await somebody()
      const builtIn = await somebody()
      const marked = await somebody({ more: { adminCount: ['1'] } })
      const ordinary = await somebody()
      const inner = await server.addGroup('inner-admins', [nested.dn])
      const outer = await server.addGroup('outer-admins', [inner])
      await server.addToGroup(`CN=Domain Admins,CN=Users,${adBaseDn}`, outer)
      await server.addToGroup(`CN=Account Operators,CN=Builtin,${adBaseDn}`, builtIn.dn)
      await server.addToGroup(`CN=Domain Admins,CN=Users,${adBaseDn}`, primary.dn)
      await server.setAttribute(primary.dn, 'primaryGroupID', ['512'])
      await using directory = connector()

      for (const { key } of [nested, primary, builtIn, marked]) {
        expect(await directory.named(key)).toMatchObject({ privileged: true })
        expect(await directory.set(key, second)).toEqual(unavailable)
        expect(await directory.change(key, first, second)).toEqual(unavailable)
        expect(await directory.unlock(key, inTime())).toEqual(unavailable)
        expect(await directory.requireChange(key, inTime())).toEqual(unavailable)
      }
      expect(await directory.named(ordinary.key)).toMatchObject({ privileged: false })
    })

    it('is whoever is in a group of the configuration, by its name or its SID, and everybody when it is not there', async () => {
      const member = await somebody()
      const other = await somebody()
      const inner = await server.addGroup('inner-board', [member.dn])
      const group = await server.addGroup('board', [inner])
      const sid = await server.sid(group)
      const warnings: Warning[] = []

      for (const privileged of [[{ group }], [{ group: sid }]]) {
        await using directory = connector({ privileged, groups: privileged })
        expect(await directory.named(member.key)).toMatchObject({ privileged: true })
        expect((await directory.named(member.key))?.groups).toContain(privileged[0]?.group)
        expect(await directory.named(other.key)).toMatchObject({ privileged: false })
      }
      const gone = { group: `CN=nobody made it,${servicesDn}` }
      await using undecided = connector({ privileged: [gone] }, { warnings })
      expect(await undecided.named(other.key)).toMatchObject({ privileged: true })
      expect(warnings).toContainEqual({
        message: 'a group can not be found',
        facts: expect.objectContaining(gone),
      })
    })

    it('is everybody whose groups can’t be read', async () => {
      const person = await somebody()
      await using relay = await relayTo(server)
      relay.rewrite('tokenGroups', 'tokenGroupz')
      const warnings: Warning[] = []
      await using directory = connector({ controllers: [`127.0.0.1:${String(relay.port)}`] }, { warnings })

      expect(await directory.named(person.key)).toMatchObject({ privileged: true })
      expect(await directory.set(person.key, second)).toEqual(unavailable)
      expect(warnings.length).toBeGreaterThan(0)
    })

    it('is whoever needs a smart card, for whom a password is no way in', async () => {
      const person = await somebody()
      await server.setAttribute(person.dn, 'userAccountControl', [String(0x200 | 0x40000)])
      await using directory = connector()

      expect(await directory.named(person.key)).toMatchObject({ secondFactor: true })
      expect(await directory.set(person.key, second)).toEqual(unavailable)
    })
  })

  describe('a bind that is refused', () => {
    it('is told apart by its sub-code', async () => {
      const accounts = {
        disabled: await somebody(),
        over: await somebody(),
        hours: await somebody(),
        changing: await somebody(),
        changingForever: await somebody(),
      }
      await server.setAttribute(accounts.disabled.dn, 'userAccountControl', ['514'])
      await server.setAttribute(accounts.over.dn, 'accountExpires', ['132000000000000000'])
      await server.setAttribute(accounts.hours.dn, 'logonHours', [Buffer.alloc(21)])
      await server.setAttribute(accounts.changing.dn, 'pwdLastSet', ['0'])
      await server.setAttribute(accounts.changingForever.dn, 'pwdLastSet', ['0'])
      await server.setAttribute(accounts.changingForever.dn, 'userAccountControl', [String(0x200 | 0x10000)])
      await using directory = connector()
      const verdicts = async (password: string) =>
        Object.fromEntries(
          await Promise.all(
            Object.entries(accounts).map(async ([name, { key }]) => [
              name,
              await directory.verify(key, password),
            ]),
          ),
        )
      const disabled = { ok: false, because: 'disabled' }
      const wrong = { ok: false, because: 'wrong' }

      expect(await verdicts(first)).toEqual({
        ...{ disabled, over: disabled, hours: disabled },
        changing: { ok: true, mustChange: true },
        changingForever: right,
      })
      expect(await verdicts('wrong')).toEqual({
        ...{ disabled, over: disabled, hours: wrong },
        ...{ changing: wrong, changingForever: wrong },
      })
      expect(await directory.named(accounts.over.key)).toMatchObject({ disabled: true })
      expect(await directory.facts(accounts.changing.key)).toMatchObject({
        mustChange: true,
        expiresAt: null,
      })
      expect(await directory.facts(accounts.changingForever.key)).toMatchObject({ mustChange: false })
    })

    it('because of a lock that is over by the clock is none', async () => {
      const person = await somebody()
      await using directory = connector()
      const lasting = (seconds: number) => ({
        lockOutObservationWindow: [span(seconds)],
        lockoutDuration: [span(seconds)],
      })
      await using _ = await having(adBaseDn, lasting(3600))
      for (let i = 0; i < 3; i++) await directory.verify(person.key, 'wrong')
      expect(await directory.named(person.key)).toMatchObject({ locked: true })
      expect(await directory.verify(person.key, first)).toEqual({ ok: false, because: 'locked' })

      await using __ = await having(adBaseDn, lasting(1))
      const isLocked = async () => (await directory.named(person.key))?.locked
      await expect.poll(isLocked, { timeout: 10_000, interval: 200 }).toBe(false)
      expect(await directory.verify(person.key, first)).toEqual(right)
    })

    it('is a bind all the same for somebody whom nobody knows', async () => {
      await using relay = await relayTo(server)
      await using directory = connector({ controllers: [`127.0.0.1:${String(relay.port)}`] })
      const password = 'a password of a stranger'

      const verdict = await directory.verify('00000000-0000-4000-8000-000000000000', password)

      expect(verdict).toEqual({ ok: false, because: 'wrong' })
      // RFC 4511, section 4.2: the name, and the password as a simple bind sends it.
      const bind = Buffer.from(
        `${server.decoyDn}\x80${String.fromCharCode(password.length)}${password}`,
        'latin1',
      )
      expect(relay.heard().includes(bind)).toBe(true)
    })
  })

  describe('a change', () => {
    it('of a password that has expired is made by who knows it, with the rules for people', async () => {
      const person = await somebody()
      await using directory = connector()
      expect(await directory.set(person.key, second)).toEqual({ ok: true })
      await using _ = await having(adBaseDn, { maxPwdAge: [span(42 * day)] })
      await server.agePassword(person.dn, 43)
      expect(await directory.verify(person.key, second)).toEqual({ ok: false, because: 'expired' })
      const { changedAt, expiresAt } = (await directory.facts(person.key)) ?? {}
      expect(expiresAt?.getTime()).toBe((changedAt?.getTime() ?? 0) + 42 * day * 1000)

      expect(await directory.change(person.key, 'wrong', third)).toEqual({
        ok: false,
        because: 'current-password-wrong',
      })
      expect(await directory.change(person.key, second, first)).toEqual({
        ok: false,
        because: 'password-in-history',
      })
      expect(await directory.change(person.key, second, third)).toEqual({ ok: true })

      expect(await directory.verify(person.key, third)).toEqual(right)
    })

    it('of a password that has to be changed needs no right of the service account', async () => {
      const person = await somebody()
      await server.setAttribute(person.dn, 'pwdLastSet', ['0'])
      await using directory = connector(as(server.reader))

      expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

      expect(await directory.verify(person.key, second)).toEqual(right)
      await expect(directory.set(person.key, third)).rejects.toMatchObject({
        code: 'directory-rights-missing',
        detail: expect.stringContaining('"Reset Password"'),
      })
    })

    it('is refused for the rule that it breaks', async () => {
      const person = await somebody({ displayName: 'Zoë Łukasiewicz' })
      await using directory = connector()
      await using _ = await having(adBaseDn, { pwdProperties: ['1'] })

      const simple = await directory.change(person.key, first, 'only small letters')
      await using __ = await having(adBaseDn, { minPwdAge: [span(3600)], maxPwdAge: [span(2 * day)] })
      const young = await directory.change(person.key, first, 'Small, CAPITAL and 3 digits')

      expect(simple).toEqual({ ok: false, because: 'password-too-weak-for-directory' })
      expect(young).toEqual({ ok: false, because: 'password-too-young' })
      expect(await directory.verify(person.key, first)).toEqual(right)
    })

    it('that nobody may make is said so, and the service account does not make it instead', async () => {
      const person = await somebody()
      // Deny "Change Password" to everybody: the box "User cannot change password".
      await server.denyChange(person.dn)
      await using directory = connector()

      expect(await directory.change(person.key, first, second)).toEqual({
        ok: false,
        because: 'password-change-not-allowed',
      })
      expect(await directory.verify(person.key, first)).toEqual(right)
    })
  })

  describe('a refusal without a reason, as Windows words it', () => {
    it.each([
      ['short', 'x7! short', 'password-too-short-for-directory'],
      ['in the history', second, 'password-in-history'],
    ])('is explained by the rules that can be read: %s', async (_, next, because) => {
      const person = await somebody()
      await using relay = await relayTo(server)
      // Of the same length, so that the message stays whole.
      relay.rewrite('password is too short', 'password is @@@ @@@@@')
      relay.rewrite('password was already used', 'password was @@@@@@@ @@@@')
      await using directory = connector({ controllers: [`127.0.0.1:${String(relay.port)}`] })
      expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

      expect(await directory.change(person.key, second, next)).toEqual({ ok: false, because })
    })
  })

  describe('the history of the domain', () => {
    it('is asked to hold for a reset where a controller offers that, and a controller that does not is named', async () => {
      const person = await somebody()
      const offered = '1.2.840.113556.1.4.2239'
      await using relay = await relayTo(server)
      await using plain = connector({ keepsHistory: true })
      await using directory = connector({
        keepsHistory: true,
        controllers: [`127.0.0.1:${String(relay.port)}`],
      })
      expect(plain.abilities.history).toBe(true)
      await expect(plain.check(inTime())).rejects.toMatchObject({
        code: 'directory-misconfigured',
        detail: expect.stringContaining('keepsHistory: false'),
      })
      expect(await plain.set(person.key, second)).toEqual({ ok: true })

      // Samba does not know it. It is told of by this name, and refuses it then.
      relay.rewrite('1.2.840.113556.1.4.1339', offered)
      await expect(directory.set(person.key, third)).rejects.toMatchObject({
        code: 'directory-misconfigured',
      })

      const control = Buffer.concat([Buffer.from([0x04, offered.length]), Buffer.from(offered)])
      const sent = relay.heard()
      expect(sent.includes(control)).toBe(true)
      // Critical, and flag 1.
      const after = sent.subarray(sent.indexOf(control) + control.length)
      expect(after.subarray(0, 10).toString('hex')).toBe('0101ff04053003020101')
      expect(await server.canBind(person.username, second)).toBe(true)
    })
  })

  describe('the rules for a password', () => {
    it('are those of the domain, or of the fine-grained policy where it can be read', async () => {
      const person = await somebody()
      const other = await somebody()
      const pso = `CN=strict,CN=Password Settings Container,CN=System,${adBaseDn}`
      await server.asAdministrator((client) =>
        client.add(
          pso,
          attributesOf({
            objectClass: ['msDS-PasswordSettings'],
            'msDS-PasswordSettingsPrecedence': ['1'],
            'msDS-PasswordReversibleEncryptionEnabled': ['FALSE'],
            'msDS-PasswordHistoryLength': ['7'],
            'msDS-PasswordComplexityEnabled': ['TRUE'],
            'msDS-MinimumPasswordLength': ['18'],
            'msDS-MinimumPasswordAge': ['0'],
            'msDS-MaximumPasswordAge': [span(2 * day)],
            'msDS-LockoutThreshold': ['0'],
            'msDS-LockoutObservationWindow': [span(1800)],
            'msDS-LockoutDuration': [span(1800)],
            'msDS-PSOAppliesTo': [person.dn],
          }),
        ),
      )
      await using directory = connector()
      await using seeing = connector(as(administrator))

      expect(await directory.passwordRules(other.key, inTime())).toEqual({
        ...noRules,
        lengthMin: 10,
        history: 3,
      })
      expect(await directory.passwordRules(person.key, inTime())).toBeNull()
      expect(await seeing.passwordRules(person.key, inTime())).toEqual({
        ...noRules,
        ...{ lengthMin: 18, history: 7, maxAgeSeconds: 2 * day, classesMin: 3 },
      })
      const { changedAt, expiresAt } = (await directory.facts(person.key)) ?? {}
      expect(changedAt).toEqual(expect.any(Date))
      expect(expiresAt?.getTime()).toBe((changedAt?.getTime() ?? 0) + 2 * day * 1000)
    })
  })

  describe('the mark "must change"', () => {
    it('on somebody whose password never expires is nothing, and the log says so', async () => {
      const person = await somebody()
      await server.setAttribute(person.dn, 'userAccountControl', [String(0x200 | 0x10000)])
      const warnings: Warning[] = []
      await using directory = connector({}, { warnings })

      expect(await directory.requireChange(person.key, inTime())).toEqual({ ok: true })

      expect(warnings.map(({ message }) => message).join()).toContain('never expires')
      expect(await directory.facts(person.key)).toMatchObject({ mustChange: false })
    })
  })

  describe('the service account', () => {
    it('that lacks a right is told which by a check, and nothing is written for it', async () => {
      await somebody()
      const lacks = async (credentials: { name: string; password: string }) => {
        await using directory = connector(as(credentials))
        const fault: unknown = await directory.check(inTime()).catch((error: unknown) => error)
        expect(fault).toMatchObject({ code: 'directory-rights-missing' })
        return /lacks rights to people in "(.+)": (.+)$/.exec(String(fault))?.slice(1)
      }

      expect(await lacks(lacking('reset'))).toEqual([server.peopleDn, '"Reset Password"'])
      expect(await lacks(lacking('pwdLastSet'))).toEqual([server.peopleDn, 'to write pwdLastSet'])
      expect(await lacks(lacking('lockoutTime'))).toEqual([server.peopleDn, 'to write lockoutTime'])
      expect(await lacks(server.reader)).toEqual([
        server.peopleDn,
        '"Reset Password", to write pwdLastSet, to write lockoutTime',
      ])
      await using good = connector()
      await expect(good.check(inTime())).resolves.toBeUndefined()
    })

    it('may do nothing else', async () => {
      const person = await somebody()
      await using client = await clientOf(server, server.service)
      const elsewhere = `CN=reader,${servicesDn}`

      for (const [dn, change] of [
        [person.dn, replacing('mail', ['x@x.test'])],
        [person.dn, replacing('otherMailbox', ['x@x.test'])],
        [person.dn, replacing('userAccountControl', ['512'])],
        [elsewhere, replacing('unicodePwd', [unicodePwd(second)])],
        [`CN=Administrator,CN=Users,${adBaseDn}`, replacing('unicodePwd', [unicodePwd(second)])],
      ] as const) {
        await expect(client.modify(dn, change)).rejects.toMatchObject({ code: 50 })
      }
    })

    it('that may not sign in is told why', async () => {
      const password = 'Expired-Passw0rd!'
      const name = await somebody({ password })
      await server.setAttribute(name.dn, 'pwdLastSet', ['0'])
      for (const [given, why] of [
        [password, 'its password has to be changed first'],
        ['wrong', 'wrong name or password'],
      ] as const) {
        await using directory = connector(as({ name: name.dn, password: given }))
        await expect(directory.check(inTime())).rejects.toMatchObject({
          code: 'directory-misconfigured',
          detail: expect.stringContaining(why),
        })
      }
    })
  })

  describe('several controllers', () => {
    it('take a password at one of them, and it is proven there until the others know it', async () => {
      const person = await somebody()
      await using one = await relayTo(server)
      await using two = await relayTo(server)
      const controllers = [one, two].map(({ port }) => `127.0.0.1:${String(port)}`)
      let now = new Date()
      await using directory = connector({ controllers, replicationSeconds: 30 }, { now: () => now })
      await one.cut()
      expect(await directory.set(person.key, second)).toEqual({ ok: true })
      await one.mend()
      const before = one.heard().length

      expect(await directory.verify(person.key, second)).toEqual(right)
      expect(await directory.change(person.key, second, third)).toEqual({ ok: true })
      expect(one.heard().includes('unicodePwd')).toBe(false)
      expect(one.heard().length).toBe(before)
      await two.cut()
      await expect(directory.verify(person.key, third)).rejects.toMatchObject({
        code: 'directory-unreachable',
      })
      await expect(directory.set(person.key, first)).rejects.toMatchObject({ code: 'directory-unreachable' })
      expect(await directory.named(person.key)).toMatchObject({ username: person.username })

      now = new Date(now.getTime() + 31_000)
      expect(await directory.verify(person.key, third)).toEqual(right)
    })

    it('are found in DNS, the PDC emulator first, and only below the domain', async () => {
      const person = await somebody()
      const [own, other] = [`dc1.${adDomain}`, `dc2.${adDomain}`]
      await using dns = await startDnsServer({
        a: { [own]: server.host, [other]: '127.0.0.1', 'dc.attacker.test': server.host },
        srv: {
          [`_ldap._tcp.${adDomain}`]: [
            { host: 'dc.attacker.test', priority: 0 },
            { host: other, priority: 1 },
            { host: own, priority: 2 },
          ],
          [`_ldap._tcp.pdc._msdcs.${adDomain}`]: [{ host: 'dc.attacker.test' }, { host: own }],
        },
      })
      const warnings: Warning[] = []
      const { controllers: _, ...config } = adConfigFor(server)
      const directory = openAd({ ...config, dnsServers: [dns.address] }, { warnings })

      expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.username })
      expect(warnings).toContainEqual({
        message: 'DNS names a controller outside of the domain, which is not asked',
        facts: { domain: adDomain, host: 'dc.attacker.test' },
      })
      expect(dns.asked).toContain(`A ${own}`)
      expect(dns.asked).not.toContain(`A ${other}`)
      expect(dns.asked).not.toContain('A dc.attacker.test')
      await directory.close()
    })

    it('that show a certificate of another name are not told a password', async () => {
      await using dns = await startDnsServer({
        a: { [`dc2.${adDomain}`]: server.host },
        srv: { [`_ldap._tcp.${adDomain}`]: [{ host: `dc2.${adDomain}` }] },
      })
      const { controllers: _, ...config } = adConfigFor(server)
      const directory = openAd({ ...config, dnsServers: [dns.address] })

      await expect(directory.check(inTime())).rejects.toMatchObject({
        code: 'directory-misconfigured',
        detail: expect.stringMatching(/certificate is for .* and not for "dc2\./),
      })
      await directory.close()
    })

    it('that DNS does not know are a fault that says what to look at', async () => {
      await using dns = await startDnsServer({})
      const { controllers: _, ...config } = adConfigFor(server)
      const directory = openAd({ ...config, dnsServers: [dns.address] })

      await expect(directory.check(inTime())).rejects.toMatchObject({
        code: 'directory-misconfigured',
        detail: expect.stringContaining(`_ldap._tcp.${adDomain}`),
      })
      dns.fail()
      await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-unreachable' })
      await directory.close()
    })
  })
})
