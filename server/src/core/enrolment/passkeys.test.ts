import { describe, expect, it } from 'vitest'
import { atPortal, enrolPasskey, makePasskey } from '../../../test/support/enrol-passkey.ts'
import { aWorldOfMethods, owner, signInFully } from '../../../test/support/enrolling.ts'
import { aPasskey } from '../../../test/support/passkey.ts'
import { anAccount, type World } from '../../../test/support/recovery-world.ts'
import type { PortalSession } from '../sessions/index.ts'

const refused = { ok: false, because: 'passkey-refused' }

const confirm = (world: World, session: PortalSession, id: string, credential: unknown) =>
  world.enrolment.confirm({ ...owner(session), id, credential })

async function signedIn(world = aWorldOfMethods()) {
  return { world, session: (await signInFully(world, 'ada')).session }
}

describe('a passkey that is set up', () => {
  it('counts once a browser has made it, under its maker’s name, and every recovery address is told', async () => {
    const { world, session } = await signedIn()
    const { id, options } = await makePasskey(world, session)
    expect(options).toMatchObject({ rp: { id: 'id.northwind.example' }, user: { name: 'ada' } })
    expect(options.user.id).not.toContain('ada')
    expect(await world.enrolment.list({ session })).toEqual([])
    expect(world.mails).toEqual([])

    const aaguid = 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd'
    const passkey = aPasskey({ userHandle: options.user.id, aaguid })
    const answer = passkey.create({ ...atPortal(options.challenge), synced: true })
    const confirmed = await confirm(world, session, id, answer)

    expect(confirmed).toMatchObject({
      ok: true,
      enrolment: { name: 'Apple Passwords', kept: { credential: passkey.id, synced: true } },
    })
    expect(await world.enrolment.list({ session })).toHaveLength(1)
    await world.runJobs()
    expect(world.mails.map(({ order }) => [order.kind, order.facts.method])).toEqual([
      ['method-added', 'passkey'],
    ])
  })

  it('may have a name, and company: authenticators are told which are there', async () => {
    const { world, session } = await signedIn()
    const first = await enrolPasskey(world, session)

    const { id, options, credential } = await makePasskey(world, session, 'Blue key')

    expect(options.excludeCredentials).toMatchObject([{ id: first.passkey.id }])
    expect(await confirm(world, session, id, credential)).toMatchObject({ enrolment: { name: 'Blue key' } })
    expect(await world.enrolment.list({ session })).toHaveLength(2)
  })

  it('has the account’s own handle, which is the same each time and another’s never', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    const [ada, bob] = [await signInFully(world, 'ada'), await signInFully(world, 'bob')]

    const handles = [
      (await makePasskey(world, ada.session)).options.user.id,
      (await makePasskey(world, ada.session)).options.user.id,
      (await makePasskey(world, bob.session)).options.user.id,
    ]

    expect(handles[0]).toBe(handles[1])
    expect(handles[2]).not.toBe(handles[0])
  })

  it('is not made of an answer to something else, too long ago, twice, or by somebody else', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    const { session } = await signInFully(world, 'ada')
    const bob = (await signInFully(world, 'bob')).session
    const first = await makePasskey(world, session)
    expect(await confirm(world, bob, first.id, first.credential)).toMatchObject({
      because: 'enrolment-unknown',
    })
    expect(await confirm(world, session, first.id, first.credential)).toMatchObject({ ok: true })
    expect(await confirm(world, session, first.id, first.credential)).toMatchObject({
      because: 'already-proven',
    })

    const second = await makePasskey(world, session)
    expect(await confirm(world, session, second.id, first.credential)).toEqual(refused)
    // The same key once more: browsers refuse that, and so do we.
    const again = first.passkey.create(atPortal(second.options.challenge))
    expect(await confirm(world, session, second.id, again)).toEqual(refused)
    const unverified = second.passkey.create({ ...atPortal(second.options.challenge), verified: false })
    expect(await confirm(world, session, second.id, unverified)).toEqual(refused)
    expect(await confirm(world, session, second.id, 'nonsense')).toEqual(refused)
    const code = { ...owner(session), id: second.id, code: '123456' }
    expect(await world.enrolment.confirm(code)).toMatchObject({ because: 'code-wrong' })
    expect(await world.enrolment.list({ session })).toHaveLength(1)
    expect(
      world.store.rows.events
        .filter(({ name }) => name === 'method.refused')
        .map(({ facts }) => facts['because']),
    ).toEqual(['other-challenge', 'holder-not-verified', 'malformed'])
  })

  it('is not what confirms an app', async () => {
    const { world, session } = await signedIn()
    const app = await world.enrolment.add({ ...owner(session), method: 'totp', name: '' })
    const { credential } = await makePasskey(world, session)

    expect(await confirm(world, session, app.ok ? app.enrolment.id : '', credential)).toEqual(refused)
  })

  it('that was begun and left takes no place', async () => {
    const { world, session } = await signedIn(aWorldOfMethods({ rules: { enrolmentsMax: 1 } }))
    const first = await makePasskey(world, session)
    const second = await makePasskey(world, session)

    expect(await confirm(world, session, first.id, first.credential)).toMatchObject({
      because: 'enrolment-unknown',
    })
    expect(await confirm(world, session, second.id, second.credential)).toMatchObject({ ok: true })
    const third = await world.enrolment.add({ ...owner(session), method: 'passkey', name: '' })
    expect(third).toMatchObject({ because: 'too-many-enrolments' })
  })

  it('can be tried out, and is neither guessed nor counted against the account', async () => {
    const { world, session } = await signedIn()
    const { passkey } = await enrolPasskey(world, session)
    const { challenge = '' } = world.sessions.passkeyRequest(session) ?? {}
    const test = (credential: unknown) =>
      world.enrolment.test({ ...owner(session), method: 'passkey', credential })

    const guess = { ...owner(session), method: 'totp', code: '000000' } as const
    for (let tries = 0; tries < 12; tries += 1) {
      await world.enrolment.test(guess)
      expect(await test(aPasskey().use(atPortal(challenge)))).toEqual(refused)
    }
    expect(await test(passkey.use({ ...atPortal(challenge), counter: 2 }))).toMatchObject({ ok: true })
    expect(await test(passkey.use({ ...atPortal(challenge), counter: 2 }))).toEqual(refused)
  })
})
