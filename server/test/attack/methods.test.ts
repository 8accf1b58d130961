import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, anApp } from '../support/enrolling.ts'
import { aPasskey, type Ceremony, type Passkey } from '../support/passkey.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import {
  type Attacked,
  anAttackedRekey,
  oldPassword,
  publicUrl,
  type StartedFlow,
  secretsOf,
} from './attacked.ts'

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
    // Nor has whoever reads the mails taken a factor away by it: for a week one mailbox is not enough.
    const mailed = await rekey.mailed(uid, address)
    const flow = held(await rekey.post('/v1/links', { token: mailed.token }))
    expect(flow).toMatchObject({ state: 'awaiting-proof', methods: [] })
    expect(codeOf(await write(flow))).toBe('not-proven')
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

interface Options {
  challenge: string
  user: { id: string }
}

const at = (challenge: string, over: Partial<Ceremony> = {}): Ceremony => ({
  ...{ challenge, origin: publicUrl, rpId: new URL(publicUrl).hostname },
  ...over,
})

async function begun(session: string) {
  const { enrolment, passkey } = (await inSession('/v1/me/methods', session, { method: 'passkey' })).json as {
    enrolment: { id: string }
    passkey: Options
  }
  const made = aPasskey({ userHandle: passkey.user.id })
  const confirm = (credential: unknown, by = session) =>
    inSession(`/v1/me/methods/${enrolment.id}/confirmation`, by, { credential })
  return { id: enrolment.id, made, challenge: passkey.challenge, confirm }
}

async function enrolPasskey(identifier: string): Promise<{ id: string; passkey: Passkey; session: string }> {
  const { secret } = await signIn(identifier)
  const { id, made, challenge, confirm } = await begun(secret)
  expect((await confirm(made.create(at(challenge)))).status).toBe(200)
  await rekey.settled()
  return { id, passkey: made, session: secret }
}

const challengeOf = async (flow: { id: string; secret: string }) => {
  const asked = await rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method: 'passkey' }, flow.secret)
  return (asked.json as { passkey: Options }).passkey.challenge
}
const show = (flow: { id: string; secret: string }, credential: unknown) =>
  rekey.post(`/v1/recoveries/${flow.id}/proofs`, { method: 'passkey', credential }, flow.secret)

describe('[114] the first passkey of an account', () => {
  it('is set up by nobody who is not signed in, fully and just now, and by no answer to another', async () => {
    const body = JSON.stringify({ method: 'passkey' })
    const json = { 'content-type': 'application/json' }
    const bare = await rekey.ask('/v1/me/methods', { method: 'POST', headers: json, body })
    expect(codeOf(bare)).toBe('credentials-missing')

    const { secret } = await signIn(uid)
    await person(`${uid}-thief`)
    const thief = await begun((await signIn(`${uid}-thief`)).secret)
    const mine = await begun(secret)
    // The thief's own browser answered for the thief's own account.
    const theirs = thief.made.create(at(thief.challenge))
    expect(codeOf(await mine.confirm(theirs))).toBe('passkey-refused')
    expect(codeOf(await thief.confirm(mine.made.create(at(mine.challenge)), secret))).toBe('passkey-refused')
    rekey.clock.advance(601)
    expect(codeOf(await mine.confirm(mine.made.create(at(mine.challenge))))).toBe('sign-in-again')
    expect((await inSession('/v1/me/methods', secret, undefined, 'GET')).json).toEqual({ methods: [] })
  })
})

describe('[240] what a passkey signed for a site that looks like ours', () => {
  it('brings nobody back, nor what it signed without asking its holder', async () => {
    const { passkey } = await enrolPasskey(uid)
    const flow = await rekey.start(uid)
    await rekey.settled()
    const challenge = await challengeOf(flow)
    const wrong: Partial<Ceremony>[] = [
      { origin: 'https://recovery.northwind.test.evil.test' },
      { origin: 'https://login.recovery.northwind.test' },
      { origin: publicUrl.replace('https', 'http') },
      { rpId: 'northwind.test' },
      { crossOrigin: true, topOrigin: 'https://evil.test' },
      { verified: false },
      { present: false },
      { type: 'webauthn.create' },
    ]

    for (const one of wrong) {
      const answer = await show(flow, passkey.use(at(challenge, one)))
      expect(codeOf(answer), JSON.stringify(one)).toBe('passkey-refused')
    }
    expect(held(await show(flow, passkey.use(at(challenge))))).toMatchObject({ state: 'proven' })
  })
})

describe('[241] the answer of a passkey', () => {
  it('counts once, for the flow and the person that were asked, and not for long', async () => {
    const { passkey } = await enrolPasskey(uid)
    await person(`${uid}-thief`)
    const thief = await enrolPasskey(`${uid}-thief`)
    const [flow, other] = [await rekey.start(uid), await rekey.start(uid)]
    await rekey.settled()
    const challenge = await challengeOf(flow)
    const overheard = passkey.use(at(challenge))

    expect(codeOf(await show(other, overheard))).toBe('passkey-refused')
    expect(codeOf(await show(flow, thief.passkey.use(at(challenge))))).toBe('passkey-refused')
    const racers = await Promise.all(Array.from({ length: 30 }, () => show(flow, overheard)))
    expect(racers.filter(({ status }) => status === 200)).toHaveLength(1)
    const late = passkey.use(at(await challengeOf(other)))
    rekey.clock.advance(1_201)
    expect(codeOf(await show(other, late))).toBe('passkey-refused')
  })
})

describe('[242] a copy of a passkey', () => {
  it('is refused when the other has been used since, and every one that was removed', async () => {
    const { passkey, id, session } = await enrolPasskey(uid)
    const flows = await Promise.all(Array.from({ length: 11 }, () => rekey.start(uid)))
    await rekey.settled()
    const [owners, copys, removed, ...rest] = flows
    if (owners === undefined || copys === undefined || removed === undefined)
      throw new Error('eleven started')
    const use = async (flow: StartedFlow, counter: number) =>
      show(flow, passkey.use(at(await challengeOf(flow), { counter })))

    expect((await use(owners, 5)).status).toBe(200)
    expect(codeOf(await use(copys, 5))).toBe('passkey-refused')
    const racers = await Promise.all(rest.map((flow) => use(flow, 6)))
    expect(racers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await inSession(`/v1/me/methods/${id}`, session, undefined, 'DELETE')).status).toBe(204)
    expect(codeOf(await use(removed, 7))).toBe('passkey-refused')
  })
})
