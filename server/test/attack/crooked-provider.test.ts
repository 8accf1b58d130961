import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Crooked, type CrookedIssuer, startCrookedIssuer } from '../support/crooked-issuer.ts'
import { clientId, clientSecret } from '../support/oidc-provider.ts'
import { redirectUri, rekeyWithProvider, Stranger } from './at-provider.ts'
import type { Attacked } from './attacked.ts'

let provider: CrookedIssuer
let rekey: Attacked

beforeAll(async () => {
  provider = await startCrookedIssuer({ id: clientId, secret: clientSecret })
  rekey = await rekeyWithProvider(provider.issuer)
})
afterAll(async () => {
  await rekey[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})
beforeEach(() => {
  provider.crooked = {}
})

/** Goes, and comes back with a code that the provider takes, and then answers as crooked as it is. */
async function comeBack(
  crooked: Crooked,
  at: { rekey: Attacked; provider: CrookedIssuer } = { rekey, provider },
) {
  const browser = new Stranger(at.rekey)
  const there = await browser.depart()
  at.provider.crooked = crooked
  at.provider.nonce = there.searchParams.get('nonce') ?? ''
  const state = there.searchParams.get('state') ?? ''
  const back = new URL(
    `${redirectUri}?${new URLSearchParams({ code: 'a', state, iss: at.provider.issuer }).toString()}`,
  )
  const { status } = await browser.arrive(back)
  return { status, isSignedIn: browser.isSignedIn() }
}

const now = Math.floor(new Date().getTime() / 1_000)
const startAgain = { status: 403, isSignedIn: false }
const unreachable = { status: 503, isSignedIn: false }

it('what an honest provider says is believed, and the code comes with the proof that it is ours', async () => {
  expect(await comeBack({})).toEqual({ status: 303, isSignedIn: true })
  expect(provider.redeemed.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  expect(provider.redeemed.at(-1)?.get('redirect_uri')).toBe(redirectUri)
})

describe('[202] [204] [206] a token', () => {
  it.each<[string, Crooked]>([
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['for another application', { claims: { aud: 'another-application' } }],
    ['for several, of which another was meant', { claims: { aud: [clientId, 'other'], azp: 'other' } }],
    ['for several, without saying which was meant', { claims: { aud: [clientId, 'other'] } }],
    ['that has expired', { claims: { iat: now - 600, exp: now - 300 } }],
    ['that does not expire', { claims: { exp: undefined } }],
    ['that is not valid yet', { claims: { nbf: now + 3_600 } }],
    ['of another journey', { claims: { nonce: 'another' } }],
    ['of no journey', { claims: { nonce: undefined } }],
    ['of a sign-in that was too long ago', { claims: { auth_time: now - 3_600 } }],
    ['that does not say when somebody signed in', { claims: { auth_time: undefined } }],
    ['of nobody', { claims: { sub: undefined } }],
    ['signed with a key that is not the provider’s', { signs: 'another-key' }],
    ['signed with the client secret', { signs: 'client-secret' }],
    ['signed with nothing', { signs: 'not' }],
    ['that names a key which does not exist', { header: { kid: 'other' } }],
    ['that asks for what nobody understands', { header: { crit: ['exp'] } }],
  ])('%s begins no session', async (_, crooked) => {
    expect(await comeBack(crooked)).toEqual(startAgain)
  })
})

it('[203] an answer counts once, also where the provider takes its code again and again', async () => {
  const browser = new Stranger(rekey)
  const there = await browser.depart()
  const kept = new Map(browser.atRekey)
  provider.nonce = there.searchParams.get('nonce') ?? ''
  const state = there.searchParams.get('state') ?? ''
  const back = new URL(
    `${redirectUri}?${new URLSearchParams({ code: 'a', state, iss: provider.issuer }).toString()}`,
  )
  const again = new Stranger(rekey)
  for (const [name, value] of kept) again.atRekey.set(name, value)

  expect((await browser.arrive(back)).status).toBe(303)
  expect((await again.arrive(back)).status).toBe(403)
  expect(again.isSignedIn()).toBe(false)
})

describe('[205] an address as a name', () => {
  it('counts unless the provider says that it was never proven', async () => {
    await using other = await startCrookedIssuer({ id: clientId, secret: clientSecret })
    await using company = await rekeyWithProvider(other.issuer, { claim: 'email' })
    const at = { rekey: company, provider: other }
    const email = 'victim@example.test'

    expect(await comeBack({ claims: { email, email_verified: false } }, at)).toEqual(startAgain)
    expect(await comeBack({ claims: { email, email_verified: 'yes' } }, at)).toEqual(startAgain)
    expect(await comeBack({ claims: { email, email_verified: true } }, at)).toMatchObject({
      isSignedIn: true,
    })
  })
})

it('[69] the hosts that a form of ours leads to are the provider’s own and those that are configured', async () => {
  await using other = await startCrookedIssuer({ id: clientId, secret: clientSecret })
  other.crooked = { description: { authorization_endpoint: 'https://login.example.com/authorize' } }
  await using company = await rekeyWithProvider(other.issuer, { passesThrough: ['https://behind.example'] })
  const browser = new Stranger(company)
  const there = await browser.depart()
  const { headers } = await company.ask('/sign-in')

  expect(there.origin).toBe('https://login.example.com')
  expect(headers['content-security-policy']).toContain(
    "form-action 'self' https://login.example.com https://behind.example;",
  )
})

describe('a provider that does not work', () => {
  it.each([500, 503, 404])('is told as one when it answers %d', async (status) => {
    expect(await comeBack({ status })).toEqual(unreachable)
  })

  it('is told as one when it does not know us', async () => {
    expect(await comeBack({ status: 401 })).toEqual(unreachable)
  })

  const crooked: readonly [string, Crooked['description']][] = [
    ['calls itself by another issuer', { issuer: 'https://elsewhere.example' }],
    ['signs with nothing that is allowed', { id_token_signing_alg_values_supported: ['HS256', 'none'] }],
    ['names an address on this machine', { token_endpoint: 'http://127.0.0.1:1/token' }],
    ['names an address inside', { jwks_uri: 'http://169.254.169.254/latest/meta-data' }],
  ]
  it.each(crooked)('[140] gets nothing from us when it %s', async (_, description) => {
    await using other = await startCrookedIssuer({ id: clientId, secret: clientSecret })
    other.crooked = { description: description ?? {} }
    await using company = await rekeyWithProvider(other.issuer)
    const at = { rekey: company, provider: other }

    const { isSignedIn } = await comeBack(other.crooked, at).catch(() => ({ isSignedIn: false }))

    expect(isSignedIn).toBe(false)
    expect(await company.audit('sign-in.refused')).toBe(1)
    expect(company.log()).toContain('identity-provider-misconfigured')
  })

  it('is asked for its description once an hour', async () => {
    const asked = provider.described
    for (let times = 0; times < 3; times += 1) await comeBack({})
    expect(provider.described).toBe(asked)

    rekey.clock.advance(3_600)
    await comeBack({})
    expect(provider.described).toBe(asked + 1)
  })
})
