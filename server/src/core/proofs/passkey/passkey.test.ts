import { describe, expect, it } from 'vitest'
import {
  afterUse,
  authenticatorName,
  type ChallengeName,
  creationOptions,
  type KeptPasskey,
  makePasskeyChallenges,
  relyingPartyOf,
  requestOptions,
} from './index.ts'

const kept: KeptPasskey = {
  credential: 'Y3JlZA',
  publicKey: 'a2V5',
  counter: 5,
  transports: ['internal'],
  synced: true,
  backedUp: false,
  authenticator: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
}
const use = { credential: kept.credential, counter: 6, synced: true, backedUp: true }

describe('a passkey that was used', () => {
  it('is kept with its new count, and whether a copy exists by now', () => {
    expect(afterUse(kept, use)).toEqual({ ok: true, kept: { ...kept, counter: 6, backedUp: true } })
  })

  it('counts on from nothing, and may never count', () => {
    const silent = { ...kept, counter: 0 }

    expect(afterUse(silent, { ...use, counter: 1 })).toMatchObject({ ok: true, kept: { counter: 1 } })
    expect(afterUse(silent, { ...use, counter: 0 })).toMatchObject({ ok: true, kept: { counter: 0 } })
  })

  it.each([
    ['counts back', { counter: 4 }],
    ['counts what was counted', { counter: 5 }],
    ['counts no longer', { counter: 0 }],
    ['can be copied no longer', { synced: false, backedUp: false }],
  ])('and %s is one of two', (_, change) => {
    expect(afterUse(kept, { ...use, ...change })).toEqual({ ok: false, because: 'cloned' })
  })
})

describe('the challenge of a passkey', () => {
  const challenges = makePasskeyChallenges(new Uint8Array(32).fill(3))
  const name: ChallengeName = { tenant: 'one', purpose: 'flow', of: 'flow' }
  const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9, minutes))

  it('has 32 bytes and is the same for the same question', () => {
    expect(challenges.current(name, at(0))).toMatch(/^[\w-]{43}$/)
    expect(challenges.current({ ...name }, at(9))).toBe(challenges.current(name, at(0)))
  })

  it('is another for every other tenant, purpose and flow', () => {
    const others: Partial<ChallengeName>[] = [
      { tenant: 'two' },
      { purpose: 'enrolment' },
      { purpose: 'session' },
      { of: 'other' },
      // What moves from one part to the next is something else.
      { tenant: 'on', of: 'eflow' },
    ]

    const all = [{}, ...others].map((other) => challenges.current({ ...name, ...other }, at(0)))

    expect(new Set(all).size).toBe(others.length + 1)
  })

  it('is open for ten minutes at least and twenty at most', () => {
    for (const asked of [0, 9]) {
      const challenge = challenges.current(name, at(asked))
      expect(challenges.open(name, at(asked))).toContain(challenge)
      expect(challenges.open(name, at(asked + 10))).toContain(challenge)
      expect(challenges.open(name, at(asked + 20))).not.toContain(challenge)
      expect(challenges.open(name, at(asked - 10))).not.toContain(challenge)
    }
  })

  it('names accounts by 32 bytes that no two accounts share', () => {
    const handle = challenges.userHandle('one', 'subject')

    expect(handle).toMatch(/^[\w-]{43}$/)
    expect(challenges.userHandle('one', 'subject')).toBe(handle)
    expect(challenges.userHandle('one', 'other')).not.toBe(handle)
    expect(challenges.userHandle('two', 'subject')).not.toBe(handle)
  })
})

describe('what a browser is asked', () => {
  const party = { id: 'id.example.org', origin: 'https://id.example.org', name: 'Example' }

  it('for a new one: found without a name, its holder verified, no word of its maker, none twice', () => {
    const account = { name: 'ada', displayName: 'Ada Lovelace' }

    expect(creationOptions({ party, challenge: 'Y2g', userHandle: 'dQ', account, known: [kept] })).toEqual({
      rp: { id: 'id.example.org', name: 'Example' },
      user: { id: 'dQ', name: 'ada', displayName: 'Ada Lovelace' },
      challenge: 'Y2g',
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -8 },
        { type: 'public-key', alg: -257 },
      ],
      timeout: 300_000,
      excludeCredentials: [{ type: 'public-key', id: 'Y3JlZA', transports: ['internal'] }],
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
    })
  })

  it('for one that is there: never with a list of what the account has', () => {
    expect(requestOptions({ party, challenge: 'Y2g' })).toEqual({
      rpId: 'id.example.org',
      challenge: 'Y2g',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    })
  })

  it.each([
    ['https://ID.Example.org', 'id.example.org', 'https://id.example.org'],
    ['https://id.example.org:8443', 'id.example.org', 'https://id.example.org:8443'],
    ['https://bücher.example', 'xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['http://localhost:8080', 'localhost', 'http://localhost:8080'],
    ['http://one.localhost:8080', 'one.localhost', 'http://one.localhost:8080'],
  ])('at %s for the host alone, and answered from there alone', (publicUrl, id, origin) => {
    expect(relyingPartyOf({ publicUrl, name: 'Example' })).toEqual({ id, origin, name: 'Example' })
  })

  it.each([
    'https://192.0.2.7',
    'https://[2001:db8::1]:8443',
    'http://127.0.0.1:8080',
    'http://id.example.org',
  ])('at %s nothing: no browser makes passkeys there', (publicUrl) => {
    expect(relyingPartyOf({ publicUrl, name: 'Example' })).toBeNull()
  })
})

it('the maker of a passkey is named when it is known', () => {
  expect(authenticatorName('fbfc3007-154e-4ecc-8c0b-6e020557d7bd')).toBe('Apple Passwords')
  expect(authenticatorName('00000000-0000-0000-0000-000000000000')).toBeNull()
  expect(authenticatorName('constructor')).toBeNull()
})
