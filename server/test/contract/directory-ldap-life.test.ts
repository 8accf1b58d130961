import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { liftLock } from '../../src/adapters/connectors/ldap/marks.ts'
import { writeOwnPassword } from '../../src/adapters/connectors/ldap/password-write.ts'
import { targetsOf } from '../../src/adapters/connectors/ldap/targets.ts'
import {
  makeOpenAsGuest,
  makeOpenAsService,
} from '../../src/adapters/connectors/ldap-wire/service-account.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Warning } from '../support/connector-outside.ts'
import { lockHolds, type OpenLdap, type Person, startOpenLdap } from '../support/openldap.ts'
import { noRules } from './directory-harness.ts'
import { ldapConfigFor, openLdapDirectory } from './directory-ldap.ts'
import { startRelay } from './directory-relay.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const third = 'yet another long sentence'
const ways = ['passmod', 'replace'] as const
const tooYoung = { ok: false, because: 'password-too-young' }

let server: OpenLdap
let counter = 0
beforeAll(async () => {
  server = await startOpenLdap()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A connector of the test's own, closed at the end of the block. */
function connector(changes: Partial<LdapConfig> = {}, options: Parameters<typeof openLdapDirectory>[1] = {}) {
  const directory = openLdapDirectory(ldapConfigFor(server, changes), options)
  return {
    ...directory,
    change: (key: string, current: string, next: string, owed = false) =>
      directory.changePassword(key, { current: new Secret(current), next: new Secret(next), owed }, inTime()),
    verify: (key: string, password: string) => directory.verifyPassword(key, new Secret(password), inTime()),
    rules: (key: string) => directory.passwordRules(key, inTime()),
    facts: async (key: string) => (await directory.read(key, inTime()))?.password,
    [Symbol.asyncDispose]: () => directory.close(),
  }
}

async function somebody(facts: Partial<Person> = {}) {
  counter += 1
  const uid = `someone${String(counter)}`
  await server.addPeople([{ password: first, ...facts, uid }])
  return { uid, key: await server.entryUuid(uid), dn: server.dn(uid) }
}

const withSecret = ({ bindDn, bindPassword }: { bindDn: string; bindPassword: string }) => ({
  bindDn,
  bindPassword: new Secret(bindPassword),
})

/** What slapd was asked since `mark`. It prints when it gets to it, so whoever counts waits for a later line. */
async function logSince(mark: number): Promise<string> {
  counter += 1
  const last = `marker${String(counter)}`
  await server.canBind(last, 'x')
  await expect.poll(() => server.log(), { timeout: 10_000 }).toContain(`uid=${last},`)
  return server.log().slice(mark)
}
const count = (text: string, part: string) => text.split(part).length - 1

async function theTarget(config: LdapConfig) {
  const [target] = targetsOf(config)
  if (target === undefined) throw new Error('no target')
  return target
}

describe('a change at OpenLDAP', () => {
  it.each(ways)(
    'is the person’s own, and needs no rights of the service account (%s)',
    async (passwordWrite) => {
      const person = await somebody()
      await using directory = connector({ ...withSecret(server.reader), passwordWrite, privileged: [] })
      const mark = server.log().length

      expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

      expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: false })
      const log = await logSince(mark)
      const what = passwordWrite === 'passmod' ? 'PASSMOD' : 'MOD attr=userPassword'
      const connection = new RegExp(`conn=(\\d+) op=\\d+ BIND dn="${person.dn}" mech=SIMPLE`).exec(log)?.[1]
      expect(log).toMatch(new RegExp(`conn=${String(connection)} op=\\d+ ${what}`))
    },
  )

  it.each(ways)('is held to the rules for people (%s)', async (passwordWrite) => {
    const [settled, fixed] = [await somebody({ policy: 'settled' }), await somebody({ policy: 'fixed' })]
    // A password administrator, whom the policy lets pass; it is not this account that changes.
    await using directory = connector({ ...withSecret(server.administrator), passwordWrite })
    await server.setAttribute(settled.uid, 'userPassword', [second])
    expect(await directory.change(settled.key, second, third)).toEqual({
      ok: false,
      because: 'password-too-young',
    })
    expect(await directory.change(fixed.key, first, second)).toEqual({
      ok: false,
      because: 'password-change-not-allowed',
    })

    expect(await server.canBind(settled.uid, second)).toBe(true)
    expect(await server.canBind(fixed.uid, first)).toBe(true)
  })

  it.each(ways)('that is owed waits for no minimum age, and keeps every other rule (%s)', async (way) => {
    const person = await somebody({ policy: 'young' })
    await using directory = connector({ passwordWrite: way })
    const owed = (current: string, next: string) => directory.change(person.key, current, next, true)
    expect(await directory.change(person.key, first, second)).toEqual(tooYoung)

    expect(await owed('wrong', second)).toEqual({ ok: false, because: 'current-password-wrong' })
    expect(await owed(first, first)).toEqual({ ok: false, because: 'password-in-history' })
    expect(await owed(first, 'short')).toEqual({ ok: false, because: 'password-too-short-for-directory' })
    expect(await server.attribute(person.uid, 'pwdReset')).toEqual([])
    const mark = server.log().length
    expect(await owed(first, second)).toEqual({ ok: true })

    expect(await server.attribute(person.uid, 'pwdReset')).toEqual([])
    expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: false })
    expect(await owed(second, first)).toEqual({ ok: false, because: 'password-in-history' })
    expect(await directory.change(person.key, second, third)).toEqual(tooYoung)
    // Both the refused write and the one that was let through were the person's own.
    const log = await logSince(mark)
    const what = way === 'passmod' ? 'PASSMOD' : 'MOD attr=userPassword'
    for (const [, connection] of log.matchAll(new RegExp(`conn=(\\d+) op=\\d+ ${what}`, 'g')))
      expect(log).toMatch(new RegExp(`conn=${String(connection)} op=\\d+ BIND dn="${person.dn}" mech=SIMPLE`))
    expect(count(log, ` ${what}`)).toBe(5)
  })

  it('that is owed waits where the service account may not waive the minimum age, and operators hear why', async () => {
    const person = await somebody({ policy: 'young' })
    const warnings: Warning[] = []
    await using directory = connector({ ...withSecret(server.reader), privileged: [] }, { warnings })

    expect(await directory.change(person.key, first, second, true)).toEqual(tooYoung)

    expect(warnings).toMatchObject([{ facts: { because: expect.stringContaining('pwdReset') } }])
    expect(JSON.stringify(warnings)).not.toContain(person.uid)
    expect(await server.canBind(person.uid, first)).toBe(true)
  })

  it.each(['request lost', 'answer lost', 'reset'] as const)(
    'that is owed and gets no answer leaves no mark behind (%s)',
    async (mishap) => {
      const person = await somebody({ policy: 'young' })
      await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
      const warnings: Warning[] = []
      const urls = [`ldap://127.0.0.1:${String(relay.port)}`]
      await using directory = connector({ urls, insecureLoopback: true }, { warnings })

      const deadline = new AbortController()
      const passwordModify = '1.3.6.1.4.1.4203.1.11.1'
      // The first is refused for the age; the second is made under the mark.
      const underMark = relay
        .onRequest(passwordModify, 'noticed')
        .then(() => relay.onRequest(passwordModify, mishap))
      const passwords = { current: new Secret(first), next: new Secret(second), owed: true }
      const write = directory.changePassword(person.key, passwords, deadline.signal)
      void underMark.then(async () => {
        const asked = () => server.attribute(person.uid, 'pwdReset')
        // Until the server has done it; what is put back comes after.
        if (mishap === 'answer lost') await expect.poll(asked).toHaveLength(0)
        deadline.abort()
      })
      await expect(write).rejects.toMatchObject({ code: 'directory-outcome-unknown' })

      await logSince(0)
      expect(await server.attribute(person.uid, 'pwdReset')).toEqual([])
      if (mishap !== 'reset') expect(await server.canBind(person.uid, second)).toBe(mishap === 'answer lost')
      expect(warnings).toEqual([])
    },
  )

  it.each(ways)(
    'that is owed waits for nothing where the service account writes either (%s)',
    async (way) => {
      const person = await somebody({ policy: 'young' })
      await using directory = connector({ changeAs: 'service', passwordWrite: way })
      const owed = (current: string, next: string) => directory.change(person.key, current, next, true)
      expect(await directory.change(person.key, first, second)).toEqual(tooYoung)

      expect(await owed(first, first)).toEqual({ ok: false, because: 'password-in-history' })
      expect(await server.attribute(person.uid, 'pwdReset')).toEqual([])
      expect(await owed(first, second)).toEqual({ ok: true })

      expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: false })
    },
  )

  it.each(ways)('gives the current password to a policy that asks for it (%s)', async (passwordWrite) => {
    const person = await somebody({ policy: 'careful' })
    await using directory = connector({ passwordWrite })

    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

    expect(await server.canBind(person.uid, second)).toBe(true)
  })

  it('by the service account is made for an entry with a second factor too, and a reset is not', async () => {
    const person = await somebody({ secondFactors: ['totp'] })
    const as = { changeAs: 'service', ...withSecret(server.administrator) } as const
    await using directory = connector({ ...as, secondFactor: [{ attribute: 'secondFactor' }] })

    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })
    expect(await directory.setPassword(person.key, new Secret(third), AbortSignal.timeout(10_000))).toEqual({
      ok: false,
      because: 'account-unavailable',
    })

    expect(await server.canBind(person.uid, second)).toBe(true)
  })

  it.each(ways)('by the service account is made where people may not (%s)', async (passwordWrite) => {
    const person = await somebody({ policy: 'fixed' })
    await using directory = connector({
      changeAs: 'service',
      passwordWrite,
      ...withSecret(server.administrator),
    })
    expect(directory.abilities.changeAsUser).toBe(false)

    expect(await directory.change(person.key, 'wrong', second)).toEqual({
      ok: false,
      because: 'current-password-wrong',
    })
    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

    expect(await directory.verify(person.key, second)).toEqual({ ok: true, mustChange: false })
    await using reader = connector({ changeAs: 'service', ...withSecret(server.reader), privileged: [] })
    await expect(reader.change(person.key, second, third)).rejects.toMatchObject({
      code: 'directory-rights-missing',
    })
  })

  it('of a password that has expired is made by the service account, with the right one only', async () => {
    const person = await somebody({ policy: 'shortlived' })
    await using directory = connector()
    await server.setAttribute(person.uid, 'userPassword', [second])
    await expect
      .poll(() => directory.verify(person.key, second), { timeout: 10_000, interval: 300 })
      .toEqual({ ok: false, because: 'expired' })

    expect(await directory.change(person.key, 'wrong', third)).toEqual({
      ok: false,
      because: 'current-password-wrong',
    })
    expect(await directory.change(person.key, second, third)).toEqual({ ok: true })

    expect(await directory.verify(person.key, second)).toEqual({ ok: false, because: 'wrong' })
    await server.setAttribute(person.uid, 'pwdPolicySubentry', [`cn=none,ou=policies,${server.baseDn}`])
    expect(await server.canBind(person.uid, third)).toBe(true)
  })

  it.each(ways)('is refused when somebody else was first after the proof (%s)', async (passwordWrite) => {
    const person = await somebody()
    const config = ldapConfigFor(server, { passwordWrite })
    const connection = await makeOpenAsGuest({ config })(await theTarget(config), inTime())
    await connection.ask(inTime(), (client) => client.bind(person.dn, first))
    await server.setAttribute(person.uid, 'userPassword', [second])

    const request = { config, dn: person.dn, key: person.key, password: third, current: first }
    const changed = await writeOwnPassword(connection, request, inTime())

    connection.close()
    expect(changed).toEqual({ ok: false, because: 'current-password-wrong' })
    expect(await server.canBind(person.uid, second)).toBe(true)
  })

  it.each(ways)('is never sent twice, and to no other server (%s)', async (passwordWrite) => {
    const port = Number(new URL(server.url).port)
    await using one = await startRelay({ host: '127.0.0.1', port })
    await using other = await startRelay({ host: '127.0.0.1', port })
    for (const mishap of ['request lost', 'answer lost', 'reset'] as const) {
      const person = await somebody()
      await using directory = connector({
        urls: [one, other].map((relay) => `ldap://127.0.0.1:${String(relay.port)}`),
        providers: 2,
        insecureLoopback: true,
        passwordWrite,
      })
      await directory.read(person.key, inTime())
      const [mark, before] = [server.log().length, other.accepted()]

      const pattern = passwordWrite === 'passmod' ? '1.3.6.1.4.1.4203.1.11.1' : 'userPassword'
      const happened = one.onRequest(pattern, mishap)
      const deadline = new AbortController()
      const passwords = { current: new Secret(first), next: new Secret(second) }
      const write = directory.changePassword(person.key, passwords, deadline.signal)
      void happened.then(() => deadline.abort())

      await expect(write).rejects.toMatchObject({ code: 'directory-outcome-unknown' })
      const log = await logSince(mark)
      const writes = count(log, passwordWrite === 'passmod' ? ' PASSMOD ' : 'MOD attr=userPassword')
      expect(writes).toBeLessThanOrEqual(mishap === 'request lost' ? 0 : 1)
      expect(count(log, `BIND dn="${person.dn}" method=128`)).toBe(1)
      expect(other.accepted()).toBe(before)
    }
  })

  it('asks, proves and writes at one server, and moves on with all of it', async () => {
    const person = await somebody()
    const port = Number(new URL(server.url).port)
    await using one = await startRelay({ host: '127.0.0.1', port })
    await using other = await startRelay({ host: '127.0.0.1', port })
    await using directory = connector({
      urls: [one, other].map((relay) => `ldap://127.0.0.1:${String(relay.port)}`),
      providers: 2,
      insecureLoopback: true,
    })

    // There the service account does not get in, so nobody is asked about the person.
    const lost = one.onRequest(server.bindDn, 'reset')
    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

    await lost
    let heardOf = false
    void one.onRequest(person.dn, 'noticed').then(() => {
      heardOf = true
    })
    expect(await directory.change(person.key, second, third)).toEqual({ ok: true })
    expect(heardOf).toBe(false)
    expect(other.accepted()).toBe(3)
  })

  it('is not made at a replica', async () => {
    const person = await somebody()
    await using directory = connector({ urls: ['ldaps://127.0.0.1:1', server.ldapsUrl], providers: 1 })
    expect(await directory.read(person.key, inTime())).toMatchObject({ username: person.uid })

    await expect(directory.change(person.key, first, second)).rejects.toMatchObject({
      code: 'directory-unreachable',
    })
    await expect(directory.unlock(person.key, inTime())).rejects.toMatchObject({
      code: 'directory-unreachable',
    })
    await expect(directory.requireChange(person.key, inTime())).rejects.toMatchObject({
      code: 'directory-unreachable',
    })

    expect(await server.canBind(person.uid, first)).toBe(true)
  })
})

