import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, attackerAddress, oldPassword } from './attacked.ts'

const fresh = 'walnut orbit ferry 42'
const stolen = 'granite harbour whistle 3'
const csrf = 'C'.repeat(43)

let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  // One machine attacks here; what holds back a network is tested by itself.
  rekey = await anAttackedRekey({ limits: { requestsPerNetworkPerMinute: 5_000 } })
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** A victim of its own for every test. */
beforeEach(async () => {
  count += 1
  uid = `changing${count}`
  address = `${uid}.home@example.test`
  await rekey.addPerson({
    username: uid,
    displayName: `Number ${count}`,
    mails: [`${uid}@example.test`],
    recoveryAddresses: [address],
  })
})

interface Held {
  id: string
  secret: string
}

const signIn = (identifier: string, password: string) => rekey.post('/v1/sign-ins', { identifier, password })

/** One request with the secret of a session. */
const inSession = (path: string, session: string, method = 'POST') =>
  rekey.ask(path, { method, headers: { authorization: `Session ${session}` } })

async function sessionOf(identifier: string, password = oldPassword): Promise<string> {
  const { status, json, text } = await signIn(identifier, password)
  if (status !== 201) throw new Error(`the sign-in was answered ${status}: ${text}`)
  return (json as { secret: string }).secret
}

const open = async (session: string) => (await inSession('/v1/changes', session)).json as Held

async function token({ id, secret }: Held): Promise<string> {
  const { json } = await rekey.post(`/v1/changes/${id}/action-tokens`, {}, secret)
  return (json as { token?: string }).token ?? ''
}

const change = async (
  { id, secret }: Held,
  body: { current?: string; password?: string; actionToken: string; keepSession?: boolean },
): Promise<RawAnswer> =>
  rekey.post(`/v1/changes/${id}/password`, { current: oldPassword, password: fresh, ...body }, secret)

const codeOf = ({ json }: RawAnswer) => /#([\w-]+)$/.exec((json as { type?: string }).type ?? '')?.[1] ?? ''
const unchanged = async () => {
  expect([await rekey.signsIn(uid, oldPassword), await rekey.signsIn(uid, stolen)]).toEqual([true, false])
}

describe('[180] guessing at the change form, beside the sign-in page', () => {
  it('has ten tries between both, however many come at once', async () => {
    const session = await sessionOf(uid)
    const held = await open(session)
    const tokens: string[] = []
    const flows = await Promise.all(Array.from({ length: 12 }, () => open(session)))
    for (const flow of flows) tokens.push(await token(flow))

    const answers = await Promise.all([
      ...flows.map((flow, at) => change(flow, { current: `guess ${at}`, actionToken: tokens[at] ?? '' })),
      ...Array.from({ length: 12 }, (_, at) => signIn(uid, `guess number ${at}`)),
    ])

    const wrong = answers.filter((answer) => codeOf(answer) === 'current-password-wrong').length
    const refused = answers.filter((answer) => codeOf(answer) === 'sign-in-refused').length
    expect(wrong).toBeLessThanOrEqual(10)
    expect(refused).toBe(12)
    expect(codeOf(await change(held, { actionToken: await token(held) }))).toBe('too-many-requests')
    expect(codeOf(await signIn(uid, oldPassword))).toBe('sign-in-refused')
    expect(await rekey.audit('sign-in.refused')).toBeGreaterThan(0)
  })

  it('locks nobody out of the directory, nor out of the way back by mail', async () => {
    for (let tried = 0; tried < 40; tried += 1) await signIn(uid, `guess ${tried}`)
    expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
    const { token: link } = await rekey.mailed(uid, address)
    const { id, secret } = (await rekey.post('/v1/links', { token: link })).json as Held

    expect((await rekey.post(`/v1/recoveries/${id}/password`, { password: fresh }, secret)).status).toBe(200)
  })
})

describe('[181] asking the sign-in who exists', () => {
  it('is answered alike for everybody', async () => {
    await rekey.addPerson({ username: `${uid}-locked`, displayName: 'L', locked: true })
    await rekey.addPerson({ username: `${uid}-disabled`, displayName: 'D', disabled: true })
    await rekey.addPerson({ username: `${uid}-federated`, displayName: 'F', federated: true })
    for (let tried = 0; tried < 10; tried += 1) await signIn(uid, `guess ${tried}`)
    const names = [uid, `${uid}-locked`, `${uid}-disabled`, `${uid}-federated`, 'nobody-of-that-name', '?']

    const shapes = await Promise.all(
      names.map(async (name) => {
        const { status, headers, json, cookies } = await signIn(name, oldPassword)
        const { instance: _, ...body } = json as { instance: string }
        return { status, headers: Object.keys(headers).toSorted(), body, cookies }
      }),
    )

    for (const shape of shapes) expect(shape).toEqual(shapes[0])
    expect(shapes[0]).toMatchObject({ status: 401 })
  })
})

describe('[182] an action token', () => {
  it('that was used is used, also by thirty at once', async () => {
    const held = await open(await sessionOf(uid))
    const actionToken = await token(held)

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, racer) =>
        change(held, { actionToken, password: `walnut orbit ferry ${racer}` }),
      ),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await change(held, { actionToken, password: stolen })).status).not.toBe(200)
    expect(await rekey.signsIn(uid, stolen)).toBe(false)
  })

  it('that was used for what was refused is used as well', async () => {
    const held = await open(await sessionOf(uid))
    const actionToken = await token(held)

    expect(codeOf(await change(held, { actionToken, password: 'short' }))).toBe('password-refused')
    expect(codeOf(await change(held, { actionToken, password: stolen }))).toBe('action-token-unusable')
    await unchanged()
  })

  it('of another flow, of another account, of half a minute ago or of nobody begins nothing', async () => {
    const mine = await open(await sessionOf(uid))
    const again = await open(await sessionOf(uid))
    const attackers = await open(await sessionOf('attacker'))
    const own = await token(mine)
    for (const actionToken of [await token(again), await token(attackers), '', 'A'.repeat(43), `${own}.`]) {
      expect([actionToken, (await change(mine, { actionToken, password: stolen })).status]).not.toContain(200)
    }
    rekey.clock.advance(31)
    expect(codeOf(await change(mine, { actionToken: own, password: stolen }))).toBe('action-token-unusable')
    await unchanged()
  })
})

