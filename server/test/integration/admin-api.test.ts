import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/core/helpdesk/index.ts'
import {
  type Attacked,
  anAttackedRekey,
  attackerAddress,
  publicUrl,
  victimAddress,
} from '../attack/attacked.ts'
import { aKey, anAdminCaller } from '../support/admin-caller.ts'
import { ask } from '../support/raw-http.ts'

const single = new Map(permissionNames.map((may) => [may, aKey(may.replace('.', '-'), [may])]))
const all = aKey('all', permissionNames)
const elsewhere = aKey('elsewhere', permissionNames, ['contoso'])

let rekey: Attacked
let call: ReturnType<typeof anAdminCaller>

beforeAll(async () => {
  rekey = await anAttackedRekey({
    config: { adminKeys: [...single.values(), all, elsewhere].map(({ entry }) => entry) },
    moreTenants: [{ id: 'contoso', name: 'Contoso', publicUrl: 'https://recovery.contoso.test' }],
  })
  call = anAdminCaller(rekey.consoleUrl, all.key)
})

afterAll(() => rekey[Symbol.asyncDispose]())

beforeEach(async () => {
  await rekey.settled()
  rekey.clock.advance(1)
})

interface Account {
  subject: string
  rekey: { wrongCodes: number; openFlows: number; tokenVersion: number; lastWriteAt: string | null }
}

const shown = async (identifier: string): Promise<Account> =>
  (await call(`/accounts?identifier=${identifier}`)).json as Account
const typeOf = ({ json }: { json: unknown }) => (json as { type?: string }).type?.split('#')[1]

