import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type App,
  anApp,
  aWorldOfMethods,
  enrolApp,
  enrolSheet,
  signInFully,
} from '../../../test/support/enrolling.ts'
import { aPublicApp } from '../../../test/support/public-app.ts'
import { anAccount, initialPassword, lastMail, type World } from '../../../test/support/recovery-world.ts'
import { anyProof, defaultAssurance } from '../../core/proofs/index.ts'

const csrf = 'c'.repeat(43)

let world: World
let app: FastifyInstance
beforeEach(async () => {
  world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
  app = await aPublicApp(world)
})
afterEach(() => app.close())

type Fields = Readonly<Record<string, string>>

/** Somebody at a browser without script: keeps cookies, and follows where a form leads. */
class Visitor {
  readonly cookies = new Map([['__Host-rekey-csrf', csrf]])

  async get(url: string) {
    return this.#ask({ method: 'GET', url })
  }

  async post(url: string, fields: Fields = {}, headers: Fields = {}) {
    const payload = new URLSearchParams({ csrf, ...fields }).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
    return this.#ask({ method: 'POST', url, payload, headers: type })
  }

  /** The page that a form leads to. */
  async send(url: string, fields: Fields = {}) {
    const { status, location } = await this.post(url, fields)
    if (status !== 303) throw new Error(`${url} was answered ${status}`)
    return this.get(location)
  }

  async #ask(asked: { method: 'GET' | 'POST'; url: string; payload?: string; headers?: Fields }) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await app.inject({ ...asked, headers: { ...asked.headers, cookie } })
    for (const { name, value } of answer.cookies) this.cookies.set(name, value)
    const { statusCode: status, body: html, headers } = answer
    // The first is of the card for a mailed link.
    const title = [...html.matchAll(/<h1[^>]*>([^<]*)/g)].at(-1)?.[1] ?? ''
    return { status, html, title, location: headers.location ?? '', headers }
  }
}

const password = initialPassword('ada')
const signIn = (visitor: Visitor) => visitor.post('/sign-in', { identifier: 'ada', password })

/** A sign-in on the page waits for its tick; where that is not what matters, the browser gets the session at once. */
async function signedIn(phone?: App): Promise<Visitor> {
  const visitor = new Visitor()
  const { session, secret } = await signInFully(world, 'ada', phone)
  visitor.cookies.set('__Host-rekey-session', `${session.id}.${secret}`)
  return visitor
}

const idIn = (text: string) => /id=([a-z0-9]{26})/.exec(text)?.[1] ?? ''
const seedIn = (html: string) => /secret=([A-Z2-7]{32})/.exec(html)?.[1] ?? ''
const codesIn = (html: string) => [...html.matchAll(/<li><code[^>]*>([^<]*)/g)].map(([, code = '']) => code)
const wrong = '000000'

async function withApp() {
  const { session } = await signInFully(world, 'ada')
  return { phone: await enrolApp(world, session), session }
}

const listed = async () => {
  const { session } = await signInFully(world, 'ada')
  return world.enrolment.list({ session })
}

