import { describe, expect, it } from 'vitest'
import { aPasskey, type Ceremony, cbor, type Passkey } from '../../../test/support/passkey.ts'
import type { KeptPasskey } from '../../core/proofs/passkey/index.ts'
import { makePasskeys } from './passkeys.ts'

const party = { id: 'id.example.org', origin: 'https://id.example.org', name: 'Example' }
const challenge = Buffer.alloc(32, 7).toString('base64url')
const earlier = Buffer.alloc(32, 9).toString('base64url')
const challenges = [challenge, earlier]
const right: Ceremony = { challenge, origin: party.origin, rpId: party.id }
const passkeys = makePasskeys()

const created = (passkey: Passkey, ceremony: Partial<Ceremony> = {}) =>
  passkeys.created(passkey.create({ ...right, ...ceremony }), { party, challenges })

async function aKept(passkey: Passkey, ceremony: Partial<Ceremony> = {}): Promise<KeptPasskey> {
  const made = await created(passkey, ceremony)
  if (!made.ok) throw new Error(made.because)
  return made.kept
}

const used = (answer: unknown, known: readonly KeptPasskey[], userHandle: string) =>
  passkeys.used(answer, { party, challenges, userHandle, known })

/** What is wrong in a ceremony of either kind, and what the log says of it. */
const wrongs: readonly [string, Partial<Ceremony>, string][] = [
  ['made for another site', { origin: 'https://id.example.com' }, 'other-origin'],
  ['made for a name below ours', { origin: 'https://evil.id.example.org' }, 'other-origin'],
  ['made for another port', { origin: 'https://id.example.org:8443' }, 'other-origin'],
  ['made without encryption', { origin: 'http://id.example.org' }, 'other-origin'],
  ['made for an app', { origin: 'android:apk-key-hash:AAAA' }, 'other-origin'],
  ['of another relying party', { rpId: 'example.org' }, 'other-relying-party'],
  ['of another ceremony', { type: 'payment.get' }, 'other-ceremony'],
  ['for an older challenge', { challenge: Buffer.alloc(32, 8).toString('base64url') }, 'other-challenge'],
  ['for a part of the challenge', { challenge: challenge.slice(0, -2) }, 'other-challenge'],
  ['made in a frame', { crossOrigin: true }, 'framed'],
  ['made in a named frame', { crossOrigin: true, topOrigin: 'https://evil.example' }, 'framed'],
  ['naming a page around that it denies', { topOrigin: 'https://evil.example' }, 'framed'],
  ['with a frame that is no yes or no', { crossOrigin: 'false' }, 'malformed'],
  ['made by nobody', { present: false }, 'nobody-present'],
  ['whose holder was not verified', { verified: false }, 'holder-not-verified'],
  ['backed up although it can’t be', { synced: false, backedUp: true }, 'malformed'],
]