/** Every route there is, as the document lists them, with something in the place of each parameter. */
async function routes(): Promise<{ method: string; path: string; anyOf: readonly string[] }[]> {
  const { json } = await ask(`${rekey.consoleUrl}/openapi.json`)
  const { paths } = json as { paths: Record<string, Record<string, { description?: string }>> }
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/admin/'))
    .flatMap(([path, item]) =>
      ['get', 'post'].flatMap((method) => {
        const { description } = item[method] ?? {}
        if (description === undefined) return []
        const [, needs = ''] = /Needs (.*)\.$/.exec(description) ?? []
        return [
          {
            method: method.toUpperCase(),
            path: path.replace('/v1/admin/tenants/{tenant}', '').replaceAll(/\{\w+\}/g, 'nobody'),
            anyOf: [...needs.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
          },
        ]
      }),
    )
}

describe('permissions', () => {
  it('let exactly those keys through to a route that have what it needs', async () => {
    const listed = await routes()
    expect(listed.length).toBeGreaterThanOrEqual(3)
    for (const { method, path, anyOf } of listed) {
      expect(anyOf.length, path).toBeGreaterThan(0)
      for (const [permission, { key }] of single) {
        const asked = method === 'POST' ? { method, body: {} } : { method }
        const answer = await anAdminCaller(rekey.consoleUrl, key)(path, asked)

        const isRight = anyOf.includes(permission)
        expect(answer.status === 403, `${method} ${path} with ${permission}`).toBe(!isRight)
        expect(answer.status, `${method} ${path} with ${permission}`).not.toBe(401)
        if (!isRight) expect(answer.json).toMatchObject({ because: anyOf.join(' or ') })
      }
    }
  })

  it('hold for HEAD as they do for GET', async () => {
    const { key } = single.get('sessions.end')!
    const { key: reader } = single.get('accounts.read')!
    const path = '/accounts?identifier=victim'

    expect((await anAdminCaller(rekey.consoleUrl, key)(path, { method: 'HEAD' })).status).toBe(403)
    expect((await anAdminCaller(rekey.consoleUrl, reader)(path, { method: 'HEAD' })).status).toBe(200)
  })

  it('are noted in the log when they are missing, with the name of the key', async () => {
    const { key } = single.get('sessions.end')!
    // Repeats within a minute are one record.
    rekey.clock.advance(61)

    await anAdminCaller(rekey.consoleUrl, key)('/accounts?identifier=victim')

    const at = rekey.clock.now().toISOString()
    const { rows } = await rekey.database.pool.query<{ entry: string }>(
      `select entry from audit_pending where name = 'admin.refused' union all
       select entry from audit_event where name = 'admin.refused'`,
    )
    const entries = rows.map(({ entry }) => JSON.parse(entry) as { at: string; facts: object })
    expect(entries.filter((entry) => entry.at === at)).toMatchObject([
      { facts: { because: 'permission', by: 'sessions-end' } },
    ])
  })
})

describe('who calls', () => {
  const nobody = `rka_${'A'.repeat(43)}`

  it.each([
    ['nothing', {}],
    ['a key that nobody has', { authorization: `Bearer ${nobody}` }],
    ['the right key under another scheme', { authorization: `Basic ${all.key}` }],
    ['the right key as a cookie', { cookie: `authorization=Bearer ${all.key}` }],
    ['the digest of the key', { authorization: `Bearer ${all.entry.keyDigest}` }],
  ] as readonly [string, Record<string, string>][])('is nobody with %s', async (_, headers) => {
    const answer = await anAdminCaller(rekey.consoleUrl, null)('/accounts?identifier=victim', { headers })

    expect([answer.status, typeOf(answer)]).toEqual([401, 'key-unknown'])
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="Rekey admin API"')
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  it('may write the scheme in small letters', async () => {
    const headers = { authorization: `bearer ${all.key}` }
    const caller = anAdminCaller(rekey.consoleUrl, null)

    expect((await caller('/accounts?identifier=victim', { headers })).status).toBe(200)
  })

  it('does not see tenants that the key does not know: they answer like ones that do not exist', async () => {
    const path = '/accounts?identifier=victim'
    const hidden = await anAdminCaller(rekey.consoleUrl, elsewhere.key)(path)
    const missing = await anAdminCaller(rekey.consoleUrl, all.key, 'nowhere')(path)
    const known = await anAdminCaller(rekey.consoleUrl, elsewhere.key, 'contoso')(path)

    const withoutId = (text: string) => text.replace(/request:\w+/, '')
    expect([hidden.status, withoutId(hidden.text)]).toEqual([404, withoutId(missing.text)])
    expect(typeOf(known)).toBe('account-unknown')
  })

  it('is slowed down after thirty wrong keys from a network, and the right key is not', async () => {
    const wrong = anAdminCaller(rekey.consoleUrl, nobody)
    const answers = []
    for (let count = 0; count < 40; count += 1) answers.push(await wrong('/accounts?identifier=victim'))

    expect(answers.at(-1)).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } })
    expect((await call('/accounts?identifier=victim')).status).toBe(200)
    rekey.clock.advance(601)
    expect((await wrong('/accounts?identifier=victim')).status).toBe(401)
  })
})

describe('looking at an account', () => {
  it('shows its state, masked addresses and what Rekey remembers, and is noted in the log', async () => {
    const before = await rekey.audit('account.read')

    const answer = await call('/accounts?identifier=victim@example.test')

    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      subject: expect.stringMatching(/^[a-z0-9]+$/),
      directory: 'people',
      key: expect.any(String),
      username: 'victim',
      displayName: 'Vera Victim',
      recoveryAddresses: ['v•••@e•••.test'],
      disabled: false,
      locked: false,
      privileged: false,
      federated: false,
      secondFactor: false,
      password: {
        changedAt: expect.stringMatching(/^\d{4}-/),
        mustChange: false,
        expiresAt: null,
        failedTries: 0,
      },
      rekey: {
        wrongCodes: 0,
        lastWriteAt: null,
        secondProofUntil: null,
        openFlows: expect.any(Number),
        tokenVersion: expect.any(Number),
        mustChange: null,
      },
    })
    expect(answer.text).not.toContain(victimAddress)
    expect(await rekey.audit('account.read')).toBe(before + 1)
  })

  it('is the same by its opaque id', async () => {
    const byName = await shown('victim')

    expect((await call(`/accounts/${byName.subject}`)).json).toEqual(byName)
  })

  it('counts wrong codes and open flows, and forgets what time has ended', async () => {
    const before = (await shown('attacker')).rekey
    const { id, secret } = await rekey.start('attacker')
    await rekey.settled()
    await rekey.post(`/v1/recoveries/${id}/proofs`, { method: 'email_code', code: '00000000' }, secret)

    expect((await shown('attacker')).rekey).toMatchObject({
      wrongCodes: before.wrongCodes + 1,
      openFlows: before.openFlows + 1,
    })
    rekey.clock.advance(86_401)
    expect((await shown('attacker')).rekey).toMatchObject({ wrongCodes: 0, openFlows: 0 })
  })

  it('says that nobody was found, and that somebody looked', async () => {
    const before = await rekey.audit('account.read')

    const answers = [await call('/accounts?identifier=nobody'), await call('/accounts/nobody')]

    expect(answers.map(typeOf)).toEqual(['account-unknown', 'account-unknown'])
    expect(await rekey.audit('account.read')).toBe(before + 2)
  })

  it.each([
    '/accounts',
    '/accounts?identifier=',
    '/accounts?identifier=a&identifier=b',
    '/accounts?identifier=a&x=1',
  ])('%s is not a question that is understood', async (path) => {
    expect(typeOf(await call(path))).toBe('request-invalid')
  })
})

