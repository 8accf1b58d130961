import { describe, expect, it } from 'vitest'
import { atPortal, enrolPasskey } from '../../../test/support/enrol-passkey.ts'
import { aWorldOfMethods, owner, signInFully, withApp } from '../../../test/support/enrolling.ts'
import { aPasskey, type Ceremony, type Passkey } from '../../../test/support/passkey.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  setPassword,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'

async function asked(world: World, holding: Holding) {
  const answer = await world.recovery.askForPasskey(holding)
  if (!answer.ok) throw new Error(`refused: ${answer.because}`)
  return answer.passkey
}

const show = (world: World, holding: Holding, credential: unknown) =>
  world.recovery.prove({ ...holding, method: 'passkey', credential, client: aClient() })

async function answer(world: World, holding: Holding, passkey: Passkey, over: Partial<Ceremony> = {}) {
  const { challenge } = await asked(world, holding)
  return show(world, holding, passkey.use({ ...atPortal(challenge), ...over }))
}

async function withPasskey(world: World, name = 'ada') {
  const { session } = await signInFully(world, name)
  return { ...(await enrolPasskey(world, session)), session }
}

const refused = { ok: false, because: 'passkey-refused' }
const whyRefused = (world: World) =>
  world.store.rows.events.filter(({ name }) => name === 'proof.refused').map(({ facts }) => facts['because'])

