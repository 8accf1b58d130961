import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDirectory } from '../../src/adapters/connectors/open.ts'
import { loadConfig } from '../../src/config/load.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { passwordWrites } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const opened = new AsyncDisposableStack()
let directory: OpenLdap
let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  directory = opened.use(await startOpenLdap())
  rekey = opened.use(
    await anAttackedRekey({
      env: { ATTACKED_LDAP: directory.bindPassword },
      tenant: {
        directories: [
          {
            name: 'people',
            kind: 'ldap',
            urls: [directory.ldapsUrl.replace('127.0.0.1', 'localhost')],
            caFile: directory.caFile,
            bindDn: directory.bindDn,
            bindPassword: { env: 'ATTACKED_LDAP' },
            baseDn: `ou=people,${directory.baseDn}`,
            attributes: { recoveryAddresses: ['recoveryAddress'] },
            privileged: [{ group: directory.groupDn, memberAttribute: 'member' }],
            federated: [{ attribute: 'passwordElsewhere', values: ['TRUE'] }],
            secondFactor: [{ attribute: 'secondFactor' }],
          },
        ],
      },
    }),
  )
})

afterAll(() => opened.disposeAsync())

beforeEach(async () => {
  count += 1
  uid = `person${count}`
  address = `${uid}.home@example.test`
  rekey.clock.advance(1_000)
  await directory.addPeople([
    { uid, password: oldPassword, mails: [`${uid}@example.test`], recoveryAddresses: [address] },
  ])
})

const newPassword = () => `copper lantern ${count} meadow tundra`
const proven = async () =>
  (await rekey.post('/v1/links', { token: (await rekey.mailed(uid, address)).token })).json as {
    id: string
    secret: string
  }
const set = async ({ id, secret }: { id: string; secret: string }, password: string) =>
  (await rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)).status

describe('[53] what is typed, on its way to the directory', () => {
  it.each([
    '*',
    'person*',
    '*)(uid=*',
    'person1)(|(uid=*',
    'person1)(recoveryAddress=p*',
    '*)(userPassword=*',
    'person1\\2a',
    '\\70erson1',
    'person1))(&(uid=person1',
    '(uid=person1)',
    'uid=person1,ou=people,dc=example,dc=test',
    'person1;binary',
  ])('is one literal value: %j finds nobody', async (identifier) => {
    const before = rekey.mail.received.length
    const logged = directory.log().length
    const { status } = await rekey.post('/v1/recoveries', { identifier })
    await rekey.settled()

    expect(status).toBe(202)
    expect(rekey.mail.received).toHaveLength(before)
    const filters = [
      ...directory
        .log()
        .slice(logged)
        .matchAll(/filter="([^\n]*)"/g),
    ].map(([, filter]) => filter ?? '')
    // What has a backslash names a domain first, and nobody has one of these.
    expect(filters.length > 0).toBe(!identifier.includes('\\'))
    for (const filter of filters) expect(filter).toMatch(/^\(&\(objectClass=\w+\)\(uid=[^()*]*\)\)$/i)
  })
})

describe('[52] [147] an empty password', () => {
  it('is neither set nor taken for the right one', async () => {
    const flow = await proven()
    for (const password of ['', ' ', '   ', '\t']) expect([400, 422]).toContain(await set(flow, password))
    const { config } = loadConfig(rekey.env)
    const [entry] = config.tenants[0]?.directories ?? []
    const asked = openDirectory(entry!, {
      now: () => rekey.clock.now(),
      randomBytes: (length) => new Uint8Array(length),
      tenant: 'northwind',
      database: rekey.database.kysely,
      warn: () => undefined,
    })
    try {
      const key = await directory.entryUuid(uid)
      for (const password of ['', '\u0000x']) {
        const verdict = await asked.verifyPassword(key, new Secret(password), AbortSignal.timeout(10_000))
        expect(verdict).toEqual({ ok: false, because: 'wrong' })
      }
    } finally {
      await asked.close()
    }
    expect(passwordWrites(directory).get(uid) ?? 0).toBe(0)
  })
})

describe('[57] a password that means something to a shell', () => {
  it.each(['"&calc&', '$(touch /tmp/x)', '`id`', '%PATH%', "';drop table flow;--", '\\n{{7*7}}${7*7}'])(
    'such as one with %j is set to the last byte and does nothing else',
    async (meaning) => {
      const password = `${newPassword()} ${meaning}`

      expect(await set(await proven(), password)).toBe(200)
      expect(await directory.canBind(uid, password)).toBe(true)
      expect(await directory.canBind(uid, password.slice(0, -1))).toBe(false)
    },
  )

  it('with a line break in it is refused and burns nothing', async () => {
    const flow = await proven()

    expect(await set(flow, `${newPassword()}\ncalc`)).toBe(422)
    expect(await set(flow, newPassword())).toBe(200)
  })
})

describe('[13] [14] [40] an entry of somebody whom mail may not bring back', () => {
  it.each([
    ['an administrator by group', () => directory.addToGroup(uid)],
    ['with a password elsewhere', () => directory.setAttribute(uid, 'passwordElsewhere', ['TRUE'])],
    ['with a second factor', () => directory.setAttribute(uid, 'secondFactor', ['totp'])],
  ])('%s gets no link, and no password by a link from before', async (_, change) => {
    const flow = await proven()
    await change()
    const before = rekey.mailsTo(address).length
    await rekey.start(uid)
    await rekey.settled()

    const [mail] = rekey.mailsTo(address).slice(before)
    expect(mail?.text).not.toMatch(/\/recover#/)
    expect(await set(flow, newPassword())).toBe(410)
    expect(passwordWrites(directory).get(uid) ?? 0).toBe(0)
    expect(await directory.canBind(uid, oldPassword)).toBe(true)
  })
})

describe('[115] a new password', () => {
  it('changes nothing else in the entry: no factor, no address, no name', async () => {
    const attributes = [
      'cn',
      'sn',
      'uid',
      'mail',
      'recoveryAddress',
      'secondFactor',
      'passwordElsewhere',
      'objectClass',
    ]
    const entry = async () => Promise.all(attributes.map((name) => directory.attribute(uid, name)))
    const before = await entry()
    const logged = directory.log().length

    expect(await set(await proven(), newPassword())).toBe(200)
    expect(await entry()).toEqual(before)
    const changes =
      directory
        .log()
        .slice(logged)
        .match(/(?:ADD dn|DEL dn|MODRDN dn|MOD attr)=.*/g) ?? []
    expect(changes.filter((line) => !/pwd|userPassword/.test(line))).toEqual([])
  })
})

describe('[126] before the first proof', () => {
  it('a directory that stands still holds up no answer, and nobody is told apart by it', async () => {
    const known = await rekey.start(uid)
    await directory.pause()
    try {
      const heard = async (identifier: string, flow: { id: string; secret: string } | null) => {
        const started = await rekey.post('/v1/recoveries', { identifier })
        const { id, secret } = flow ?? (started.json as { id: string; secret: string })
        return [
          started.status,
          (await rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })).status,
          (
            await rekey.post(
              `/v1/recoveries/${id}/proofs`,
              { method: 'email_code', code: '00000000' },
              secret,
            )
          ).status,
          (await rekey.post(`/v1/recoveries/${id}/password`, { password: newPassword() }, secret)).status,
        ]
      }

      expect(await heard(uid, known)).toEqual([202, 200, 422, 409])
      expect(await heard(uid, null)).toEqual([202, 200, 422, 409])
      expect(await heard('nobody', null)).toEqual([202, 200, 422, 409])
    } finally {
      directory.resume()
    }
    await rekey.settled()
  })
})