describe('changing an account', () => {
  const lock = () =>
    rekey.database.pool.query(`update local_account set locked_at = now() where username = 'attacker'`)

  it('lifts its lock and writes to its owner that somebody who helps did it', async () => {
    const { subject } = await shown('attacker')
    await lock()
    const before = rekey.mailsTo(attackerAddress).length

    const answers = [
      await call(`/accounts/${subject}/unlock`, { method: 'POST' }),
      await call(`/accounts/${subject}/unlock`, { method: 'POST' }),
    ]
    await rekey.settled()

    expect(answers.map(({ json }) => json)).toEqual([
      { subject, wasLocked: true },
      { subject, wasLocked: false },
    ])
    const mails = rekey.mailsTo(attackerAddress).slice(before)
    expect(mails).toHaveLength(1)
    expect(mails[0]?.text).toContain('Somebody who looks after accounts at Northwind did this.')
    expect(mails[0]?.text).not.toContain('/disavow')
    expect(await shown('attacker')).toMatchObject({ locked: false })
  })

  it('orders a change of its password, which its directory knows of and its owner is told', async () => {
    const { subject } = await shown('attacker')
    const before = rekey.mailsTo(attackerAddress).length

    const answer = await call(`/accounts/${subject}/required-change`, { method: 'POST' })
    await rekey.settled()

    expect([answer.status, answer.json]).toEqual([200, { subject, writeUnderWay: false }])
    expect(await shown('attacker')).toMatchObject({
      password: { mustChange: true },
      rekey: { mustChange: 'ordered' },
    })
    const [mail] = rekey.mailsTo(attackerAddress).slice(before)
    expect(mail?.subject).toBe('You need a new password')
    expect(mail?.text).toContain(`${publicUrl}/recover`)
  })

  it('is refused for one that Rekey leaves alone, with the reason', async () => {
    await rekey.addPerson({
      username: 'root',
      displayName: 'Root',
      privileged: true,
      recoveryAddresses: ['root@example.test'],
    })
    const { subject } = await shown('root')

    for (const order of ['unlock', 'required-change']) {
      const answer = await call(`/accounts/${subject}/${order}`, { method: 'POST' })
      expect([typeOf(answer), answer.json]).toEqual([
        'account-not-eligible',
        expect.objectContaining({ because: 'privileged' }),
      ])
    }
  })
})

