import { describe, expect, it } from 'vitest'
import {
  aClient,
  anAccount,
  type Holding,
  lastMail,
  northwind,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import {
  askForText,
  aTextedWorld,
  danishNumber,
  textedCode,
  typeText,
} from '../../../test/support/texts-in-world.ts'
import { isDecoy } from '../messages/index.ts'
import { anyProof, defaultAssurance } from '../proofs/index.ts'
import type { Answered, Refused } from './index.ts'

const both = { ...defaultAssurance, everybody: { ...anyProof, kinds: 2 } }

const typeMail = (world: World, holding: Holding, code: string) =>
  world.recovery.prove({ ...holding, method: 'email_code', code, client: aClient() })

function held(answer: Answered | Refused): Holding {
  if (!answer.ok) throw new Error(`refused: ${answer.because}`)
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret ?? '' }
}

describe('a code by text', () => {
  it('goes to the number of the directory, works for ten minutes at most, and proves', async () => {
    const world = aTextedWorld()
    const ada = await start(world, 'ada')

    expect(await askForText(world, ada)).toMatchObject({ ok: true })

    const [text] = world.texts()
    expect(world.texts()).toHaveLength(1)
    expect(text).toMatchObject({ to: danishNumber, kind: 'recovery', disavowal: null, generation: 2 })
    expect(text?.notAfter).toEqual(new Date(world.clock.now().getTime() + 600_000))
    expect(world.store.rows.events.findLast(({ name }) => name === 'challenge.issued')).toMatchObject({
      facts: { method: 'sms_code', generation: 2 },
    })
    const code = textedCode(world)
    expect(await typeText(world, ada, ` ${code.slice(0, 4)}-${code.slice(4)}`)).toMatchObject({
      flow: { state: 'proven', proofs: [{ method: 'sms_code' }] },
    })
    expect(world.entered).toMatchObject([{ flow: ada.id, generation: 2 }])
  })

  it('is no mailed code, nor the other way round, and a wrong one costs a try and is not noted', async () => {
    const world = aTextedWorld()
    const ada = await start(world, 'ada')
    const mailed = lastMail(world).code
    await askForText(world, ada)

    const left = world.rules.codeTriesPerFlow
    expect(await typeText(world, ada, mailed)).toMatchObject({ because: 'code-wrong', triesLeft: left - 1 })
    expect(await typeMail(world, ada, textedCode(world))).toMatchObject({ triesLeft: left - 2 })
    expect(world.entered).toEqual([])
  })

  it('works in its own flow alone, and only the newest', async () => {
    const world = aTextedWorld()
    const [ada, again] = [await start(world, 'ada'), await start(world, 'ada')]
    await askForText(world, ada)
    const first = textedCode(world)
    await askForText(world, again)
    expect(await typeText(world, again, first)).toMatchObject({ because: 'code-wrong' })

    await askForText(world, ada)
    expect(await typeText(world, ada, first)).toMatchObject({ because: 'code-wrong' })
    expect(await typeText(world, ada, textedCode(world))).toMatchObject({ ok: true })
  })

  it('works once: what was proven by it is not proven again', async () => {
    const world = aTextedWorld({ assurance: both })
    const ada = await start(world, 'ada')
    await askForText(world, ada)
    const code = textedCode(world)

    const first = held(await typeText(world, ada, code))

    expect(await typeText(world, first, code)).toMatchObject({ because: 'code-wrong' })
    // Another text would prove nothing new.
    await askForText(world, first)
    expect(world.texts()).toHaveLength(1)
  })

  it('is over after ten minutes, whatever a mail would be, and with what was asked for', async () => {
    const world = aTextedWorld({ rules: { challengeSeconds: 900 } })
    const ada = await start(world, 'ada')
    await askForText(world, ada)

    world.clock.advance(600)
    expect(await typeText(world, ada, textedCode(world))).toMatchObject({ because: 'code-wrong' })
    world.clock.advance(300)
    expect(await typeText(world, ada, textedCode(world))).toMatchObject({ because: 'code-expired' })
  })

  it('is sent once by a job that runs twice', async () => {
    const world = aTextedWorld()
    const ada = await start(world, 'ada')
    await askForText(world, ada)

    const job = { tenant: northwind, flow: ada.id, ask: 2, channel: 'sms' } as const
    await world.recovery.resolve(job, AbortSignal.timeout(10_000))
    await world.runJobs()

    expect(world.texts()).toHaveLength(1)
  })

  it('takes the place of a mail among what may be asked for, and leaves the mail alone', async () => {
    const world = aTextedWorld({ rules: { asksPerFlow: 2 } })
    const ada = await start(world, 'ada')
    const { code } = lastMail(world)
    await askForText(world, ada)

    expect(await world.recovery.ask(ada)).toMatchObject({ because: 'no-more-mails' })
    expect(await typeMail(world, ada, code)).toMatchObject({ flow: { state: 'proven' } })
  })

  it('is not asked for where it is not offered', async () => {
    const world = aTextedWorld({ methods: ['email_link', 'email_code'] })
    const ada = await start(world, 'ada')
    const none = { ok: false, because: 'method-not-offered' }

    expect(await askForText(world, ada)).toEqual(none)
    expect(await typeText(world, ada, '12345678')).toEqual(none)
    expect(await world.recovery.read(ada)).toMatchObject({ flow: { asked: { times: 1 } } })
  })
})

