import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Secret } from '../../src/kernel/secret.ts'
import { inDatabaseOf } from '../support/demo-directory.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { type LocalPeople, localPeople } from '../support/local-people.ts'
import { lockHolds, type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { call, eventually, type Held, proveByMail, setPassword, tokensTo } from '../support/person-at-api.ts'
import { sendChange, sendPassword, signInAtPortal } from '../support/person-at-portal.ts'
import { ask } from '../support/raw-http.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

/**
 * One service with two tenants. Northwind is configured as docs/routing.md says: employees in OpenLDAP, contractors in the
 * embedded directory. Southwind has only the OpenLDAP, and at Westwind people have one password in both.
 */
const old = 'copper lantern meadow 7'
const fresh = 'violet tundra kettle 9'
const southwind = 'southwind.localhost'

const opened = new AsyncDisposableStack()
let mail: MailServer
let staff: OpenLdap
let rekey: Rekey
let people: LocalPeople
/** Leads at Westwind; the OpenLDAP follows. */
let windows: LocalPeople
let folder: string

beforeAll(async () => {
  mail = opened.use(await aMailServer({ tls: 'none' }))
  staff = opened.use(await startOpenLdap())
  const home = await mkdtemp(join(tmpdir(), 'rekey-routing-'))
  opened.defer(() => rm(home, { recursive: true }))
  folder = home
  const secret = join(home, 'ldap-password')
  await writeFile(secret, staff.bindPassword, { mode: 0o600 })
  const blocks = await markedBlocks('docs/routing.md')
  const routing = (name: string) =>
    parse(
      blockOf(blocks, name, {
        'ldaps://ldap.northwind.example': staff.ldapsUrl.replace('127.0.0.1', 'localhost'),
        'cn=rekey,ou=services,dc=northwind,dc=example': staff.bindDn,
        'ou=people,dc=northwind,dc=example': `ou=people,${staff.baseDn}`,
        '/etc/rekey/ldap-password': `${secret} }\n    caFile: ${staff.caFile} #`,
      }),
    ) as { directories: readonly object[] }
  const routed = routing('config')
  const limits = { requestsPerNetworkPerMinute: 100_000 }
  const tenants = [
    { id: 'northwind', name: 'Northwind', limits, ...routed },
    { id: 'westwind', name: 'Westwind', limits, ...routing('linked') },
    { id: 'southwind', name: 'Southwind', limits, directories: routed.directories.slice(0, 1) },
  ]
  rekey = opened.use(await startRekey({ config: { tenants }, smtp: mail }))
  windows = opened.use(localPeople(rekey, {}, { tenant: 'westwind' }))
  people = opened.use(localPeople(rekey, {}, { name: 'contractors' }))
}, 120_000)
afterAll(() => opened.disposeAsync())

/** Whoever is added to a directory can be written to at `<name>@<directory>.example`. */
async function add(name: string, directory: 'employees' | 'contractors'): Promise<Person> {
  const address = `${name}@${directory}.example`
  const person = { recoveryAddresses: [address], password: old }
  await (directory === 'employees'
    ? staff.addPeople([{ uid: name, ...person }])
    : people.add({ username: name, displayName: name, ...person, password: new Secret(old) }))
  const opens = directory === 'employees' ? staff.canBind : people.opens
  return { identifier: name, address, opens: (password) => opens(name, password) }
}

interface Person {
  identifier: string
  address: string
  opens(password: string): Promise<boolean>
}

const signIn = (identifier: string, password: string) =>
  call(rekey.portalUrl, '/v1/sign-ins', { identifier, password })

it('whoever is in one of the directories comes back in, at the API and at the portal', async () => {
  const ada = await add('ada', 'employees')
  const bob = await add('bob', 'contractors')

  const done = await setPassword(rekey.portalUrl, await proveByMail(rekey.portalUrl, bob, mail), fresh)
  const page = await sendPassword(rekey.portalUrl, await proveByMail(rekey.portalUrl, ada, mail), fresh)

  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  expect(page.status).toBe(303)
  for (const { opens } of [ada, bob]) expect([await opens(fresh), await opens(old)]).toEqual([true, false])
})

it('whoever has the password elsewhere is told so by mail, and nobody else is', async () => {
  const jan = { uid: 'jan', recoveryAddresses: ['jan@employees.example'], federated: true }
  await staff.addPeople([jan])

  const started = await call(rekey.portalUrl, '/v1/recoveries', { identifier: 'jan' })
  const told = await eventually('a mail', () =>
    mail.received.find(({ to }) => to.includes('jan@employees.example')),
  )

  expect(started).toMatchObject({ status: 202, body: { state: 'awaiting-proof' } })
  expect(told.text).toContain('through another organisation')
  expect(tokensTo(mail, 'jan@employees.example')).toEqual([])
})

it('a change, an unlock, an invitation and an order to change find the directory of the account', async () => {
  const everybody = [await add('carl', 'employees'), await add('dora', 'contractors')]
  const url = rekey.portalUrl

  for (const { identifier, opens } of everybody) {
    const cookies = await signInAtPortal(url, identifier, old)
    expect((await sendChange(url, cookies, { current: old, password: fresh })).status).toBe(303)
    expect(await opens(fresh)).toBe(true)
  }
  await staff.addPeople([{ uid: 'eve', recoveryAddresses: ['eve@employees.example'] }])
  await add('fred', 'contractors')
  await inDatabaseOf(rekey, async (database) => {
    await database
      .updateTable('local_account')
      .set({ must_change: true, locked_at: new Date() })
      .where('username', '=', 'fred')
      .execute()
  })
  await staff.setAttribute('carl', 'pwdReset', ['TRUE'])
  for (let time = 0; time < 3; time += 1) await staff.canBind('carl', 'none of these 7')
  await lockHolds()

  const file = join(folder, 'new.csv')
  await writeFile(file, 'identifier\neve\n')
  await rekey.command('invitations', 'import', file, '--tenant', 'northwind')
  const invited = await eventually('an invitation', () =>
    mail.received.find(({ to }) => to.includes('eve@employees.example')),
  )
  const token = /\/activate#([\w.-]+)/.exec(invited.text)?.[1]
  const activation = await call(url, '/v1/links', { token })
  expect(await setPassword(url, heldIn(activation), fresh)).toMatchObject({ status: 200 })
  expect(await staff.canBind('eve', fresh)).toBe(true)

  for (const [identifier, address] of [
    ['carl', 'carl@employees.example'],
    ['fred', 'fred@contractors.example'],
  ] as const) {
    const started = await call(url, '/v1/recoveries', { identifier, kind: 'unlock' })
    expect(started?.status).toBe(202)
    const link = await eventually(`a mail to ${address}`, () => unlockTokenTo(address))
    const proven = await call(url, '/v1/links', { token: link })
    const { id, secret } = heldIn(proven)
    const lifted = await call(url, `/v1/recoveries/${id}/unlock`, {}, secret)
    expect(lifted).toMatchObject({ status: 200, body: { outcome: 'unlocked' } })
  }
  expect(await signIn('carl', fresh)).toMatchObject({ status: 201, body: { mustChange: 'directory' } })
  expect(await signIn('fred', old)).toMatchObject({ status: 201, body: { mustChange: 'directory' } })
})

const unlockTokenTo = (address: string): string | undefined =>
  mail.received
    .filter(({ to }) => to.includes(address))
    .map(({ text }) => /\/unlock#([\w.-]+)/.exec(text)?.[1])
    .find((token) => token !== undefined)

function heldIn(answer: Awaited<ReturnType<typeof call>>): Held {
  const { id, secret } = answer?.body ?? {}
  if (typeof id !== 'string' || typeof secret !== 'string') throw new Error(JSON.stringify(answer))
  return { id, secret }
}

it('a host name chooses the tenant, and with it the directories', async () => {
  await add('gina', 'contractors')
  const hugo = await add('hugo', 'employees')
  const startAt = (identifier: string, host: string) =>
    ask(`${rekey.portalUrl}/v1/recoveries`, {
      method: 'POST',
      headers: { host: `${host}:${new URL(rekey.portalUrl).port}`, 'content-type': 'application/json' },
      body: JSON.stringify({ identifier }),
    })

  const nobody = await startAt('gina', southwind)
  const known = await startAt('hugo', southwind)
  const elsewhere = await startAt('hugo', 'eastwind.localhost')
  const written = await eventually('a mail of Southwind', () =>
    mail.received.find(({ to }) => to.includes(hugo.address)),
  )

  expect([nobody.status, known.status]).toEqual([202, 202])
  expect(elsewhere.json).toMatchObject({ type: expect.stringMatching(/#host-unknown$/) })
  expect(written.text).toContain(`http://${southwind}:`)
  expect(mail.received.some(({ to }) => to.includes('gina@contractors.example'))).toBe(false)
})

/** A request of somebody at Westwind, whose host a browser would send. */
const atWestwind = (path: string, headers: Readonly<Record<string, string>>, body?: string) =>
  ask(`${rekey.portalUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      host: `westwind.localhost:${new URL(rekey.portalUrl).port}`,
      'accept-language': 'en',
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })

const post = (path: string, json: object, secret?: string) =>
  atWestwind(
    path,
    {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Flow ${secret}` }),
    },
    JSON.stringify(json),
  )

/** A browser that holds a flow. */
function browserOf({ id, secret }: Held) {
  const csrf = 'c'.repeat(43)
  const cookie = `__Host-rekey-flow=${id}.${secret}; __Host-rekey-csrf=${csrf}`
  const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  return {
    page: async () => (await atWestwind('/recover', { cookie })).text,
    send: (password: string, more: Readonly<Record<string, string>> = {}) =>
      atWestwind('/recover/password', form, new URLSearchParams({ csrf, password, ...more }).toString()),
  }
}

/** Somebody with an account in both directories of Westwind, and a flow that is proven. */
async function linked(name: string): Promise<Held> {
  await staff.addPeople([{ uid: name, password: old }])
  const address = `${name}@home.example`
  const person = { username: name, displayName: name, recoveryAddresses: [address] }
  await windows.add({ ...person, password: new Secret(old) })
  await post('/v1/recoveries', { identifier: name })
  const token = await eventually(`a mail to ${address}`, () => tokensTo(mail, address)[0])
  const { json } = await post('/v1/links', { token })
  return heldIn({ status: 200, body: json as Readonly<Record<string, unknown>> })
}

const opens = async (name: string, password: string) => [
  await windows.opens(name, password),
  await staff.canBind(name, password),
]

const newest = (address: string, subject: string) =>
  eventually(`"${subject}" to ${address}`, () =>
    mail.received.findLast((one) => one.to.includes(address) && one.subject === subject),
  )

it('one password is set in both directories of a person, at the API', async () => {
  const { id, secret } = await linked('kim')

  const done = await post(`/v1/recoveries/${id}/password`, { password: fresh }, secret)
  const told = await newest('kim@home.example', 'Your password was changed')

  expect(done.json).toMatchObject({
    state: 'completed',
    targets: [
      { directory: 'people', title: 'Windows', outcome: 'written' },
      { directory: 'mail', title: 'Mail', outcome: 'written' },
    ],
  })
  expect(await opens('kim', fresh)).toEqual([true, true])
  expect(await opens('kim', old)).toEqual([false, false])
  expect(told.text).toMatch(/New password: Windows and Mail/)
})

it('a directory that is down is told of by its name, and gets the password later, at the portal', async () => {
  const { send, page } = browserOf(await linked('lea'))

  await staff.stop()
  const sent = await send(fresh)
  const partly = await page()
  const told = await newest('lea@home.example', 'Your password was changed')
  const another = await send('some other kettle 9 violets', { rest: 'yes' })
  const again = await send(fresh, { rest: 'yes' })
  await staff.restart()
  const early = await opens('lea', fresh)
  // For some seconds Rekey takes a directory that was away for one that still is.
  const done = await eventually('the other account', async () => {
    await send(fresh, { rest: 'yes' })
    const html = await page()
    return html.includes('not everywhere yet') ? null : html
  })

  expect([sent.status, another.status, again.status]).toEqual([303, 422, 200])
  expect(partly).toContain('<b>Windows</b> The new password works.')
  expect(partly).toContain('<b>Mail</b> Could not be reached, and still has the old password.')
  expect(another.text).toContain('This is not the password that you have just set.')
  expect(partly).not.toContain('Tried again')
  expect(again.text).toContain('Tried again just now')
  expect(again.text).toContain('Could not be reached: Mail. Try again in 60 seconds.')
  expect(told.text).toMatch(/Old password: Mail/)
  expect(told.text).toContain('does not work everywhere yet')
  expect(early).toEqual([true, false])
  expect(done).toContain('<b>Mail</b> The new password works.')
  expect(await opens('lea', fresh)).toEqual([true, true])
})

it('with one directory down the others are served as far as the name is decided, and nobody can tell', async () => {
  await add('both', 'employees')
  const both = await add('both', 'contractors')
  const ida = await add('ida', 'contractors')
  const nobody = await signIn('nobody at all', 'wrong')
  await staff.stop()

  const wrong = []
  for (const name of ['ida', 'PARTNERS\\ida', 'NORTHWIND\\both', 'nobody at all']) {
    const answer = await signIn(name, 'wrong')
    wrong.push([answer?.status, answer?.body['detail']])
  }
  const named = { ...both, identifier: 'PARTNERS\\both' }
  const done = await setPassword(rekey.portalUrl, await proveByMail(rekey.portalUrl, named, mail), fresh)
  const signed = await signIn('PARTNERS\\both', fresh)
  const started = await call(rekey.portalUrl, '/v1/recoveries', { identifier: 'ida' })
  const early = tokensTo(mail, ida.address).length
  await staff.restart()
  const token = await eventually('a mail for who waited', () => tokensTo(mail, ida.address)[0])

  expect(nobody?.status).toBe(401)
  expect(new Set(wrong.map((answer) => JSON.stringify(answer)))).toHaveLength(1)
  expect(wrong[0]).toEqual([503, expect.any(String)])
  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  expect(signed?.status).toBe(201)
  expect([started?.status, early]).toEqual([202, 0])
  expect(token).toBeTruthy()
  expect(await call(rekey.portalUrl, '/v1/sign-ins', { identifier: 'both', password: fresh })).toMatchObject({
    status: 401,
  })
  expect(rekey.log()).toMatch(/"labels":{"because":"ambiguous","method":"password"}/)
})
