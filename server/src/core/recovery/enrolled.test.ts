import { describe, expect, it } from 'vitest'
import { aWorldOfMethods, enrolSheet, withApp } from '../../../test/support/enrolling.ts'
import {
  aClient,
  anAccount,
  aPassword,
  type Holding,
  lastMail,
  northwind,
  setPassword,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import { anyProof, defaultAssurance, type TypedMethod } from '../proofs/index.ts'
import { type Answered, neverByMail, type Refused } from './index.ts'

const type = (world: World, holding: Holding, method: TypedMethod, code: string) =>
  world.recovery.prove({ ...holding, method, code, client: aClient() })

const click = (world: World, holding: Holding | null = null) =>
  world.recovery.spendLink({
    ...{ tenant: northwind, token: lastMail(world).link, client: aClient(), locale: 'en' },
    ...(holding === null ? {} : { holding: { id: holding.id, secret: holding.secret } }),
  })

function held(answer: Answered | Refused): Holding {
  if (!answer.ok) throw new Error(`refused: ${answer.because}`)
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret ?? '' }
}

describe('somebody with an authenticator app', () => {
  it('does not come back by mail alone, is told what would do, and comes back with both', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    await start(world, 'ada')

    const clicked = await click(world)

    expect(clicked).toMatchObject({
      flow: {
        state: 'awaiting-proof',
        wanted: { kinds: 2, methods: ['totp'], because: ['policy', 'enrolled'] },
      },
    })
    const first = held(clicked)
    expect(await setPassword(world, first)).toMatchObject({ ok: false, because: 'not-proven' })
    // The code of the same mail is the same mailbox.
    expect(await type(world, first, 'email_code', lastMail(world).code)).toMatchObject({ ok: false })
    expect(await type(world, first, 'totp', '000000')).toMatchObject({ ok: false, because: 'code-wrong' })
    const second = held(await type(world, first, 'totp', app.code(world.clock.now())))
    expect(await setPassword(world, second, aPassword())).toMatchObject({ ok: true })
    // Nothing of what is enrolled changes with a reset.
    expect([...world.store.rows.enrolments.values()]).toHaveLength(1)
  })

  it('may begin with the app: the mail goes on counting', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const holding = await start(world, 'ada')

    const first = held(await type(world, holding, 'totp', app.code(world.clock.now())))

    const flow = await world.recovery.read(first)
    expect(flow).toMatchObject({ flow: { wanted: { methods: ['email_link', 'email_code'] } } })
    expect(await type(world, first, 'email_code', lastMail(world).code)).toMatchObject({
      flow: { state: 'proven' },
    })
  })

  it('takes what was proven along when the same browser opens the link, and leaves it when another does', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const first = held(await type(world, await start(world, 'ada'), 'totp', app.code(world.clock.now())))
    expect(await click(world, first)).toMatchObject({ ok: true, flow: { state: 'proven' } })

    world.clock.advance(60)
    const mine = held(await type(world, await start(world, 'ada'), 'totp', app.code(world.clock.now())))
    // Whoever reads the mails must not get the rest from who has the telephone.
    expect(await click(world, { ...mine, secret: 'guessed' })).toMatchObject({
      flow: { state: 'awaiting-proof', proofs: [{ method: 'email_link' }], wanted: { methods: ['totp'] } },
    })
  })

  it('proves nothing with a code that was used, in another flow or at a sign-in', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const [one, other] = [await start(world, 'ada'), await start(world, 'ada')]
    const code = app.code(world.clock.now())

    const racers = [one, other, one, other].map((holding) => type(world, holding, 'totp', code))

    expect((await Promise.all(racers)).filter(({ ok }) => ok)).toHaveLength(1)
    expect(await type(world, await start(world, 'ada'), 'totp', code)).toMatchObject({
      because: 'code-wrong',
    })
  })

  it('whose tries a stranger has used up comes back with the link and a code of the sheet', async () => {
    const world = aWorldOfMethods()
    const { app, session } = await withApp(world)
    const codes = await enrolSheet(world, session)
    for (let flow = 0; flow < 2; flow += 1) {
      const stranger = await start(world, 'ada')
      for (let tries = 0; tries < 5; tries += 1) await type(world, stranger, 'totp', '000000')
    }
    await start(world, 'ada')
    const first = held(await click(world))

    // Right, and not compared any more.
    expect(await type(world, first, 'totp', app.code(world.clock.now()))).toMatchObject({
      because: 'code-wrong',
    })
    expect(await type(world, first, 'recovery_code', codes[0] ?? '')).toMatchObject({
      flow: { state: 'proven' },
    })
  })

  it('is not brought back by what is too new to be trusted with that', async () => {
    const world = aWorldOfMethods({ rules: { coolDownSeconds: 3_600 } })
    const { app } = await withApp(world)
    await start(world, 'ada')
    const first = held(await click(world))

    expect(await world.recovery.read(first)).toMatchObject({ flow: { wanted: { methods: [] } } })
    expect(await type(world, first, 'totp', app.code(world.clock.now()))).toMatchObject({
      because: 'code-wrong',
    })
    world.clock.advance(3_600)
    await start(world, 'ada')
    const later = held(await click(world))
    expect(await type(world, later, 'totp', app.code(world.clock.now()))).toMatchObject({
      flow: { state: 'proven' },
    })
  })

  it('can’t be told from somebody without, or from nobody, before the first proof', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    const { session } = await withApp(world)
    await enrolSheet(world, session)
    const heard = await Promise.all(
      ['ada', 'bob', 'nobody'].map(async (name) => {
        const holding = await start(world, name)
        const answers = [
          await type(world, holding, 'totp', '123456'),
          await type(world, holding, 'recovery_code', '7k3m-9x2p-qw5t-8hnd'),
          await type(world, holding, 'recovery_code', 'nonsense'),
          await type(world, holding, 'totp', ''),
        ]
        const read = await world.recovery.read(holding)
        return JSON.stringify([
          answers,
          read.ok && [read.flow.state, read.flow.state === 'awaiting-proof' && read.flow.codesTried],
        ])
      }),
    )

    expect(new Set(heard).size).toBe(1)
    expect(heard[0]).toContain('code-wrong')
  })
})

