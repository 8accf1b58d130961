import { describe, expect, it } from 'vitest'
import { atPortal, enrolPasskey } from '../../../test/support/enrol-passkey.ts'
import { aWorldOfMethods, owner, signInFully } from '../../../test/support/enrolling.ts'
import { aPasskey } from '../../../test/support/passkey.ts'
import { aClient, northwind, signIn, start, type World } from '../../../test/support/recovery-world.ts'

async function withPasskey(world: World) {
  const { session } = await signInFully(world, 'ada')
  return { ...(await enrolPasskey(world, session)), session }
}

async function firstStep(world: World) {
  const signed = await signIn(world, 'ada')
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  const { challenge = '' } = world.sessions.passkeyRequest(signed.session) ?? {}
  const call = { tenant: northwind, id: signed.session.id, secret: signed.secret, client: aClient() }
  const show = (credential: unknown) => world.sessions.prove({ ...call, method: 'passkey', credential })
  return { signed, challenge, call, show }
}

describe('a sign-in of somebody with a passkey', () => {
  it('waits for it, and goes on under a new secret', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const { signed, challenge, call, show } = await firstStep(world)
    expect(signed).toMatchObject({ methods: ['passkey'], session: { awaits: 'second-proof' } })

    const proven = await show(passkey.use(atPortal(challenge)))

    expect(proven).toMatchObject({ ok: true, session: { awaits: null } })
    expect(proven.ok && proven.secret).not.toBe(signed.secret)
    expect(await world.sessions.read(call)).toMatchObject({ because: 'session-unknown' })
  })

  it('is let in once, of thirty at once', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const { challenge, show } = await firstStep(world)
    const credential = passkey.use({ ...atPortal(challenge), counter: 3 })

    const racers = await Promise.all(Array.from({ length: 30 }, () => show(credential)))

    expect(racers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is refused another’s, an answer to something else, and a copy; and costs none of the account’s tries', async () => {
    const world = aWorldOfMethods()
    const { passkey, id, session } = await withPasskey(world)
    const { challenge, show } = await firstStep(world)
    const flow = world.recovery.passkeyRequest(await heldFlow(world))?.challenge ?? ''
    const other = (await firstStep(world)).challenge
    const wrong = [
      aPasskey().use(atPortal(challenge)),
      passkey.use(atPortal(flow)),
      passkey.use(atPortal(other)),
      passkey.use({ ...atPortal(challenge), verified: false }),
      passkey.use({ ...atPortal(challenge), origin: 'https://id.northwind.test' }),
      null,
    ]

    for (const credential of [...wrong, ...wrong]) {
      expect(await show(credential)).toEqual({ ok: false, because: 'passkey-refused' })
    }
    expect(await show(passkey.use({ ...atPortal(challenge), counter: 9 }))).toMatchObject({ ok: true })
    const next = await firstStep(world)
    expect(await next.show(passkey.use({ ...atPortal(next.challenge), counter: 9 }))).toMatchObject({
      ok: false,
    })
    await world.enrolment.remove({ ...owner(session), id })
    expect(await next.show(passkey.use({ ...atPortal(next.challenge), counter: 10 }))).toMatchObject({
      ok: false,
    })
  })
})

async function heldFlow(world: World) {
  const { tenant, id } = await start(world, 'ada')
  return { tenant, id }
}