describe('[183] a change by somebody who does not know the password', () => {
  it('is none, whatever is sent in its place', async () => {
    const held = await open(await sessionOf(uid))
    for (const current of ['', ' ', fresh, oldPassword.toUpperCase(), `${oldPassword} `]) {
      const answer = await change(held, { current, password: stolen, actionToken: await token(held) })
      expect([current, codeOf(answer)]).toEqual([current, 'current-password-wrong'])
    }
    const { id, secret } = held
    const actionToken = await token(held)
    for (const body of [
      { password: stolen, actionToken },
      { current: null, password: stolen, actionToken },
      { current: [oldPassword], password: stolen, actionToken },
      { current: 'x', password: stolen, actionToken, proofs: ['password'] },
    ]) {
      expect((await rekey.post(`/v1/changes/${id}/password`, body, secret)).status).toBe(400)
    }
    await unchanged()
  })

  it('can’t take the way of a recovery', async () => {
    const { id, secret } = await open(await sessionOf(uid))

    const answer = await rekey.post(`/v1/recoveries/${id}/password`, { password: stolen }, secret)

    expect(codeOf(answer)).toBe('flow-of-another-kind')
    expect((await rekey.post(`/v1/recoveries/${id}/unlock`, {}, secret)).status).not.toBe(200)
    await unchanged()
  })
})

describe('[184] a session', () => {
  it('opens nothing for who shows another secret, another id or a flow’s', async () => {
    const session = await sessionOf(uid)
    const attackers = await sessionOf('attacker')
    const [id = ''] = session.split('.')
    const [, secret = ''] = attackers.split('.')
    const flow = await open(session)
    const forged = [`${id}.${secret}`, `${id}.`, `.${secret}`, id, `${flow.id}.${flow.secret}`, `${session}x`]

    for (const wrong of forged) {
      expect([wrong, (await inSession('/v1/changes', wrong)).status]).toEqual([wrong, 401])
    }
    const held = await open(attackers)
    expect((await change({ id: flow.id, secret: held.secret }, { actionToken: 'x' })).status).toBe(404)
  })

  it('and what was opened in it ends with a reset, a sign-out and its half hour', async () => {
    const reset = await sessionOf(uid)
    const opened = await open(reset)
    const actionToken = await token(opened)
    const { token: link } = await rekey.mailed(uid, address)
    const { id, secret } = (await rekey.post('/v1/links', { token: link })).json as Held
    await rekey.post(`/v1/recoveries/${id}/password`, { password: fresh }, secret)
    const out = await sessionOf(uid, fresh)
    await inSession('/v1/sign-ins', out, 'DELETE')
    const late = await sessionOf(uid, fresh)
    const isOver = async (session: string) => (await inSession('/v1/changes', session)).status === 401

    expect([await isOver(reset), await isOver(out), await isOver(late)]).toEqual([true, true, false])
    rekey.clock.advance(1_800)
    expect(await isOver(late)).toBe(true)
    expect((await change(opened, { current: fresh, password: stolen, actionToken })).status).toBe(410)
    expect(await rekey.signsIn(uid, stolen)).toBe(false)
  })
})

describe('[185] a form of another site', () => {
  const forms = ['/sign-in', '/sign-out', '/change', '/change/action']
  const sent: readonly [string, Record<string, string>, string][] = [
    ['without the value', { cookie: `__Host-rekey-csrf=${csrf}` }, ''],
    ['without the cookie', {}, `csrf=${csrf}`],
    [
      'that the browser names',
      { cookie: `__Host-rekey-csrf=${csrf}`, 'sec-fetch-site': 'cross-site' },
      `csrf=${csrf}`,
    ],
  ]

  it.each(sent)('%s neither signs in nor out, and changes nothing', async (_, headers, body) => {
    const [id = '', secret = ''] = (await sessionOf(uid)).split('.')
    const cookie = [headers['cookie'] ?? '', `__Host-rekey-session=${id}.${secret}`].join('; ')
    for (const path of forms) {
      const fields = `${body}&identifier=attacker&password=${encodeURIComponent(oldPassword)}&current=${encodeURIComponent(oldPassword)}`
      const answer = await rekey.ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers, cookie },
        body: fields,
      })

      expect([path, answer.status]).toEqual([path, 403])
      expect(Object.keys(answer.cookies)).not.toContain('__Host-rekey-session')
    }
    expect((await inSession('/v1/changes', `${id}.${secret}`)).status).toBe(201)
    await unchanged()
  })
})

describe('[186] the mailbox', () => {
  it('of an attacker brings nobody into a change', async () => {
    const { token: link } = await rekey.mailed('attacker', attackerAddress)
    const recovering = (await rekey.post('/v1/links', { token: link })).json as Held

    expect(codeOf(await change(recovering, { actionToken: 'x', password: stolen }))).toBe(
      'flow-of-another-kind',
    )
    expect(await token(recovering)).toBe('')
    await unchanged()
  })
})