describe('inviting somebody', () => {
  interface Listed {
    invitations: { id: string; state: string; username: string; sentTo: string[]; invitedBy: string }[]
    next: string | null
  }
  const listed = async () => (await call('/invitations')).json as Listed

  it('writes to them, in the name of the key, once unless asked to write again', async () => {
    await rekey.addPerson({
      username: 'newcomer',
      displayName: 'Nora Newcomer',
      recoveryAddresses: ['nora@home.test'],
    })

    const first = await call('/invitations', { body: { identifier: 'newcomer' } })
    const second = await call('/invitations', { body: { identifier: 'newcomer' } })
    // Ids go by their time.
    rekey.clock.advance(1)
    const third = await call('/invitations', { body: { identifier: 'newcomer', again: true } })
    await rekey.settled()

    expect([first.status, typeOf(second), third.status]).toEqual([201, 'invited-before', 201])
    expect(rekey.mailsTo('nora@home.test').length).toBeGreaterThanOrEqual(1)
    const { invitations, next } = await listed()
    expect(invitations.map(({ state }) => state)).toEqual(['withdrawn', 'open'])
    expect(invitations[1]).toMatchObject({
      username: 'newcomer',
      invitedBy: 'all',
      sentTo: ['n•••@h•••.test'],
    })
    expect(next).toBeNull()
  })

  it('writes elsewhere than to them only for a key that may, and they are told', async () => {
    const address = 'not.nora@attacker.test'
    const body = { identifier: 'newcomer', address, again: true }
    const writer = anAdminCaller(rekey.consoleUrl, single.get('invitations.write')?.key ?? all.key)

    const refused = await writer('/invitations', { body })
    const before = rekey.mailsTo('nora@home.test').length
    const done = await call('/invitations', { body })
    await rekey.settled()

    expect([refused.status, typeOf(refused), refused.json]).toEqual([
      403,
      'permission-missing',
      expect.objectContaining({ because: 'invitations.address' }),
    ])
    expect(done.status).toBe(201)
    expect(rekey.mailsTo(address)).toHaveLength(1)
    const [told] = rekey.mailsTo('nora@home.test').slice(before)
    expect(told?.subject).toBe('Somebody was invited to your account')
    expect(told?.text).toContain(`${publicUrl}/disavow`)
    expect(told?.text).not.toContain(address)
  })

  it('can be taken back until it was used, and the log says who did', async () => {
    const open = (await listed()).invitations.find(({ state }) => state === 'open')
    const path = `/invitations/${open?.id ?? ''}/withdrawal`

    const answers = [await call(path, { method: 'POST' }), await call(path, { method: 'POST' })]

    expect(answers[0]?.json).toEqual({ id: open?.id, writeUnderWay: false })
    expect(answers[1]?.json).toMatchObject({ because: 'withdrawn' })
    expect(await rekey.audit('invitation.withdrawal-ordered')).toBe(2)
    expect(typeOf(await call('/invitations/nobody/withdrawal', { method: 'POST' }))).toBe(
      'invitation-unknown',
    )
  })

  it.each([
    ['nobody', {}, 'account-unknown'],
    ['root', {}, 'account-not-eligible'],
    ['newcomer', { again: true, address: 'a b@c' }, 'address-unusable'],
  ])('%s with %j is refused', async (identifier, over, type) => {
    expect(typeOf(await call('/invitations', { body: { identifier, ...over } }))).toBe(type)
  })
})

describe('ending sessions', () => {
  it('raises the token version and ends every open flow, and a link that was mailed is dead', async () => {
    const { token } = await rekey.mailed('victim', victimAddress)
    const before = await shown('victim')
    expect(before.rekey.openFlows).toBeGreaterThan(0)

    const answer = await call(`/accounts/${before.subject}/sessions/end`, { body: {}, method: 'POST' })

    expect([answer.status, answer.json]).toEqual([
      200,
      { subject: before.subject, tokenVersion: before.rekey.tokenVersion + 1, writeUnderWay: false },
    ])
    expect((await shown('victim')).rekey).toMatchObject({
      openFlows: 0,
      tokenVersion: before.rekey.tokenVersion + 1,
    })
    expect(typeOf(await rekey.post('/v1/links', { token }))).toBe('link-unusable')
    expect(await rekey.audit('account.sessions-ended')).toBeGreaterThan(0)
  })

  it('needs no body', async () => {
    const { subject } = await shown('victim')

    expect((await call(`/accounts/${subject}/sessions/end`, { method: 'POST' })).status).toBe(200)
  })

  it('of nobody is refused', async () => {
    expect(typeOf(await call('/accounts/nobody/sessions/end', { body: {} }))).toBe('account-unknown')
  })
})

