import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, anApp } from '../support/enrolling.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, oldPassword, secretsOf } from './attacked.ts'

const stolen = 'granite harbour whistle 3'
const fresh = 'walnut orbit ferry 42'

let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  rekey = await anAttackedRekey({ limits: { requestsPerNetworkPerMinute: 5_000 } })
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** A victim of its own for every test, and an hour in which no code of another test is right. */
beforeEach(async () => {
  count += 1
  uid = `enrolled${count}`
  address = `${uid}.home@example.test`
  rekey.clock.advance(60)
  await person(uid)
})

const person = (username: string) =>
  rekey.addPerson({
    username,
    displayName: username,
    mails: [`${username}@example.test`],
    recoveryAddresses: [`${username}.home@example.test`],
  })

/** One request with the secret of a session. */
const inSession = (path: string, session: string, body?: unknown, method = 'POST') =>
  rekey.ask(path, {
    method,
    headers: {
      authorization: `Session ${session}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const signIn = async (identifier: string, password = oldPassword) => {
  const { json, status, text } = await rekey.post('/v1/sign-ins', { identifier, password })
  if (status !== 201) throw new Error(`the sign-in was answered ${status}: ${text}`)
  return json as { secret: string; awaits: string | null; methods: string[] }
}

const secondStep = (session: string, code: string, method = 'totp') =>
  inSession('/v1/sign-ins/proofs', session, { method, code })

interface Added {
  enrolment: { id: string }
  seed: string
  codes: string[]
}

async function enrolApp(identifier: string): Promise<App> {
  const { secret } = await signIn(identifier)
  const { enrolment, seed } = (await inSession('/v1/me/methods', secret, { method: 'totp' })).json as Added
  const app = anApp(enrolment.id, seed)
  const confirmed = await inSession(`/v1/me/methods/${app.id}/confirmation`, secret, {
    code: app.code(rekey.clock.now()),
  })
  expect(confirmed.status).toBe(200)
  // Its owner is told, and that mail is not the next one.
  await rekey.settled()
  rekey.clock.advance(60)
  return app
}

const now = (app: App) => app.code(rekey.clock.now())
const prove = (flow: { id: string; secret: string }, method: string, code: string) =>
  rekey.post(`/v1/recoveries/${flow.id}/proofs`, { method, code }, flow.secret)
const held = ({ json }: RawAnswer) => json as { id: string; secret: string; state: string; methods: string[] }
const codeOf = ({ json }: RawAnswer) => /#([\w-]+)$/.exec((json as { type?: string }).type ?? '')?.[1] ?? ''
const write = (flow: { id: string; secret: string }, password = stolen) =>
  rekey.post(`/v1/recoveries/${flow.id}/password`, { password }, flow.secret)
const unchanged = async () => {
  expect([await rekey.signsIn(uid, oldPassword), await rekey.signsIn(uid, stolen)]).toEqual([true, false])
}

describe('[109] the mailbox of somebody with an authenticator app', () => {
  it('brings nobody back, by link, by code, or to lift a lock', async () => {
    await enrolApp(uid)
    const mailed = await rekey.mailed(uid, address)
    const byLink = held(await rekey.post('/v1/links', { token: mailed.token }))
    const again = await rekey.mailed(uid, address)
    const byCode = held(await prove(again, 'email_code', again.code))

    for (const flow of [byLink, byCode]) {
      expect(flow).toMatchObject({
        state: 'awaiting-proof',
        methods: ['totp'],
        assurance: { have: 1, need: 2 },
      })
      for (const step of ['password', 'unlock']) {
        const body = step === 'password' ? { password: stolen } : {}
        const answer = await rekey.post(`/v1/recoveries/${flow.id}/${step}`, body, flow.secret)
        expect(codeOf(answer), step).toBe('not-proven')
      }
      for (const method of ['email_link', 'email_code']) {
        await rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method }, flow.secret)
      }
    }
    await unchanged()
  })
})

describe('[110] a password without its second proof', () => {
  it('opens nothing, whatever is asked for in its session', async () => {
    await enrolApp(uid)
    const { secret, awaits, methods } = await signIn(uid)
    expect({ awaits, methods }).toEqual({ awaits: 'second-proof', methods: ['totp'] })

    const answers = [
      await inSession('/v1/changes', secret),
      await inSession('/v1/me/methods', secret, undefined, 'GET'),
      await inSession('/v1/me/methods', secret, { method: 'recovery_code' }),
      await inSession('/v1/me/methods/tests', secret, { method: 'totp', code: '000000' }),
      await inSession('/v1/me/methods/x', secret, { name: 'mine' }, 'PATCH'),
      await inSession('/v1/me/methods/x', secret, undefined, 'DELETE'),
    ]

    expect(answers.map(codeOf)).toEqual(answers.map(() => 'second-proof-needed'))
  })
})

describe('[113] wrong codes after a right password', () => {
  it('are counted with all others: ten a day are compared, over sign-ins and recoveries', async () => {
    const app = await enrolApp(uid)
    const answers: RawAnswer[] = []
    for (let round = 0; round < 3; round += 1) {
      const { secret } = await signIn(uid)
      for (let tries = 0; tries < 2; tries += 1) answers.push(await secondStep(secret, '000000'))
    }
    const flow = await rekey.start(uid)
    await rekey.settled()
    for (let tries = 0; tries < 4; tries += 1) answers.push(await prove(flow, 'totp', '000000'))
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'code-wrong'))

    // The eleventh is right, and nobody compares it.
    expect(codeOf(await prove(flow, 'totp', now(app)))).toBe('code-wrong')
    const { status } = await rekey.post('/v1/sign-ins', { identifier: uid, password: oldPassword })
    expect(status).toBe(401)
  })
})

describe('[105] a code that is used twice', () => {
  it('is one proof, of thirty at once in thirty flows and sign-ins', async () => {
    const app = await enrolApp(uid)
    const flows = await Promise.all(Array.from({ length: 20 }, () => rekey.start(uid)))
    await rekey.settled()
    const sessions = await Promise.all(Array.from({ length: 5 }, () => signIn(uid)))
    const code = now(app)

    const answers = await Promise.all([
      ...flows.map((flow) => prove(flow, 'totp', code)),
      ...sessions.map(({ secret }) => secondStep(secret, code)),
    ])

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})

describe('[115] a reset', () => {
  it('leaves what is enrolled as it is, and a sign-in goes on asking for it', async () => {
    const app = await enrolApp(uid)
    const mailed = await rekey.mailed(uid, address)
    const first = held(await rekey.post('/v1/links', { token: mailed.token }))
    const second = held(await prove(first, 'totp', now(app)))
    expect((await write(second, fresh)).status).toBe(200)

    expect(await signIn(uid, fresh)).toMatchObject({ awaits: 'second-proof' })
  })
})

describe('[16] [17] setting something up for somebody else', () => {
  it('is not done by a cookie, a form of another site, or a name in the request', async () => {
    const { secret } = await signIn(uid)
    const cookie = `__Host-rekey-session=${secret}`
    const body = JSON.stringify({ method: 'recovery_code' })
    const post = (headers: Record<string, string>, text = body) =>
      rekey.ask('/v1/me/methods', { method: 'POST', headers, body: text })

    const byCookie = await post({ cookie, 'content-type': 'application/json' })
    const byForm = await post({ authorization: `Session ${secret}`, 'content-type': 'text/plain' })
    expect([codeOf(byCookie), codeOf(byForm)]).toEqual(['credentials-missing', 'media-type-unsupported'])

    await person(`${uid}-other`)
    const thief = await signIn(`${uid}-other`)
    for (const extra of [{ subject: uid }, { account: uid }, { username: uid }, { tenant: 'northwind' }]) {
      const answer = await inSession('/v1/me/methods', thief.secret, { method: 'recovery_code', ...extra })
      expect(codeOf(answer), JSON.stringify(extra)).toBe('request-invalid')
    }
    const list = await inSession('/v1/me/methods', secret, undefined, 'GET')
    expect(list.json).toEqual({ methods: [] })
    expect(rekey.mailsTo(address)).toEqual([])
  })
})

describe('[235] the mailbox of a thief, and the telephone of its owner', () => {
  it('are not one flow: the link takes along only what its reader has proven', async () => {
    const app = await enrolApp(uid)
    const mailed = await rekey.mailed(uid, address)
    // The owner has begun with the app; whoever reads the mails clicks before.
    expect((await prove(mailed, 'totp', now(app))).status).toBe(200)

    const taken = held(await rekey.post('/v1/links', { token: mailed.token }))

    expect(taken).toMatchObject({ state: 'awaiting-proof', methods: ['totp'] })
    expect(codeOf(await write(taken))).toBe('not-proven')
    await unchanged()
  })
})

describe('[236] what a thief has set up with a stolen password', () => {
  it('is told to the owner, and is gone with the thief’s session when the owner says so', async () => {
    await enrolApp(uid)
    const [mail] = rekey.mailsTo(address)
    const token = /\/disavow#([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? ''

    expect((await rekey.post('/v1/disavowals', { token })).status).toBe(200)

    expect(await signIn(uid)).toMatchObject({ awaits: null })
    const mailed = await rekey.mailed(uid, address)
    expect(held(await rekey.post('/v1/links', { token: mailed.token }))).toMatchObject({ state: 'proven' })
  })
})

describe('[237] the codes of a sheet', () => {
  it('are nowhere but where they were shown: not in the database, the log or a second answer', async () => {
    const { secret } = await signIn(uid)
    const { codes } = (await inSession('/v1/me/methods', secret, { method: 'recovery_code' })).json as Added
    const seed = ((await inSession('/v1/me/methods', secret, { method: 'totp' })).json as Added).seed
    const { text: list } = await inSession('/v1/me/methods', secret, undefined, 'GET')
    const { rows } = await rekey.database.pool.query<{ text: string }>(
      'select e::text as text from enrolment e union all select a::text from audit_pending a',
    )

    const everything = [list, rekey.log(), ...rows.map(({ text }) => text)].join('\n').toLowerCase()
    expect(rows.length).toBeGreaterThanOrEqual(2)
    for (const canary of [...codes, ...codes.map((code) => code.replaceAll('-', '')), seed]) {
      expect(everything).not.toContain(canary.toLowerCase())
    }
    expect(secretsOf({ text: list }).code).toBe('')
  })
})