describe('a new passkey', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'of algorithm %s is kept as it can be used',
    async (algorithm) => {
      const passkey = aPasskey({ algorithm, aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd' })

      const made = await created(passkey, { counter: 3, synced: true, backedUp: true })

      expect(made).toEqual({
        ok: true,
        kept: {
          credential: passkey.id,
          publicKey: expect.stringMatching(/^[\w-]+$/),
          counter: 3,
          transports: ['internal', 'hybrid'],
          synced: true,
          backedUp: true,
          authenticator: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
        },
      })
      const kept = made.ok ? [made.kept] : []
      const answer = passkey.use({ ...right, counter: 4, synced: true })
      expect(await used(answer, kept, passkey.userHandle)).toMatchObject({ ok: true })
    },
  )

  it.each(wrongs)('%s is refused', async (_, wrong, because) => {
    expect(await created(aPasskey(), wrong)).toEqual({ ok: false, because })
  })

  it.each(['ES384', 'RS256 of 1024 bit'] as const)('of algorithm %s is refused', async (algorithm) => {
    expect(await created(aPasskey({ algorithm }))).toEqual({ ok: false, because: 'algorithm-unknown' })
  })

  it('is not made of a use', async () => {
    const passkey = aPasskey()

    const { clientDataJSON } = passkey.use(right).response
    const answer = passkey.create(right)
    const crossed = { ...answer, response: { ...answer.response, clientDataJSON } }

    expect(await passkeys.created(crossed, { party, challenges })).toEqual({
      ok: false,
      because: 'other-ceremony',
    })
  })

  it('is taken without looking at what its maker says', async () => {
    const bogus = new Map([['x5c', [Buffer.from('no certificate')]]])

    expect(await created(aPasskey(), { attestation: bogus })).toMatchObject({ ok: true })
  })

  it('under another id than its own is refused', async () => {
    const [mine, other] = [aPasskey(), aPasskey()]

    const answer = { ...mine.create(right), id: other.id, rawId: other.id }

    expect(await passkeys.created(answer, { party, challenges })).toEqual({ ok: false, because: 'malformed' })
  })

  it('whose object was cut anywhere, grown or emptied is refused and never thrown at', async () => {
    const answer = aPasskey().create(right)
    const whole = Buffer.from(answer.response.attestationObject, 'base64url')
    const objects = [
      ...Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)),
      cbor(new Map()),
      cbor(new Map([['authData', 'text']])),
      cbor([1, 2]),
      Buffer.alloc(6_000, 0x81),
      Buffer.from([0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ]

    for (const object of objects) {
      const attestationObject = object.toString('base64url')
      const cut = { ...answer, response: { ...answer.response, attestationObject } }
      expect(await passkeys.created(cut, { party, challenges })).toMatchObject({ ok: false })
    }
    expect(await created(aPasskey(), { trailing: Buffer.from([1]) })).toEqual({
      ok: false,
      because: 'malformed',
    })
  })
})

