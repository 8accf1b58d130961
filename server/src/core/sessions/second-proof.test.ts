import { describe, expect, it } from 'vitest'
import { aWorldOfMethods, enrolSheet, signInFully, withApp } from '../../../test/support/enrolling.ts'
import { aClient, anAccount, northwind, signIn, type World } from '../../../test/support/recovery-world.ts'

type Signed = Extract<Awaited<ReturnType<typeof signIn>>, { ok: true }>

const holding = ({ session, secret }: Signed) => ({ tenant: northwind, id: session.id, secret })
const give = (world: World, signed: Signed, code: string, method: 'totp' | 'recovery_code' = 'totp') =>
  world.sessions.prove({ ...holding(signed), method, code, client: aClient() })

async function begun(world: World, name = 'ada'): Promise<Signed> {
  const signed = await signIn(world, name)
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  return signed
}

describe('a sign-in of somebody with an authenticator app', () => {
  it('opens nothing before the second proof, and goes on under a new secret', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)

    const signed = await begun(world)

    expect(signed.session.awaits).toBe('second-proof')
    expect(signed.methods).toEqual(['totp'])
    const needed = { ok: false, because: 'second-proof-needed', methods: ['totp'] }
    expect(await world.sessions.read(holding(signed))).toEqual(needed)
    const proven = await give(world, signed, app.code(world.clock.now()))
    if (!proven.ok) throw new Error(proven.because)
    expect(proven.secret).not.toBe(signed.secret)
    expect(await world.sessions.read(holding(signed))).toEqual({ ok: false, because: 'session-unknown' })
    expect(await world.sessions.read(holding(proven))).toMatchObject({ ok: true, session: { awaits: null } })
    expect(await give(world, proven, '0000')).toEqual({ ok: false, because: 'already-proven' })
  })

  it('tells whoever has a wrong password nothing of it', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    await withApp(world)

    const answers = ['ada', 'bob', 'nobody'].map((name) => signIn(world, name, { password: 'no' }))

    expect(new Set((await Promise.all(answers)).map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('takes one code once, whoever races with it and in whichever sign-in', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const [one, other] = [await begun(world), await begun(world)]
    const code = app.code(world.clock.now())

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => give(world, at % 2 ? one : other, code)),
    )

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('waits for five minutes', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const [early, late] = [await begun(world), await begun(world)]

    world.clock.advance(299)
    expect(await give(world, early, app.code(world.clock.now()))).toMatchObject({ ok: true })
    world.clock.advance(1)
    expect(await give(world, late, app.code(world.clock.now()))).toMatchObject({ because: 'session-unknown' })
  })

  it('counts wrong codes with wrong passwords: ten a day, and the right one is not compared any more', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    for (let times = 0; times < 4; times += 1) await signIn(world, 'ada', { password: 'wrong' })
    const signed = await begun(world)

    const answers: unknown[] = []
    for (let times = 0; times < 7; times += 1) {
      const answer = await give(world, signed, '000000')
      answers.push(answer.ok || 'triesLeft' in answer ? answer : answer.because)
    }

    expect(answers.slice(0, 6)).toEqual(
      [5, 4, 3, 2, 1, 0].map((triesLeft) => ({ ok: false, because: 'code-wrong', triesLeft })),
    )
    expect(answers[6]).toBe('too-many-requests')
    expect(await give(world, signed, app.code(world.clock.now()))).toMatchObject({
      because: 'too-many-requests',
    })
  })

  it('takes a code of the sheet when the app is lost, also when guessers have used up the tries', async () => {
    const world = aWorldOfMethods()
    const { session } = await withApp(world)
    const codes = await enrolSheet(world, session)
    const signed = await begun(world)
    expect(signed.methods).toEqual(['totp', 'recovery_code'])
    for (let times = 0; times < 10; times += 1) await give(world, signed, '000000')

    expect(await give(world, signed, 'wrong-wrong-wrong', 'recovery_code')).toMatchObject({ ok: false })
    expect(await give(world, signed, codes[0] ?? '', 'recovery_code')).toMatchObject({ ok: true })
    const next = await begun(world).catch(() => null)
    // The password is not compared either, so nothing is learnt of it.
    expect(next).toBeNull()
  })

  it('does not take the code of another person', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    await withApp(world, 'ada')
    const { app } = await withApp(world, 'bob')

    expect(await give(world, await begun(world), app.code(world.clock.now()))).toMatchObject({ ok: false })
  })

  it('ends with everything else when the password is reset meanwhile', async () => {
    const world = aWorldOfMethods()
    const { app } = await withApp(world)
    const signed = await begun(world)
    const subject = signed.session.subject
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, tokenVersion: ledger.tokenVersion + 1 },
    }))

    expect(await give(world, signed, app.code(world.clock.now()))).toMatchObject({
      because: 'session-unknown',
    })
  })
})

describe('a second proof that is on its way while everything is ended', () => {
  it('opens nothing', async () => {
    let endsNow = false
    const world = aWorldOfMethods({
      wrap: ({ store, ...deps }) => ({
        ...deps,
        store: {
          ...store,
          async decideSubject(target, decider) {
            if (endsNow && target.enrolments === true) {
              await store.decideSubject(target, ({ ledger }) => ({
                answer: null,
                ledger: { ...ledger, tokenVersion: ledger.tokenVersion + 1 },
              }))
            }
            return store.decideSubject(target, decider)
          },
        },
      }),
    })
    const { app } = await withApp(world)
    const signed = await begun(world)

    endsNow = true

    expect(await give(world, signed, app.code(world.clock.now()))).toEqual({
      ok: false,
      because: 'session-unknown',
    })
  })
})

describe('what a tenant does not offer', () => {
  it('is not taken, however it was set up', async () => {
    const world = aWorldOfMethods({ methods: ['email_link', 'email_code'] })

    expect((await signInFully(world, 'ada')).session.awaits).toBeNull()
    const signed = await begun(world)
    expect(await give(world, signed, '000000')).toEqual({ ok: false, because: 'method-not-offered' })
  })
})
