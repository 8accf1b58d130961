import { afterAll, beforeAll, expect, it } from 'vitest'
import { groupDn } from '../support/ldap-people.ts'
import { type OpenLdap, type Person, startOpenLdap } from '../support/openldap.ts'
import { call, type Held, proveByMail, setPassword } from '../support/person-at-api.ts'
import { openPortal, sendPassword } from '../support/person-at-portal.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const before = 'before it was forgotten'
/** 20 characters. */
const short = 'otters borrow violet'
const long = 'seven otters borrow violet umbrellas'

let directory: OpenLdap
let mail: MailServer
let service: Rekey

beforeAll(async () => {
  directory = await startOpenLdap()
  mail = await aMailServer({ tls: 'none' })
  const overrides = [
    { for: { group: groupDn.toUpperCase(), service: 'intranet' }, minLength: 30 },
    { for: { directory: 'people', subtree: `uid=sub, ou=People,${directory.baseDn}` }, minLength: 28 },
    {
      for: { subtree: `uid=clerk,ou=people,${directory.baseDn}` },
      classes: { required: 3, named: ['digit'], allowed: 'ascii' },
    },
    { for: { group: 'auditors' }, minLength: 32, bannedWords: ['kestrel'] },
  ]
  const { config, env } = onOpenLdap(directory, {
    directory: {
      privileged: [],
      groups: [{ group: groupDn }],
      attributes: {
        recoveryAddresses: ['recoveryAddress'],
        upn: 'principalName',
        locale: 'preferredLanguage',
        groups: ['departmentNumber'],
      },
    },
    tenant: { policy: { password: { overrides } } },
  })
  service = await startRekey({ config, env, smtp: mail })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await mail[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

async function somebody(uid: string, over: Partial<Person> = {}): Promise<Held> {
  const address = `${uid}@home.example`
  await directory.addPeople([{ uid, password: before, recoveryAddresses: [address], ...over }])
  if (uid === 'boss') await directory.addToGroup(uid)
  if (uid === 'auditor') await directory.setAttribute(uid, 'departmentNumber', ['Auditors'])
  return proveByMail(service.portalUrl, { identifier: uid, address }, mail)
}

const check = ({ id, secret }: Held, password: string) =>
  call(service.portalUrl, '/v1/policy-checks', { flow: id, password }, secret)
const errorsOf = (answer: Awaited<ReturnType<typeof call>>) => answer?.body['errors'] ?? []

it.each([
  ['anybody', 15],
  ['boss', 30],
  ['sub', 28],
  ['auditor', 32],
])('asks %s for %d characters, on every page and on every way in', async (uid, min) => {
  const held = await somebody(uid)
  const page = await openPortal(service.portalUrl, held)
  const checked = await check(held, short)

  expect(page.rules[0]).toBe(`${min} characters or more, 256 at most`)
  expect(page.rules.includes('Not made of words that are banned here')).toBe(uid === 'auditor')
  expect(checked?.body['rules']).toContainEqual({ rule: 'length', min, max: 256 })
  if (min > 15) {
    const refused = { code: 'password-too-short', min, length: 20 }
    expect(errorsOf(checked)).toEqual([expect.objectContaining(refused)])
    expect(errorsOf(await setPassword(service.portalUrl, held, short))).toEqual([
      expect.objectContaining(refused),
    ])
    const again = await sendPassword(service.portalUrl, held, short)
    expect(again).toMatchObject({ status: 422, rules: page.rules })
    expect(again.problems).toHaveLength(1)
  }
  expect((await setPassword(service.portalUrl, held, min > 15 ? long : short))?.status).toBe(200)
  expect(await directory.canBind(uid, min > 15 ? long : short)).toBe(true)
})

it('asks for kinds of characters where it is told to, and says which', async () => {
  const held = await somebody('clerk')
  const refused = [
    expect.objectContaining({ code: 'password-characters-not-allowed', allowed: 'ascii' }),
    expect.objectContaining({ code: 'password-classes-missing', required: 3, have: 2, missing: ['digit'] }),
  ]

  expect(errorsOf(await check(held, 'otters borrow violét'))).toEqual(refused)
  expect(errorsOf(await setPassword(service.portalUrl, held, 'otters borrow violét'))).toEqual(refused)
  const page = await sendPassword(service.portalUrl, held, 'otters borrow violét')
  expect(page.rules).toEqual(
    expect.arrayContaining([
      'Only letters without accents, digits, common signs and blanks',
      'With digits · At least 3 of these kinds: small letters, capital letters, digits, and other signs or blanks',
    ]),
  )
  expect(page.problems).toEqual([
    'Some of its characters can’t be used here. Use letters without accents, digits, common signs and blanks.',
    'It still needs digits. It has 2 of these kinds and needs 3: small letters, capital letters, digits, and other signs or blanks.',
  ])
  expect((await setPassword(service.portalUrl, held, 'otters borrow violet 9'))?.status).toBe(200)
})

it('shows the rules of the tenant while the directory can’t be asked', async () => {
  const held = await somebody('late')
  await directory.addToGroup('late')
  expect((await openPortal(service.portalUrl, held)).rules[0]).toMatch(/^30 /)

  await directory[Symbol.asyncDispose]()

  expect((await openPortal(service.portalUrl, held)).rules[0]).toMatch(/^15 /)
})