describe('the use of a passkey', () => {
  it('by its holder is taken, and told as it is to be kept', async () => {
    const passkey = aPasskey()
    const kept = await aKept(passkey, { counter: 3, synced: true })

    const result = await used(
      passkey.use({ ...right, counter: 9, synced: true, backedUp: true }),
      [await aKept(aPasskey()), kept],
      passkey.userHandle,
    )

    const use = { credential: passkey.id, counter: 9, synced: true, backedUp: true }
    expect(result).toEqual({ ok: true, use })
  })

  it.each(wrongs)('%s is refused', async (_, wrong, because) => {
    const passkey = aPasskey()
    const kept = await aKept(passkey)

    const result = await used(passkey.use({ ...right, ...wrong }), [kept], passkey.userHandle)

    expect(result).toEqual({ ok: false, because })
  })

  it.each([
    ['the count went back', { counter: 4 }],
    ['the count stood still', { counter: 5 }],
    ['the count stopped', { counter: 0 }],
    ['it can be copied now', { counter: 6, synced: true }],
  ])('when %s is refused as one of two', async (_, ceremony) => {
    const passkey = aPasskey()
    const kept = await aKept(passkey, { counter: 5 })

    const result = await used(passkey.use({ ...right, ...ceremony }), [kept], passkey.userHandle)

    expect(result).toEqual({ ok: false, because: 'cloned' })
  })

  it('with anything signed changed is refused', async () => {
    const passkey = aPasskey()
    const kept = await aKept(passkey)
    const answer = passkey.use(right)
    const { signature, authenticatorData } = answer.response
    const changes = [
      { signature: flipped(signature, 20) },
      { authenticatorData: flipped(authenticatorData, 36) },
      { signature: passkey.use({ ...right, counter: 8 }).response.signature },
      { signature: aPasskey().use(right).response.signature },
    ]

    for (const change of changes) {
      const tampered = { ...answer, response: { ...answer.response, ...change } }
      const result = await used(tampered, [kept], passkey.userHandle)
      expect(result).toEqual({ ok: false, because: 'wrong-signature' })
    }
  })

  it('with bytes behind what is signed is refused', async () => {
    const passkey = aPasskey()
    const kept = await aKept(passkey)

    const answer = passkey.use({ ...right, trailing: Buffer.from([0]) })

    expect(await used(answer, [kept], passkey.userHandle)).toEqual({ ok: false, because: 'malformed' })
  })

  it('is refused where the account has none, has others, or is nobody', async () => {
    const passkey = aPasskey()
    const other = await aKept(aPasskey())

    for (const known of [[], [other]]) {
      const result = await used(passkey.use(right), known, passkey.userHandle)
      expect(result).toEqual({ ok: false, because: 'unknown-passkey' })
    }
  })

  it('is as much work for nobody as for anybody', async () => {
    const passkey = aPasskey()
    const answer = passkey.use(right)
    const unreadable = { ...answer, response: { ...answer.response, signature: 'AAAA' } }

    // Only checking it tells that it can't be read.
    for (const known of [[], [await aKept(passkey)]]) {
      const result = await used(unreadable, known, passkey.userHandle)
      expect(result).toEqual({ ok: false, because: 'malformed' })
    }
  })

  it('may answer what was asked a while ago', async () => {
    const passkey = aPasskey()
    const kept = await aKept(passkey, { challenge: earlier })

    const answer = passkey.use({ ...right, challenge: earlier })

    expect(await used(answer, [kept], passkey.userHandle)).toMatchObject({ ok: true })
  })

  it('of a key that another passkey signed for is refused', async () => {
    const [mine, other] = [aPasskey(), aPasskey()]
    const kept = await aKept(mine)

    const answer = { ...other.use(right), id: mine.id, rawId: mine.id }

    expect(await used(answer, [kept], mine.userHandle)).toEqual({ ok: false, because: 'wrong-signature' })
  })

  it('that was made for another account is refused', async () => {
    const passkey = aPasskey()
    const kept = await aKept(passkey)

    expect(await used(passkey.use(right), [kept], aPasskey().userHandle)).toEqual({
      ok: false,
      because: 'other-account',
    })
  })

  it.each([null, 'passkey', [], { id: 'AAAA', rawId: 'AAAA', type: 'public-key' }])(
    'that is %j is refused and never thrown at',
    async (answer) => {
      const passkey = aPasskey()

      const result = await used(answer, [await aKept(passkey)], passkey.userHandle)

      expect(result).toEqual({ ok: false, because: 'malformed' })
    },
  )

  it.each([
    ['no account', { userHandle: null }],
    ['a signature that is none', { signature: 'AAAA' }],
    ['a signature that is a number', { signature: 7 }],
    ['authenticator data that are too short', { authenticatorData: 'A'.repeat(48) }],
    ['client data that are no JSON', { clientDataJSON: text('{') }],
    ['client data that are null', { clientDataJSON: text('null') }],
    ['client data without a challenge', { clientDataJSON: text('{"type":"webauthn.get"}') }],
    ['client data that are no UTF-8', { clientDataJSON: 'gICA' }],
  ])('with %s is refused and never thrown at', async (_, change) => {
    const passkey = aPasskey()
    const answer = passkey.use(right)
    const changed = { ...answer, response: { ...answer.response, ...change } }

    const result = await used(changed, [await aKept(passkey)], passkey.userHandle)

    expect(result).toEqual({ ok: false, because: 'malformed' })
  })

  it('may say more than is read', async () => {
    const passkey = aPasskey({ idBytes: 1_023 })
    const kept = await aKept(passkey)

    const answer = { ...passkey.use(right), clientExtensionResults: {}, authenticatorAttachment: 'platform' }

    expect(await used(answer, [kept], passkey.userHandle)).toMatchObject({ ok: true })
  })
})

const text = (json: string) => Buffer.from(json).toString('base64url')

function flipped(bytes: string, at: number): string {
  const changed = Buffer.from(bytes, 'base64url')
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return changed.toString('base64url')
}