describe('a write that is sent again', () => {
  const version = async () => (await shown('victim')).rekey.tokenVersion

  it('with the same name is done once and answered alike, to the byte', async () => {
    const { subject } = await shown('victim')
    const path = `/accounts/${subject}/sessions/end`
    const before = await version()

    const answers = [
      await call(path, { body: {}, name: 'again-1' }),
      await call(path, { body: {}, name: '"again-1"' }),
    ]

    expect(answers[0]?.status).toBe(200)
    expect(answers[1]?.text).toBe(answers[0]?.text)
    expect(answers[1]?.headers['content-type']).toBe(answers[0]?.headers['content-type'])
    expect(await version()).toBe(before + 1)
  })

  it('keeps a refusal as well, with its own type', async () => {
    const refused = await call('/accounts/nobody/sessions/end', { body: {}, name: 'refused-1' })
    const again = await call('/accounts/nobody/sessions/end', { body: {}, name: 'refused-1' })

    expect([again.status, again.text]).toEqual([404, refused.text])
    expect(again.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  it('of thirty at once is done once; the others are told to wait, or get the same answer', async () => {
    const { subject } = await shown('victim')
    const before = await version()

    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        call(`/accounts/${subject}/sessions/end`, { body: {}, name: 'thirty-1' }),
      ),
    )

    expect(await version()).toBe(before + 1)
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
  })

  it('for something else is refused; for another caller or a day later it is new', async () => {
    const [victim, attacker] = [await shown('victim'), await shown('attacker')]
    const path = `/accounts/${victim.subject}/sessions/end`
    await call(path, { body: {}, name: 'reused-1' })
    const before = await version()

    const other = await call(`/accounts/${attacker.subject}/sessions/end`, { body: {}, name: 'reused-1' })
    const { key } = single.get('sessions.end')!
    await anAdminCaller(rekey.consoleUrl, key)(path, { body: {}, name: 'reused-1' })
    rekey.clock.advance(86_401)
    await call(path, { body: {}, name: 'reused-1' })

    expect([other.status, typeOf(other)]).toEqual([422, 'idempotency-key-reused'])
    expect(await version()).toBe(before + 2)
  })

  it.each(['', 'two words', 'ünïcode', 'x'.repeat(129), 'a, b'])('can’t be named %j', async (name) => {
    const { subject } = await shown('victim')
    const answer = await call(`/accounts/${subject}/sessions/end`, { body: {}, name })

    expect(typeOf(answer)).toBe('request-invalid')
  })
})

describe('bodies', () => {
  it.each([
    ['an unknown field', '{"x":1}', 'request-invalid'],
    ['a key twice', '{"a":1,"a":1}', 'request-invalid'],
    ['a list', '[]', 'request-invalid'],
    ['no JSON', 'x', 'request-invalid'],
    ['too much', `{"a":"${'x'.repeat(20_000)}"}`, 'body-too-large'],
  ])('with %s are refused', async (_, body, type) => {
    const { subject } = await shown('victim')

    const answer = await call(`/accounts/${subject}/sessions/end`, { body })
    expect(typeOf(answer)).toBe(type)
  })

  it.each(['application/x-www-form-urlencoded', 'text/plain'])('as %s are not understood', async (type) => {
    const { subject } = await shown('victim')
    const headers = { 'content-type': type }
    const answer = await call(`/accounts/${subject}/sessions/end`, { body: 'a=b', headers })

    expect(typeOf(answer)).toBe('media-type-unsupported')
  })
})

it('stands in the console’s OpenAPI document, beside the self-service API and under its own key', async () => {
  const { json } = await ask(`${rekey.consoleUrl}/openapi.json`)
  const document = json as { paths: Record<string, { get?: { security: object[] }; servers?: object[] }> }

  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
  const path = document.paths['/v1/admin/tenants/{tenant}/accounts']
  expect(path).toMatchObject({ get: { security: [{ key: [] }] }, servers: [{ url: '/' }] })
  expect(document.paths['/v1/recoveries']).not.toHaveProperty('servers')
})

it('asks for every permission that there is on some route', async () => {
  // One is asked for by what is said to a route, as its own test tells.
  const asked = new Set([...(await routes()).flatMap(({ anyOf }) => anyOf), 'invitations.address'])

  expect(permissionNames.filter((name) => !asked.has(name))).toEqual([])
})