describe('a number and a mailbox', () => {
  it('are two kinds of proof, in either order; who has no number is not told of texts', async () => {
    const world = aTextedWorld({ assurance: both })
    const ada = await start(world, 'ada')
    const mailed = await typeMail(world, ada, lastMail(world).code)
    expect(mailed).toMatchObject({ flow: { wanted: { methods: ['sms_code'] } } })
    const first = held(mailed)
    await askForText(world, first)
    expect(await typeText(world, first, textedCode(world))).toMatchObject({ flow: { state: 'proven' } })

    const again = await start(world, 'ada')
    const { code } = lastMail(world)
    await askForText(world, again)
    const texted = held(await typeText(world, again, textedCode(world)))
    expect(await typeMail(world, texted, code)).toMatchObject({ flow: { state: 'proven' } })

    const bob = await start(world, 'bob')
    expect(await typeMail(world, bob, lastMail(world).code)).toMatchObject({
      flow: { state: 'awaiting-proof', wanted: { methods: [] } },
    })
  })

  it('stay apart when the link is spent: the text neither goes along nor works where it was asked for', async () => {
    const world = aTextedWorld({ assurance: both })
    const ada = await start(world, 'ada')
    const { link } = lastMail(world)
    await askForText(world, ada)
    const code = textedCode(world)
    const spent = { tenant: northwind, token: link, client: aClient(), locale: 'en' }

    const moved = held(await world.recovery.spendLink({ ...spent, holding: ada }))

    expect(await typeText(world, moved, code)).toMatchObject({ because: 'code-wrong' })
    expect(await typeText(world, ada, code)).toMatchObject({ because: 'code-wrong' })
    for (const flow of world.store.rows.flows.values()) expect(flow).not.toHaveProperty('issuedText')
    await askForText(world, moved)
    expect(await typeText(world, moved, textedCode(world))).toMatchObject({ flow: { state: 'proven' } })
  })
})

describe('whoever asks for a text', () => {
  const accounts = [
    anAccount('ada', { recoveryNumbers: [danishNumber] }),
    anAccount('bob'),
    anAccount('carl', { recoveryNumbers: ['+44 7911 123456'] }),
    anAccount('gone', { recoveryNumbers: [danishNumber], disabled: true }),
    anAccount('mute', { recoveryNumbers: [danishNumber], recoveryAddresses: [] }),
  ]

  it('hears the same for everybody and nobody, and as many messages are ordered', async () => {
    const heard = await Promise.all(
      [...accounts.map(({ username }) => username), 'nobody'].map(async (name) => {
        const world = aTextedWorld({ accounts })
        const holding = await start(world, name)
        const said = [
          await askForText(world, holding),
          await typeText(world, holding, '00000000'),
          await world.recovery.ask({ ...holding, method: 'sms_code' }),
        ].map((answer) => (answer.ok ? 'asked' : { ...answer }))
        const orders = world.store.rows.messages.filter(({ channel }) => channel === 'sms')
        expect(orders.every((order) => order.to === danishNumber || isDecoy(order))).toBe(true)
        return { said, orders: orders.map(({ notAfter, disavowal }) => ({ notAfter, disavowal })) }
      }),
    )

    expect(heard[0]?.orders).toHaveLength(1)
    expect(heard).toEqual(heard.map(() => heard[0]))
  })

  it('writes no second time to who can’t come back', async () => {
    const world = aTextedWorld({ accounts })
    const gone = await start(world, 'gone')
    const before = world.mails.length
    await askForText(world, gone)
    // Texts that overtake the mail of the start; ada was invited and has never set a password.
    world.deps.store.lastInvitation = () => Promise.resolve({ passwordSetAt: null })
    for (const identifier of ['gone', 'ada']) {
      const begun = { tenant: northwind, identifier, service: null, locale: 'en', client: aClient() }
      const again = held(await world.recovery.start(begun))
      world.jobs.splice(0)
      await askForText(world, again)
    }

    expect(world.mails).toHaveLength(before)
    expect(world.texts()).toEqual([])
  })

  it('gets none beyond what a number, a range, a country or a day may have, and is not told', async () => {
    const refusals: unknown[] = []
    for (const pumping of [
      { perNumber: [{ max: 1, windowSeconds: 900 }] },
      { perPrefix: { digits: 7, max: 1, windowSeconds: 3_600 } },
      { spendMicrosPerDay: 100_000 },
      { countries: new Set(['DE']) },
    ]) {
      const world = aTextedWorld({ pumping })
      const ada = await start(world, 'ada')
      const asked = [await askForText(world, ada), await askForText(world, ada)]

      expect(asked).toMatchObject([{ ok: true }, { ok: true }])
      expect(world.texts().length).toBeLessThanOrEqual(1)
      const told = world.store.rows.events.filter(({ name }) => name === 'text.refused')
      refusals.push(told.at(-1)?.facts)
      expect(JSON.stringify(told)).not.toMatch(/20 ?12/)
      expect(world.texts()).toHaveLength(2 - told.length)
    }

    expect(refusals).toEqual(
      ['number-quota', 'prefix-cap', 'spend-cap', 'country'].map((because) => ({ because, country: 'DK' })),
    )
  })
})