describe('an unlock at OpenLDAP', () => {
  const lockOut = async (uid: string) => {
    for (let i = 0; i < 3; i++) await server.canBind(uid, 'wrong')
    await lockHolds()
  }

  it('by an account that may not touch the count says that the next wrong password locks again', async () => {
    const person = await somebody()
    const warnings: Warning[] = []
    await using directory = connector(withSecret(server.registrar), { warnings })
    await lockOut(person.uid)

    expect(await directory.unlock(person.key, inTime())).toEqual({ ok: true, wasLocked: true })

    expect(await server.canBind(person.uid, first)).toBe(true)
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('locks again')])
    expect(JSON.stringify(warnings)).not.toContain(person.uid)
  })

  it('by an account without the rights is a fault that says which', async () => {
    const person = await somebody()
    await using directory = connector({ ...withSecret(server.reader), privileged: [] })
    await lockOut(person.uid)

    await expect(directory.unlock(person.key, inTime())).rejects.toMatchObject({
      code: 'directory-rights-missing',
      detail: expect.stringContaining('pwdAccountLockedTime'),
    })
    await expect(directory.requireChange(person.key, inTime())).rejects.toMatchObject({
      code: 'directory-rights-missing',
      detail: expect.stringContaining('pwdReset'),
    })

    expect(await server.canBind(person.uid, first)).toBe(false)
  })

  it('never lifts an administrator’s lock, not even one that came after the look', async () => {
    const person = await somebody()
    const config = ldapConfigFor(server)
    const connection = await makeOpenAsService({ config, outside: systemOutside })(
      await theTarget(config),
      inTime(),
    )
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', ['000001010000Z'])
    const request = { connection, config, dn: person.dn, key: person.key }

    expect(await liftLock(request, inTime())).toEqual({ ok: false, because: 'account-unavailable' })
    expect(await server.attribute(person.uid, 'pwdAccountLockedTime')).toEqual(['000001010000Z'])
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', [])
    const asAnother = { ...request, key: '00000000-0000-0000-0000-000000000000' }
    expect(await liftLock(asAnother, inTime())).toEqual({ ok: false, because: 'account-unavailable' })

    expect(await liftLock(request, inTime())).toEqual({ ok: true, countKept: false })
    connection.close()
  })

  it('is not lifted by an offboarding either, whose service account has to be able to put it back', async () => {
    const person = await somebody()
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', ['000001010000Z'])
    const password = new Secret(second)
    await using reader = connector({ ...withSecret(server.reader), privileged: [] })
    await using directory = connector()

    await expect(reader.offboard(person.key, password, inTime())).rejects.toMatchObject({
      code: 'directory-rights-missing',
      detail: expect.stringContaining('pwdAccountLockedTime'),
    })
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', [])
    expect(await server.canBind(person.uid, first)).toBe(true)
    await server.setAttribute(person.uid, 'pwdAccountLockedTime', ['000001010000Z'])
    expect(await directory.offboard(person.key, password, inTime())).toEqual({ ok: true })

    expect(await server.attribute(person.uid, 'pwdAccountLockedTime')).toEqual(['000001010000Z'])
  })

  it.each(['answer lost', 'reset', 'cut'] as const)(
    'is put back after an offboarding without an answer, or operators hear that it is not (%s)',
    async (mishap) => {
      const person = await somebody()
      const locked = ['000001010000Z']
      await server.setAttribute(person.uid, 'pwdAccountLockedTime', locked)
      await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
      const warnings: Warning[] = []
      // One connection: the lock must not wait for the one that is lost.
      const changes = { urls: [`ldap://127.0.0.1:${String(relay.port)}`], connections: 1 }
      await using directory = connector({ ...changes, insecureLoopback: true }, { warnings })
      await directory.read(person.key, inTime())
      const mark = server.log().length

      const deadline = new AbortController()
      const happened = relay.onRequest('1.3.6.1.4.1.4203.1.11.1', mishap === 'cut' ? 'reset' : mishap)
      const write = directory.offboard(person.key, new Secret(second), deadline.signal)
      void happened.then(() => (mishap === 'cut' ? relay.cut() : undefined)).then(() => deadline.abort())
      await expect(write).rejects.toMatchObject({ code: 'directory-outcome-unknown' })

      if (mishap !== 'cut') {
        const log = await logSince(mark)
        if (mishap === 'answer lost') expect(count(log, ' PASSMOD ')).toBe(1)
        expect(await server.attribute(person.uid, 'pwdAccountLockedTime')).toEqual(locked)
      }
      const unheard = expect.stringContaining('could not be locked again') as string
      expect(warnings.map(({ message }) => message)).toEqual(mishap === 'cut' ? [unheard] : [])
    },
  )

  it('that gets no answer is unknown, and may be repeated', async () => {
    const person = await somebody()
    await lockOut(person.uid)
    await using relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    const urls = [`ldap://127.0.0.1:${String(relay.port)}`]
    await using directory = connector({ urls, insecureLoopback: true })
    await directory.read(person.key, inTime())

    const deadline = new AbortController()
    void relay.onRequest('1.3.6.1.4.1.4203.666.5.12', 'answer lost').then(() => deadline.abort())
    await expect(directory.unlock(person.key, deadline.signal)).rejects.toMatchObject({
      code: 'directory-outcome-unknown',
    })

    expect(await directory.unlock(person.key, inTime())).toMatchObject({ ok: true })
    expect(await server.canBind(person.uid, first)).toBe(true)
  })
})