describe('an authenticator app on the pages', () => {
  it('is set up with a seed that a wrong code or another look does not change', async () => {
    const visitor = await signedIn()

    const begun = await visitor.send('/methods/add', { method: 'totp' })
    const seed = seedIn(begun.html)
    const id = idIn(begun.html) || (/name="id" value="(\w+)"/.exec(begun.html)?.[1] ?? '')
    const refused = await visitor.post('/methods/confirm', { id, code: wrong, name: 'Blue "phone"' })
    const unread = await visitor.post('/methods/confirm', { id, code: '12', name: '' })
    const again = await visitor.get(`/methods/set-up?id=${id}`)
    const code = anApp(id, seed).code(world.clock.now())
    const list = await visitor.send('/methods/confirm', { id, code, name: 'Blue "phone"' })

    expect(seed).toHaveLength(32)
    expect([refused.status, unread.status, again.status]).toEqual([422, 422, 200])
    expect([refused, unread, again].map(({ html }) => seedIn(html))).toEqual([seed, seed, seed])
    expect(refused.html).toContain('value="Blue &quot;phone&quot;"')
    expect(begun.headers['cache-control']).toBe('no-store')
    expect(list.html).toContain('It is set up and counts from now on.')
    expect(list.html).toContain('<b>Blue &quot;phone&quot;</b>')
    // From now on nobody sees the seed.
    expect((await visitor.get(`/methods/set-up?id=${id}`)).location).toBe('/methods?said=unknown')
  })

  it('is shown its seed again in the sign-in that began it alone, and not once it counts', async () => {
    const visitor = await signedIn()
    const { location } = await visitor.post('/methods/add', { method: 'totp' })
    world.clock.advance(1)
    const other = await signedIn()

    expect((await other.get(location)).location).toBe('/methods?said=unknown')
    expect(seedIn((await visitor.get(location)).html)).not.toBe('')
    world.clock.advance(600)
    const late = await visitor.get(location)
    expect([late.status, late.title, seedIn(late.html)]).toEqual([403, 'Sign in', ''])
  })

  it('is asked for after the password, before every page, and leads on to the one that was wanted', async () => {
    const { phone } = await withApp()
    const visitor = new Visitor()
    expect((await visitor.get('/methods')).location).toBe('/sign-in')

    const signed = await signIn(visitor)
    const before = visitor.cookies.get('__Host-rekey-session')
    const held = await Promise.all(['/methods', '/change?again=1'].map((path) => visitor.get(path)))
    await visitor.get('/methods')
    const refused = await visitor.post('/sign-in/proof', { method: 'totp', code: wrong })
    const unread = await visitor.post('/sign-in/proof', { method: 'totp', code: 'none' })
    const code = phone.code(world.clock.now())
    const proven = await visitor.post('/sign-in/proof', { method: 'totp', code })

    expect(signed.location).toBe('/sign-in/proof')
    expect(held.map(({ location }) => location)).toEqual(['/sign-in/proof', '/sign-in/proof'])
    expect([refused.status, unread.status]).toEqual([422, 422])
    expect(refused.html).toContain('You have 9 tries left.')
    expect(unread.html).toContain('No try was used up.')
    expect([proven.status, proven.location]).toEqual([303, '/methods'])
    expect((await visitor.get('/methods')).title).toBe('Ways to prove it is you')
    // The secret of the session that was awaiting is worth nothing any more.
    const now = visitor.cookies.get('__Host-rekey-session') ?? ''
    expect(now).not.toBe(before)
    visitor.cookies.set('__Host-rekey-session', before ?? '')
    expect((await visitor.get('/methods')).title).toBe('Sign in')
  })

  it('changes nothing without its second proof, and its sign-in is over after five minutes', async () => {
    const { phone } = await withApp()
    const visitor = new Visitor()
    await signIn(visitor)

    const removed = await visitor.post('/methods/remove', { id: phone.id })
    expect(removed.location).toBe('/sign-in/proof')
    const changed = await visitor.post('/change', { current: password, password: 'granite harbour 3' })
    expect(changed.location).toBe('/sign-in/proof')
    world.clock.advance(301)
    const late = await visitor.post('/sign-in/proof', {
      method: 'totp',
      code: phone.code(world.clock.now()),
    })

    expect(late.html).toContain('You are signed out here')
  })

  it('need not be given by who would rather not sign in after all', async () => {
    await withApp()
    const visitor = new Visitor()
    await signIn(visitor)
    const held = visitor.cookies.get('__Host-rekey-session') ?? ''

    const out = await visitor.post('/sign-out')
    visitor.cookies.set('__Host-rekey-session', held)

    expect(out.html).toContain('You are signed out.')
    expect((await visitor.get('/sign-in/proof')).html).toContain('You are signed out here')
  })

  it('says that its removal leaves the password alone, and is gone after a second press only', async () => {
    const { phone, session } = await withApp()
    await enrolSheet(world, session)
    const visitor = await signedIn(phone)

    const asked = await visitor.get(`/methods/remove?id=${phone.id}`)
    expect(asked.html).toContain('from then on your password alone is enough')
    expect(await world.enrolment.list({ session })).toHaveLength(2)
    const list = await visitor.send('/methods/remove', { id: phone.id })

    expect(list.html).toContain('It was removed.')
    expect((await listed()).map(({ method }) => method)).toEqual(['recovery_code'])
    expect((await visitor.post('/methods/remove', { id: phone.id })).location).toBe('/methods?said=unknown')
  })
})

