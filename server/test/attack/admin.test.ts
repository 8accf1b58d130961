import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/core/helpdesk/index.ts'
import { aKey, anAdminCaller } from '../support/admin-caller.ts'
import { ask, type RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const desk = aKey('desk', permissionNames, ['northwind'])
const chief = aKey('chief', permissionNames, ['northwind'])
const reader = aKey('reader', ['accounts.read'], ['northwind'])
const stranger = aKey('stranger', permissionNames, ['contoso'])
const victimsOwn = aKey('victim', permissionNames)

let rekey: Attacked
type Caller = ReturnType<typeof anAdminCaller>
let asDesk: Caller
let asChief: Caller
let subject: string

beforeAll(async () => {
  rekey = await anAttackedRekey({
    config: { adminKeys: [desk, chief, reader, stranger, victimsOwn].map(({ entry }) => entry) },
    moreTenants: [{ id: 'contoso', name: 'Contoso', publicUrl: 'https://recovery.contoso.test' }],
  })
  asDesk = anAdminCaller(rekey.consoleUrl, desk.key)
  asChief = anAdminCaller(rekey.consoleUrl, chief.key)
  subject = ((await asDesk('/accounts?identifier=victim')).json as { subject: string }).subject
})

afterAll(() => rekey[Symbol.asyncDispose]())

beforeEach(async () => {
  await rekey.settled()
  rekey.clock.advance(1_000)
})

/** Every write there is, on the victim. */
const writes = (): readonly [string, object | null][] => [
  [`/accounts/${subject}/unlock`, {}],
  [`/accounts/${subject}/required-change`, {}],
  [`/accounts/${subject}/sessions/end`, {}],
  ['/offboardings', { subject, reason: 'Because I say so' }],
  ['/invitations', { identifier: 'victim', address: 'attacker@evil.test' }],
]

/** What would show that something was done to the victim after all. */
async function harm() {
  const { rows } = await rekey.database.pool.query<{ state: unknown }>(
    `select json_build_object(
       'ledger', (select json_agg(l) from ledger l
         where token_version > 0 or coalesce(lease_flow, must_change) is not null or second_proof_until is not null),
       'invitations', (select count(*) from invitation),
       'offboardings', (select json_agg(json_build_array(o.id, o.state, o.approved_by)) from offboarding o),
       'flags', (select json_agg(json_build_array(a.username, a.must_change, a.locked_at, a.password_hash))
         from local_account a)) as state`,
  )
  return rows[0]?.state
}

async function doesNoHarm(attack: () => Promise<readonly RawAnswer[]>): Promise<readonly RawAnswer[]> {
  const before = await harm()
  const answers = await attack()
  expect(await harm()).toEqual(before)
  expect(await rekey.signsIn('victim', oldPassword)).toBe(true)
  return answers
}

interface Offboarding {
  id: string
  digest: string
  state: string
}

const asked = async (): Promise<Offboarding> =>
  (await asDesk('/offboardings', { body: { subject, reason: 'Left on Friday' } })).json as Offboarding
const approval = ({ id }: Offboarding) => `/offboardings/${id}/approval`
const typeOf = ({ json }: RawAnswer) => (json as { type?: string }).type?.split('#')[1]

describe('[190] a call without a key that is right', () => {
  it.each([
    ['no key', null],
    ['a key that nobody has', `rka_${'A'.repeat(43)}`],
    ['the digest that stands in the configuration', desk.entry.keyDigest],
    ['a key in another case', desk.key.toUpperCase()],
    ['half a key', desk.key.slice(0, 24)],
  ])('reaches nothing with %s', async (_, key) => {
    const call = anAdminCaller(rekey.consoleUrl, key)
    const answers = await doesNoHarm(async () => [
      await call('/accounts?identifier=victim'),
      await call(`/accounts/${subject}`),
      ...(await Promise.all(writes().map(([path, body]) => call(path, { body })))),
    ])

    for (const { status, text } of answers) {
      expect([401, 429]).toContain(status)
      expect(text).not.toMatch(/victim|Vera/i)
    }
    rekey.clock.advance(601)
  })

  it('reaches nothing with the key where addresses and bodies are written down', async () => {
    const nobody = anAdminCaller(rekey.consoleUrl, null)
    const answers = await doesNoHarm(async () => [
      await nobody(`/accounts?identifier=victim&authorization=Bearer%20${desk.key}`),
      await nobody(`/accounts/${subject}/sessions/end`, { body: { authorization: `Bearer ${desk.key}` } }),
      await nobody(`/accounts/${subject}/sessions/end`, { body: {}, headers: { 'x-api-key': desk.key } }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
  })

  it('is not there on the listener that the network reaches', async () => {
    const headers = { authorization: `Bearer ${desk.key}` }
    const { status } = await rekey.ask('/v1/admin/tenants/northwind/accounts?identifier=victim', { headers })

    expect(status).toBe(404)
  })
})

describe('[191] the key of one tenant', () => {
  it('sees nothing of another, by its name, its ids or another spelling of its address', async () => {
    const call = anAdminCaller(rekey.consoleUrl, stranger.key)
    const own = anAdminCaller(rekey.consoleUrl, stranger.key, 'contoso')
    const offboarding = await asked()
    const root = rekey.consoleUrl
    const headers = { authorization: `Bearer ${stranger.key}` }

    const answers = await doesNoHarm(async () => [
      await call('/accounts?identifier=victim'),
      ...(await Promise.all(writes().map(([path, body]) => call(path, { body })))),
      await own(`/accounts/${subject}`),
      await own(`/accounts/${subject}/sessions/end`, { body: {} }),
      await own(`/offboardings/${offboarding.id}`),
      await own(approval(offboarding), { body: { digest: offboarding.digest } }),
      await ask(`${root}/v1/admin/tenants/contoso/../northwind/accounts?identifier=victim`, { headers }),
      await ask(`${root}/v1/admin/tenants/contoso%2f..%2fnorthwind/accounts?identifier=victim`, { headers }),
      await ask(`${root}/v1/admin/tenants/Northwind/accounts?identifier=victim`, { headers }),
      await ask(`${root}//v1/admin/tenants/northwind/accounts?identifier=victim`, { headers }),
    ])

    for (const { status, text } of answers) {
      expect(status).toBe(404)
      expect(text).not.toMatch(/Vera/)
    }
  })
})

describe('[192] a key that may only look', () => {
  it('changes nothing, by another method, header, field or spelling either', async () => {
    const call = anAdminCaller(rekey.consoleUrl, reader.key)
    const path = `/accounts/${subject}/sessions/end`
    const answers = await doesNoHarm(async () => [
      ...(await Promise.all(writes().map(([each, body]) => call(each, { body })))),
      await call(`/accounts/${subject}?_method=POST`, { headers: { 'x-http-method-override': 'POST' } }),
      await call(path, { method: 'PUT', body: {} }),
      await call(path, { method: 'GET' }),
      await call(`${path}/`, { body: {} }),
      await call(path.replace('sessions', 'SESSIONS'), { body: {} }),
      await call(path, { body: { may: ['sessions.end'], caller: 'chief' } }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([
      403, 403, 403, 403, 403, 200, 405, 404, 404, 404, 403,
    ])
  })
})

describe('[193] whoever asked for a dangerous thing', () => {
  it('does not say yes to it, and neither does whoever it is about', async () => {
    const offboarding = await asked()
    const { digest } = offboarding
    const answers = await doesNoHarm(async () => [
      await asDesk(approval(offboarding), { body: { digest } }),
      await asDesk(approval(offboarding), { body: { digest }, headers: { 'x-forwarded-user': 'chief' } }),
      await anAdminCaller(rekey.consoleUrl, victimsOwn.key)(approval(offboarding), { body: { digest } }),
      await asDesk(approval(offboarding), { body: { digest, approvedBy: 'chief' } }),
    ])

    expect(answers.map(typeOf)).toEqual([
      'approval-not-yours',
      'approval-not-yours',
      'approval-not-yours',
      'request-invalid',
    ])
    expect(await rekey.audit('offboarding.refused')).toBeGreaterThanOrEqual(3)
  })
})

describe('[194] a yes to something else', () => {
  it('does not count when the digest is that of another request, or of none', async () => {
    const [first, second] = [await asked(), await asked()]
    const answers = await doesNoHarm(async () => [
      await asChief(approval(first), { body: { digest: second.digest } }),
      await asChief(approval(first), { body: { digest: '0'.repeat(64) } }),
      await asChief(approval(first), { body: {} }),
      await asChief(approval(first), { body: { digest: [first.digest] } }),
    ])

    expect(answers.map(typeOf)).toEqual([
      'digest-wrong',
      'digest-wrong',
      'request-invalid',
      'request-invalid',
    ])
  })

  it('does not count when the request was turned to somebody else in the database', async () => {
    const { subject: attackers } = (await asDesk('/accounts?identifier=attacker')).json as { subject: string }
    const offboarding = (
      await asDesk('/offboardings', { body: { subject: attackers, reason: 'Left on Friday' } })
    ).json as Offboarding
    await rekey.database.pool.query(
      `update offboarding set account_key = (select key from local_account where username = 'victim')
       where id = $1`,
      [offboarding.id],
    )

    const answer = await asChief(approval(offboarding), { body: { digest: offboarding.digest } })

    expect([typeOf(answer), answer.json]).toEqual([
      'offboarding-void',
      expect.objectContaining({ because: 'request-changed' }),
    ])
    expect(await rekey.signsIn('victim', oldPassword)).toBe(true)
  })
})

describe('[196] a name of a request that is used for another', () => {
  it('does nothing and shows nothing of the first', async () => {
    await asDesk('/offboardings', { body: { subject, reason: 'Left on Friday' }, name: 'mine-1' })

    const [other] = await doesNoHarm(async () => [
      await asDesk('/offboardings', { body: { subject, reason: 'Another reason' }, name: 'mine-1' }),
    ])

    expect([other?.status, other && typeOf(other)]).toEqual([422, 'idempotency-key-reused'])
    expect(other?.text).not.toContain('Left on Friday')
  })

  it('is another name with another key: nobody reads a first answer that is not theirs', async () => {
    const first = await asDesk('/offboardings', {
      body: { subject, reason: 'Left on Friday' },
      name: 'shared-1',
    })

    const theirs = await asChief('/offboardings', {
      body: { subject, reason: 'Left on Friday' },
      name: 'shared-1',
    })

    expect(theirs.status).toBe(201)
    expect((theirs.json as Offboarding).id).not.toBe((first.json as Offboarding).id)
  })
})

describe('[197] a page whose name suddenly points at the console', () => {
  it('gets no answer of the admin API, with the right key either', async () => {
    const answers = await doesNoHarm(async () =>
      Promise.all(
        ['evil.test', 'localhost.evil.test', '10.0.0.1', `recovery.northwind.test`].flatMap((host) => [
          asDesk('/accounts?identifier=victim', { headers: { host } }),
          asDesk(`/accounts/${subject}/sessions/end`, { body: {}, headers: { host } }),
        ]),
      ),
    )

    for (const { status, text } of answers) {
      expect(status).toBe(421)
      expect(text).not.toContain('Vera')
    }
  })
})

describe('[198] a page of another site in an operator’s browser', () => {
  it('can do nothing with the cookie of the console, and is not allowed to ask with more', async () => {
    const token = rekey.consoleEntry.split('#')[1] ?? ''
    const { port } = new URL(rekey.consoleUrl)
    const entered = await ask(`${rekey.consoleUrl}/enter`, {
      method: 'POST',
      headers: { host: `localhost:${port}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
    })
    const [name, value] = Object.entries(entered.cookies)[0] ?? []
    const headers = { cookie: `${name ?? ''}=${value ?? ''}` }
    const call = anAdminCaller(rekey.consoleUrl, null)
    const path = `/accounts/${subject}/sessions/end`
    const answers = await doesNoHarm(async () => [
      await call('/accounts?identifier=victim', { headers }),
      await call(path, { body: {}, headers }),
      await call(path, { body: {}, headers: { ...headers, 'sec-fetch-site': 'same-origin' } }),
      await call(path, { body: 'a=b', headers: { ...headers, 'content-type': 'text/plain' } }),
      await asDesk(path, { body: {}, headers: { ...headers, 'sec-fetch-site': 'cross-site' } }),
      await asDesk(path, { body: {}, headers: { ...headers, 'sec-fetch-site': 'same-site' } }),
    ])

    expect(entered.status).toBe(303)
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 403, 403])
    const preflight = await call(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
    })
    const cors = [...answers, preflight].flatMap((answer) => Object.keys(answer.headers))
    expect(cors.filter((header) => header.startsWith('access-control'))).toEqual([])
  })
})

describe('[195] a yes that is sent again', () => {
  it('counts once: by itself, under the name of its request, and after the account has another password', async () => {
    const offboarding = await asked()
    const body = { digest: offboarding.digest }
    const first = await asChief(approval(offboarding), { body, name: 'yes-1' })
    const after = await harm()

    const answers = [
      await asChief(approval(offboarding), { body }),
      await asChief(approval(offboarding), { body, name: 'yes-1' }),
      await asChief(approval(offboarding), { body, name: 'yes-2' }),
    ]

    expect(first.json).toMatchObject({ state: 'done', approvedBy: 'chief' })
    expect(answers.map(({ status }) => status)).toEqual([409, 200, 409])
    expect(answers[1]?.text).toBe(first.text)
    expect(await harm()).toEqual(after)
    expect(await rekey.audit('account.offboarded')).toBe(1)
    expect(await rekey.signsIn('victim', oldPassword)).toBe(false)
  })
})