describe('somebody who has left', () => {
  it('does not come back, whatever they can still prove', async () => {
    const world = aWorldOfMethods()
    const { app, session } = await withApp(world)
    const { subject } = session
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, secondProofUntil: neverByMail },
    }))
    await start(world, 'ada')

    const first = held(await click(world))
    const second = await type(world, first, 'totp', app.code(world.clock.now()))

    expect(second).toMatchObject({ flow: { state: 'awaiting-proof', wanted: { methods: [] } } })
    expect(await setPassword(world, held(second))).toMatchObject({ because: 'not-proven' })
  })
})

describe('printed codes that are tried without end', () => {
  it('cost no more than a few slow digests a flow, also where nothing is to be proven', async () => {
    const world = aWorldOfMethods({ rules: { slowTriesPerFlow: { max: 2, windowSeconds: 60 } } })
    const holding = await start(world, 'nobody')
    const answers: string[] = []
    for (const _ of [1, 2, 3]) {
      const answer = await type(world, holding, 'recovery_code', 'x')
      answers.push(answer.ok ? 'ok' : answer.because)
    }

    expect(answers).toEqual(['code-wrong', 'code-wrong', 'too-many-requests'])
  })
})

describe('policy', () => {
  const two = { ...anyProof, kinds: 2 }

  it('may want two kinds of everybody; who has one of them only is sent to people', async () => {
    const world = aWorldOfMethods({ assurance: { ...defaultAssurance, everybody: two, enrolled: two } })
    await start(world, 'ada')

    const first = await click(world)

    expect(first).toMatchObject({
      flow: { state: 'awaiting-proof', wanted: { kinds: 2, methods: [], because: ['policy'] } },
    })
    expect(await setPassword(world, held(first))).toMatchObject({ because: 'not-proven' })
  })

  it('is that of the account as it was found, and stays so while the flow lasts', async () => {
    let strict = true
    const world = aWorldOfMethods({
      wrap: (deps) => ({
        ...deps,
        tenant: (id) => ({
          ...deps.tenant(id),
          assuranceOf: () =>
            strict ? { ...defaultAssurance, everybody: two, enrolled: two } : defaultAssurance,
        }),
      }),
    })
    await start(world, 'ada')
    strict = false

    expect(await click(world)).toMatchObject({ flow: { state: 'awaiting-proof' } })
    await start(world, 'ada')
    expect(await click(world)).toMatchObject({ flow: { state: 'proven' } })
  })
})

describe('somebody with a sheet of codes and nothing else', () => {
  it('comes back by mail as before, or by the sheet when there is no mail', async () => {
    const world = aWorldOfMethods()
    const { session } = await withApp(world)
    const codes = await enrolSheet(world, session)
    const [app] = await world.enrolment.list({ session })
    await world.enrolment.remove({ session, client: aClient(), locale: 'en', id: app?.id ?? '' })

    const proven = await type(world, await start(world, 'ada'), 'recovery_code', codes[0] ?? '')

    expect(proven).toMatchObject({ ok: true, flow: { state: 'proven' } })
    expect(await type(world, await start(world, 'ada'), 'recovery_code', codes[0] ?? '')).toMatchObject({
      ok: false,
    })
  })
})