describe('recovery codes on the pages', () => {
  it('are shown once; a form that is sent again makes no new ones', async () => {
    const visitor = await signedIn()

    const first = await visitor.post('/methods/add', { method: 'recovery_code' })
    const again = await visitor.post('/methods/add', { method: 'recovery_code' })
    const [sheet] = await listed()
    const [code = ''] = codesIn(first.html)
    const tried = await visitor.post('/methods/try', { id: sheet?.id ?? '', code })
    const twice = await visitor.post('/methods/try', { id: sheet?.id ?? '', code })

    expect(codesIn(first.html)).toHaveLength(10)
    expect(first.headers['cache-control']).toBe('no-store')
    // Nothing leads away from them but the button.
    expect(first.html).not.toContain('?lang=')
    expect(again.location).toBe('/methods?said=shown')
    expect(tried.html).toContain('It works.')
    expect(twice.html).toContain('This code is not right, or was used before.')
    const list = await visitor.get('/methods')
    expect(list.html).toContain('9 codes left')
    expect(list.html).not.toContain('Get recovery codes')
    const renewed = await visitor.post('/methods/add', { method: 'recovery_code', replaces: sheet?.id ?? '' })
    expect(codesIn(renewed.html)).toHaveLength(10)
    expect(codesIn(renewed.html)).not.toContain(code)
  })

  it('finish a sign-in, chosen by a link', async () => {
    const { session } = await withApp()
    const [code = ''] = await enrolSheet(world, session)
    const visitor = new Visitor()
    await signIn(visitor)

    const step = await visitor.get('/sign-in/proof')
    expect(step.html).toContain('href="/sign-in/proof?method=recovery_code"')
    const chosen = await visitor.get('/sign-in/proof?method=recovery_code')
    expect(chosen.html).toContain('<input type="hidden" name="method" value="recovery_code"/>')
    expect((await visitor.post('/sign-in/proof', { method: 'recovery_code', code })).location).toBe('/change')
  })
})

describe('what is set up', () => {
  it('can’t be changed by another site, nor by a form that is not of this browser', async () => {
    const { phone } = await withApp()
    const visitor = await signedIn(phone)
    const before = await listed()
    const forms: [string, Fields][] = [
      ['/methods/add', { method: 'recovery_code' }],
      ['/methods/rename', { id: phone.id, name: 'mine' }],
      ['/methods/remove', { id: phone.id }],
    ]

    for (const [path, fields] of forms) {
      const stale = await visitor.post(path, { ...fields, csrf: 'x'.repeat(43) })
      const foreign = await visitor.post(path, fields, { 'sec-fetch-site': 'cross-site' })
      expect([path, stale.status, foreign.status]).toEqual([path, 403, 403])
    }

    expect(await listed()).toEqual(before)
  })

  it('is changed only by somebody who has just signed in, who then comes back to it', async () => {
    const visitor = await signedIn()
    world.clock.advance(601)

    const refused = await visitor.post('/methods/add', { method: 'totp' })
    expect([refused.status, refused.title]).toEqual([403, 'Sign in'])
    expect(refused.html).toContain('needs a fresh sign-in')
    expect((await signIn(visitor)).location).toBe('/methods')
  })

  it('is of its owner alone', async () => {
    const { session } = await signInFully(world, 'bob')
    const { id } = await enrolApp(world, session)
    const visitor = await signedIn()

    for (const path of ['/methods/one', '/methods/remove', '/methods/set-up']) {
      expect((await visitor.get(`${path}?id=${id}`)).location).toBe('/methods?said=unknown')
    }
    for (const path of ['/methods/rename', '/methods/remove', '/methods/confirm', '/methods/try']) {
      const answer = await visitor.post(path, { id, code: '123456', name: 'mine' })
      expect([path, answer.location]).toEqual([path, '/methods?said=unknown'])
    }
    expect(await world.enrolment.list({ session })).toMatchObject([{ id, name: 'telephone' }])
  })
})

