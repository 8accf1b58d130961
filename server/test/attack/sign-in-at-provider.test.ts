import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { callback, redirectUri, rekeyWithProvider, Stranger } from './at-provider.ts'
import { type Attacked, oldPassword } from './attacked.ts'

let provider: OidcProvider
let rekey: Attacked

beforeAll(async () => {
  provider = await startOidcProvider()
  provider.people
    .set('victim', { preferred_username: 'victim' })
    .set('attacker', { preferred_username: 'attacker' })
    .set('stranger', { preferred_username: 'nobody-here' })
    .set('gone', { preferred_username: 'gone' })
    .set('nameless', {})
  provider.open(redirectUri)
  rekey = await rekeyWithProvider(provider.issuer)
  const addresses = { mails: ['x@example.test'], recoveryAddresses: ['x.home@example.test'] }
  await rekey.addPerson({ username: 'gone', displayName: 'Gone', ...addresses, disabled: true })
})
afterAll(async () => {
  await rekey[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

/** What a browser has been sent back with, and has not come back with yet. */
async function onTheWayBack(name: string) {
  const browser = new Stranger(rekey)
  return { browser, back: await browser.signInAtProvider(await browser.depart(), name) }
}

function expectToStartAgain(answer: RawAnswer, browser: Stranger): void {
  expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Start again.') as string })
  expect(browser.isSignedIn()).toBe(false)
}

describe('a person whom the provider knows', () => {
  it('comes back to the change, and the provider is told nothing but the configured address', async () => {
    const browser = new Stranger(rekey)
    const there = await browser.depart()
    const answer = await browser.arrive(await browser.signInAtProvider(there, 'victim'))

    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      redirect_uri: redirectUri,
      response_type: 'code',
      code_challenge_method: 'S256',
      max_age: '300',
    })
    expect(answer).toMatchObject({ status: 303, headers: { location: '/change' } })
    expect(await browser.change()).toContain('id="current"')
  })

  it('is a stranger here all the same when nobody, or nobody who may sign in, has that name', async () => {
    const told = []
    for (const name of ['stranger', 'gone', 'nameless']) {
      const { browser, back } = await onTheWayBack(name)
      const { status, text } = await browser.arrive(back)
      expect(browser.isSignedIn()).toBe(false)
      told.push([status, text])
    }

    expect(told[0]).toEqual([403, expect.stringContaining('we found no account for it here')])
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })
})

describe('[200] [201] an answer that somebody else was given', () => {
  it('signs nobody in without what the browser kept: no stranger’s account under the victim’s hands', async () => {
    const attackers = await onTheWayBack('attacker')
    const victim = new Stranger(rekey)

    expectToStartAgain(await victim.arrive(attackers.back), victim)
  })

  it('signs nobody in for a browser that is on a way of its own', async () => {
    const attackers = await onTheWayBack('attacker')
    const victim = new Stranger(rekey)
    await victim.depart()

    expectToStartAgain(await victim.arrive(attackers.back), victim)
  })

  it('is refused by the provider when only its code is slipped in: the verifier is another’s', async () => {
    const victims = await onTheWayBack('victim')
    const thief = await onTheWayBack('attacker')
    const mixed = new URL(thief.back)
    mixed.searchParams.set('code', victims.back.searchParams.get('code') ?? '')

    expectToStartAgain(await thief.browser.arrive(mixed), thief.browser)
    expect(await victims.browser.arrive(victims.back)).toMatchObject({ status: 303 })
  })

  it('is not taken for an answer of ours when it was another application’s', async () => {
    const browser = new Stranger(rekey)
    const there = await browser.depart()
    const elsewhere = new URL(there)
    elsewhere.searchParams.set('client_id', 'another-application')
    elsewhere.searchParams.set('redirect_uri', 'https://another.example/callback')
    const taken = await browser.signInAtProvider(elsewhere, 'victim', 'https://another.example/callback')
    const back = new URL(`${redirectUri}${taken.search}`)

    expectToStartAgain(await browser.arrive(back), browser)
  })
})

describe('[202] [203] an answer that is not what the provider sent', () => {
  it.each([
    ['another state', { state: 'A'.repeat(43) }],
    ['another issuer (RFC 9207)', { iss: 'https://elsewhere.example' }],
    ['no issuer', { iss: null }],
    ['another code', { code: 'made-up' }],
    ['no code', { code: null }],
    ['an error', { error: 'access_denied' }],
  ])('with %s begins no session, and the page says to start again', async (_, over) => {
    const { browser, back } = await onTheWayBack('victim')
    for (const [name, value] of Object.entries(over)) {
      if (value === null) back.searchParams.delete(name)
      else back.searchParams.set(name, value)
    }

    expectToStartAgain(await browser.arrive(back), browser)
  })

  it.each(['state', 'code', 'iss'])('with two %s begins no session', async (name) => {
    const { browser, back } = await onTheWayBack('victim')
    back.searchParams.append(name, back.searchParams.get(name) ?? '')
    back.searchParams.append(name, 'another')

    expectToStartAgain(await browser.arrive(back), browser)
  })

  it('counts once: loaded again, or with what was kept put back, it begins no other session', async () => {
    const { browser, back } = await onTheWayBack('victim')
    const kept = new Map(browser.atRekey)
    const signedIn = await rekey.audit('sign-in.accepted')
    expect((await browser.arrive(back)).status).toBe(303)

    const again = new Stranger(rekey)
    expectToStartAgain(await again.arrive(back), again)
    for (const [name, value] of kept) again.atRekey.set(name, value)
    expectToStartAgain(await again.arrive(back), again)
    expect(await rekey.audit('sign-in.accepted')).toBe(signedIn + 1)
  })

  it('comes too late after ten minutes', async () => {
    const { browser, back } = await onTheWayBack('victim')
    rekey.clock.advance(600)

    expectToStartAgain(await browser.arrive(back), browser)
  })

  it('is not looked at by HEAD, which begins nothing and uses nothing up', async () => {
    const { browser, back } = await onTheWayBack('victim')
    const { status } = await rekey.ask(`${back.pathname}${back.search}`, {
      method: 'HEAD',
      headers: { cookie: [...browser.atRekey].map(([name, value]) => `${name}=${value}`).join('; ') },
    })

    expect(status).toBe(404)
    expect(await browser.arrive(back)).toMatchObject({ status: 303 })
  })
})

it('a password that is switched off signs nobody in, at the portal and at the API', async () => {
  await using company = await rekeyWithProvider(provider.issuer, {}, { password: false })
  const { text } = await company.ask('/sign-in')
  const csrf = 'c'.repeat(43)
  const form = await company.ask('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-rekey-csrf=${csrf}` },
    body: new URLSearchParams({ csrf, identifier: 'victim', password: oldPassword }).toString(),
  })
  const api = await company.post('/v1/sign-ins', { identifier: 'victim', password: oldPassword })

  expect(text).not.toContain('type="password"')
  expect(text).toContain('Sign in with Northwind sign-in')
  expect(form).toMatchObject({ status: 303, headers: { location: '/sign-in' } })
  expect(form.cookies).not.toHaveProperty('__Host-rekey-session')
  expect(api).toMatchObject({
    status: 422,
    json: { type: expect.stringMatching(/#method-not-offered$/) as string },
  })
})

describe('[69] the button', () => {
  it('leads nowhere but to the provider and back, whatever the form or the request says', async () => {
    const evil = 'https://evil.example'
    for (const service of [evil, '//evil.example', 'javascript:alert(1)', '/../..', 'intranet']) {
      const browser = new Stranger(rekey)
      const there = await browser.depart({ service, redirect_uri: evil, next: evil, return_to: evil })
      const answer = await browser.arrive(await browser.signInAtProvider(there, 'victim'), {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
      })

      expect(there.origin).toBe(provider.issuer)
      expect(there.searchParams.get('redirect_uri')).toBe(redirectUri)
      expect(answer).toMatchObject({ status: 303, headers: { location: '/change' } })
    }
  })

  it('is pressed on our own page only', async () => {
    const press = (headers: Record<string, string>, body: string) =>
      rekey.ask('/sign-in/oidc', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      })
    const csrf = 'c'.repeat(43)
    const cookie = `__Host-rekey-csrf=${csrf}`

    expect((await press({}, '')).status).toBe(403)
    expect((await press({ cookie }, 'csrf=another')).status).toBe(403)
    expect((await press({ cookie, 'sec-fetch-site': 'cross-site' }, `csrf=${csrf}`)).status).toBe(403)
    expect((await press({ cookie, 'sec-fetch-site': 'same-origin' }, `csrf=${csrf}`)).status).toBe(303)
  })

  it('is all that pages of ours may lead to besides themselves', async () => {
    const policyOf = async (path: string) => {
      const { headers } = await rekey.ask(path)
      return /form-action ([^;]*)/.exec(String(headers['content-security-policy']))?.[1]
    }

    expect(await policyOf('/sign-in')).toBe(`'self' ${provider.issuer}`)
    expect(await policyOf('/recover')).toBe("'self'")
  })

  it('gives the browser a cookie that says nothing and that no script, site or subdomain gets at', async () => {
    const csrf = 'c'.repeat(43)
    const { headers } = await rekey.ask('/sign-in/oidc', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-rekey-csrf=${csrf}` },
      body: `csrf=${csrf}`,
    })
    const there = new URL(headers.location ?? '')
    const [cookie = ''] = (headers['set-cookie'] ?? []).filter((line) => line.includes('journey'))

    expect(cookie).toMatch(
      /^__Host-rekey-journey=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    for (const name of ['state', 'nonce']) {
      const value = there.searchParams.get(name) ?? '?'
      expect(cookie).not.toContain(value)
      expect(Buffer.from(cookie.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain(value)
    }
  })

  it('leaves neither code nor state nor secret in what is logged', async () => {
    const { browser, back } = await onTheWayBack('victim')
    await browser.arrive(back)

    for (const name of ['code', 'state']) expect(rekey.log()).not.toContain(back.searchParams.get(name))
    expect(rekey.log()).not.toContain('the secret that rekey shares')
    expect(rekey.log()).not.toContain(`${callback}?`)
  })
})