describe('what OpenLDAP tells of a password', () => {
  const day = 86_400

  it('are the rules of the policy that the entry names, or of the one that the configuration does', async () => {
    const policies = ['careful', 'settled', undefined, 'none'] as const
    const people = []
    for (const policy of policies) people.push(await somebody(policy === undefined ? {} : { policy }))
    await using directory = connector()
    const { passwordPolicyDn: _, ...config } = ldapConfigFor(server)
    const without = openLdapDirectory(config)

    const told = await Promise.all(people.map(({ key }) => directory.rules(key)))
    const toldWithout = await Promise.all(people.map(({ key }) => without.passwordRules(key, inTime())))

    await without.close()
    const careful = { ...noRules, history: 5, maxAgeSeconds: 90 * day, graceSignIns: 2 }
    const settled = { ...noRules, minAgeSeconds: day }
    // Nobody checks quality there, so nobody looks at the length.
    expect(told).toEqual([careful, settled, { ...noRules, lengthMin: 10, history: 3 }, null])
    expect(toldWithout).toEqual([careful, settled, null, null])
  })

  it('is nothing when the policy can not be read', async () => {
    const person = await somebody()
    const unreadable = ['cn=missing,ou=policies,dc=example,dc=test', 'no dn at all', 'cn=config']
    for (const passwordPolicyDn of unreadable) {
      await using directory = connector({ passwordPolicyDn })

      expect(await directory.rules(person.key)).toBeNull()
      expect(await directory.facts(person.key)).toMatchObject({ expiresAt: null })
    }
  })

  it('is a day on which it expires, counted from the change', async () => {
    const person = await somebody({ policy: 'careful' })
    await using directory = connector()
    expect(await directory.change(person.key, first, second)).toEqual({ ok: true })

    const told = await directory.facts(person.key)

    const [changed = ''] = await server.attribute(person.uid, 'pwdChangedTime')
    const iso = changed.replace(/^(....)(..)(..)(..)(..)(..).*$/, '$1-$2-$3T$4:$5:$6Z')
    expect(told?.changedAt).toEqual(new Date(iso))
    expect(told?.expiresAt).toEqual(new Date(new Date(iso).getTime() + 90 * day * 1000))
  })

  it('is read from a policy once a minute, however many people are listed', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using directory = connector({}, { now: () => now })
    const readsOfPolicies = async () => {
      const mark = server.log().length
      for await (const page of directory.list(inTime())) expect(page.length).toBeGreaterThan(0)
      return count(await logSince(mark), 'SRCH base="cn=default,ou=policies')
    }
    const person = await somebody()
    await directory.rules(person.key)
    await logSince(0)

    expect(await readsOfPolicies()).toBe(0)
    now = new Date('2026-01-01T00:01:01Z')
    expect(await readsOfPolicies()).toBe(1)
  })

  it('is asked for by nobody who proves one, so that failures do not make an entry longer', async () => {
    const person = await somebody()
    await using directory = connector()
    const mark = server.log().length

    await directory.verify(person.key, 'wrong')

    const log = await logSince(mark)
    expect(log).toContain('SRCH attr=')
    expect(log).not.toMatch(/SRCH attr=.*pwdFailureTime/)
  })
})