describe('a recovery', () => {
  const start = async () => {
    const visitor = new Visitor()
    await visitor.post('/recover/start', { identifier: 'ada' })
    await world.runJobs()
    return visitor
  }

  it('goes on to the app after the mail, and to the password after both', async () => {
    const { phone } = await withApp()
    const visitor = await start()

    const second = await visitor.send('/recover/code', { code: lastMail(world).code })
    expect(second.title).toBe('One more proof')
    expect(second.html).toContain('1 of 2 done.')
    expect(second.html).toContain('You have set up a further way')
    const refused = await visitor.post('/recover/code', { method: 'totp', code: wrong })
    expect([refused.status, refused.title]).toEqual([422, 'One more proof'])
    const code = phone.code(world.clock.now())
    const last = await visitor.send('/recover/code', { method: 'totp', code })

    expect(last.title).toBe('Choose a new password')
    const done = await visitor.send('/recover/password', { password: 'granite harbour whistle 3' })
    expect(done.html).toContain('<a class="line" href="/methods">Set up a second way to prove it is you</a>')
  })

  it('begins with the app where the mailbox is out of reach, and asks for the mail then', async () => {
    const { phone } = await withApp()
    const visitor = await start()

    const first = await visitor.get('/recover')
    expect(first.html).toContain('href="/recover?method=totp"')
    const page = await visitor.get('/recover?method=totp')
    expect(page.title).toBe('Prove it another way')
    const code = phone.code(world.clock.now())
    const second = await visitor.send('/recover/code', { method: 'totp', code })

    expect(second.title).toBe('One more proof')
    expect(second.html).toContain('8-digit code')
    expect(
      (await visitor.send('/recover/code', { method: 'email_code', code: lastMail(world).code })).title,
    ).toBe('Choose a new password')
  })

  it('goes back to the mail, whose link still works, when no tries are left', async () => {
    await withApp()
    const visitor = await start()

    for (const _ of [1, 2, 3, 4]) await visitor.post('/recover/code', { method: 'totp', code: wrong })
    const last = await visitor.post('/recover/code', { method: 'totp', code: wrong })
    const later = await visitor.get('/recover?method=totp')

    for (const page of [last, later]) {
      expect(page.title).toBe('Check your mail')
      expect(page.html).toContain('The link in our mail still works')
      const others = [...page.html.matchAll(/\?method=(\w+)/g)].map(([, method]) => method)
      // What nobody guesses.
      expect(others).toEqual(['recovery_code', 'passkey'])
    }
    // What can’t be guessed is still there.
    expect(later.html).toContain('?method=recovery_code')
    const sheet = await visitor.get('/recover?method=recovery_code')
    expect(sheet.html).toContain('name="method" value="recovery_code"')
  })

  it('asks for one more where policy wants more than the proofs are worth, and says that it is policy', async () => {
    await app.close()
    const assurance = { ...defaultAssurance, everybody: { ...anyProof, points: 3 }, enrolled: anyProof }
    world = aWorldOfMethods({ assurance })
    app = await aPublicApp(world)
    const { session } = await signInFully(world, 'ada')
    await enrolSheet(world, session)
    const visitor = await start()

    const second = await visitor.send('/recover/code', { code: lastMail(world).code })

    expect(second.html).toContain('1 of 2 done.')
    expect(second.html).toContain('Northwind asks for more than one proof for this account.')
    expect(second.html).toContain('name="method" value="recovery_code"')
  })

  it('sends to the help desk who has nothing yet that would do', async () => {
    await app.close()
    world = aWorldOfMethods({ rules: { coolDownSeconds: 86_400 } })
    app = await aPublicApp(world)
    await withApp()
    const visitor = await start()

    const second = await visitor.send('/recover/code', { code: lastMail(world).code })

    expect(second.title).toBe('Mail alone is not enough here')
    expect(second.html).toContain('Ask the help desk: +44 20 7946 0123.')
  })
})