describe('somebody with a passkey', () => {
  it('comes back with it alone: it is a device and its holder', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const holding = await start(world, 'ada')

    const proven = await answer(world, holding, passkey, { counter: 1 })

    expect(proven).toMatchObject({ ok: true, flow: { state: 'proven', proofs: [{ method: 'passkey' }] } })
    const secret = (proven.ok && proven.secret) || ''
    expect(await setPassword(world, { ...holding, secret }, aPassword())).toMatchObject({ ok: true })
    const [kept] = [...world.store.rows.enrolments.values()]
    expect(kept).toMatchObject({ lastUsedAt: world.clock.now(), kept: { counter: 1 } })
  })

  it('does not come back by mail alone, and does with both', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    await start(world, 'ada')
    const token = lastMail(world).link
    const clicked = await world.recovery.spendLink({
      ...{ tenant: northwind, token, client: aClient(), locale: 'en' },
    })
    expect(clicked).toMatchObject({ flow: { state: 'awaiting-proof', wanted: { methods: ['passkey'] } } })
    if (!clicked.ok) throw new Error('refused')
    const first = { tenant: northwind, id: clicked.flow.id, secret: clicked.secret }

    expect(await answer(world, first, passkey)).toMatchObject({ ok: true, flow: { state: 'proven' } })
  })

  it('uses the one of several that was shown, and no other', async () => {
    const world = aWorldOfMethods()
    const { session } = await withPasskey(world)
    const second = await enrolPasskey(world, session)

    expect(await answer(world, await start(world, 'ada'), second.passkey, { counter: 4 })).toMatchObject({
      ok: true,
    })

    const kept = [...world.store.rows.enrolments.values()].map((one) => [one.id, one.lastUsedAt !== null])
    expect(kept.find(([id]) => id === second.id)).toEqual([second.id, true])
    expect(kept.filter(([, used]) => used)).toHaveLength(1)
  })

  it('is let in once, of thirty at once', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const holding = await start(world, 'ada')
    const credential = passkey.use(atPortal((await asked(world, holding)).challenge))

    const racers = Array.from({ length: 30 }, () => show(world, holding, credential))

    expect((await Promise.all(racers)).filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is let in once by a passkey that counts, in however many flows at once', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const flows = await Promise.all(Array.from({ length: 10 }, () => start(world, 'ada')))

    const racers = flows.map((holding) => answer(world, holding, passkey, { counter: 7 }))

    expect((await Promise.all(racers)).filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is not let in by what was answered elsewhere or too long ago', async () => {
    const world = aWorldOfMethods()
    const { passkey, session } = await withPasskey(world)
    const [one, other] = [await start(world, 'ada'), await start(world, 'ada')]
    const ofOther = passkey.use(atPortal((await asked(world, other)).challenge))
    const ofSession = passkey.use(atPortal(world.sessions.passkeyRequest(session)?.challenge ?? ''))
    const old = passkey.use(atPortal((await asked(world, one)).challenge))

    expect(await show(world, one, ofOther)).toEqual(refused)
    expect(await show(world, one, ofSession)).toEqual(refused)
    world.clock.advance(1_200)
    expect(await show(world, one, old)).toEqual(refused)
    expect(whyRefused(world)).toEqual(Array(3).fill('other-challenge'))
    expect(await answer(world, one, passkey)).toMatchObject({ ok: true })
  })

  it('is not let in by somebody else’s, by one that was removed, or by a copy', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    const { passkey, session, id } = await withPasskey(world)
    const bobs = await withPasskey(world, 'bob')
    const holding = await start(world, 'ada')

    expect(await answer(world, holding, bobs.passkey)).toEqual(refused)
    expect(await answer(world, holding, passkey, { counter: 5 })).toMatchObject({ ok: true })
    const again = await start(world, 'ada')
    expect(await answer(world, again, passkey, { counter: 5 })).toEqual(refused)
    await world.enrolment.remove({ ...owner(session), id })
    expect(await answer(world, again, passkey, { counter: 6 })).toEqual(refused)
    expect(whyRefused(world)).toEqual(['unknown-passkey', 'cloned', 'unknown-passkey'])
  })

  it('is not brought back by one that is too new to be trusted with that', async () => {
    const world = aWorldOfMethods({ rules: { coolDownSeconds: 3_600 } })
    const { passkey } = await withPasskey(world)

    expect(await answer(world, await start(world, 'ada'), passkey)).toEqual(refused)
    world.clock.advance(3_600)
    expect(await answer(world, await start(world, 'ada'), passkey)).toMatchObject({ ok: true })
  })

  it('whose tries a stranger has used up comes back with it, in a flow whose tries are used up', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    for (let flow = 0; flow < 3; flow += 1) {
      const holding = await start(world, 'ada')
      const guess = { ...holding, method: 'totp', code: '000000', client: aClient() } as const
      for (let tries = 0; tries < 5; tries += 1) await world.recovery.prove(guess)
      if (flow === 2) expect(await answer(world, holding, passkey)).toMatchObject({ ok: true })
    }
  })

  it('can’t be told from somebody without, or from nobody, before the first proof', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    await withPasskey(world)
    await withApp(world, 'bob')
    const heard = await Promise.all(
      ['ada', 'bob', 'nobody'].map(async (name) => {
        const holding = await start(world, name)
        const { challenge, ...options } = await asked(world, holding)
        const answers = [
          await answer(world, holding, aPasskey()),
          await answer(world, holding, aPasskey(), { origin: 'https://id.example.com' }),
          await show(world, holding, 'nonsense'),
        ]
        const read = await world.recovery.read(holding)
        const state = read.ok &&
          read.flow.state === 'awaiting-proof' && [read.flow.codesTried, read.flow.touchedAt]
        return JSON.stringify([challenge.length, options, answers, state])
      }),
    )

    expect(new Set(heard).size).toBe(1)
    expect(heard[0]).toContain('"allowCredentials":[]')
    expect(heard[0]).toContain('passkey-refused')
  })
})

describe('a passkey', () => {
  it('is neither asked for nor taken where none are offered', async () => {
    const world = aWorld({ methods: ['email_link'] })
    const holding = await start(world, 'ada')

    const none = { ok: false, because: 'method-not-offered' }
    expect(await world.recovery.askForPasskey(holding)).toEqual(none)
    expect(world.recovery.passkeyRequest(holding)).toBeNull()
    expect(await show(world, holding, aPasskey().use(atPortal('Y2g')))).toEqual(none)
  })

  it('is asked for by the holder of a flow that waits, and by nobody else', async () => {
    const world = aWorldOfMethods()
    const { passkey } = await withPasskey(world)
    const holding = await start(world, 'ada')

    expect(await world.recovery.askForPasskey({ ...holding, secret: 'guessed' })).toMatchObject({
      because: 'flow-unknown',
    })
    const proven = await answer(world, holding, passkey)
    const secret = (proven.ok && proven.secret) || ''
    expect(await world.recovery.askForPasskey({ ...holding, secret })).toMatchObject({
      because: 'already-proven',
    })
    world.clock.advance(86_400)
    expect(await world.recovery.askForPasskey({ ...holding, secret })).toMatchObject({
      because: 'flow-ended',
    })
  })
})
