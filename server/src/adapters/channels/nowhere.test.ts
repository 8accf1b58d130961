import { describe, expect, it } from 'vitest'
import { nobodysMailbox } from '../../core/messages/decoy.ts'
import type { Delivery, Envelope, MailProvider } from '../../core/messages/ports.ts'
import { mailWithoutDecoys } from './nowhere.ts'

const anEnvelope = (to: string): Envelope => ({
  id: 'order-1',
  to,
  // As the configuration hands it out.
  from: Object.freeze({ name: 'Northwind', address: 'recovery@northwind.test' }),
  subject: 'Get back in',
  text: 'Here is your link.',
  html: '<p>Here is your link.</p>',
  locale: 'en',
})

/** A provider that answers as told, and the addresses it was asked to write to. */
function aProvider(...answers: readonly Delivery[]) {
  const asked: string[] = []
  const clock = { seconds: 0, eachTakes: 0 }
  const provider: MailProvider = {
    name: 'relay',
    async send({ to }) {
      asked.push(to)
      clock.seconds += clock.eachTakes
      return answers[asked.length - 1] ?? { ok: true }
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  const waits: number[] = []
  const guarded = mailWithoutDecoys(provider, {
    now: () => new Date(clock.seconds * 1_000),
    wait: async (milliseconds) => void waits.push(milliseconds),
  })
  return {
    clock,
    asked,
    waits,
    send: (to: string) => guarded.send(anEnvelope(to), AbortSignal.timeout(5_000)),
  }
}

const deferred: Delivery = { ok: false, permanent: false, because: 'deferred' }
const refused: Delivery = { ok: false, permanent: true, because: 'refused' }

describe('a mail to nobody', () => {
  it('is given to no mail server', async () => {
    const { asked, send } = aProvider()

    expect(await send(nobodysMailbox)).toEqual({ ok: true })
    await send('ada@example.test')

    expect(asked).toEqual(['ada@example.test'])
  })

  it('ends as the latest mail to a person did', async () => {
    const { send } = aProvider(deferred, { ok: true })

    await send('ada@example.test')
    expect(await send(nobodysMailbox)).toEqual(deferred)
    await send('ada@example.test')
    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })

  it('fails no more when nobody’s mail tells for long that the mail server is back', async () => {
    const { clock, send } = aProvider(deferred)

    await send('ada@example.test')
    clock.seconds = 151

    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })

  it('takes as long as the latest mail to a person, but holds its place for two seconds at most', async () => {
    const { clock, waits, send } = aProvider()
    for (const seconds of [1, 30]) {
      clock.eachTakes = seconds
      await send('ada@example.test')
      await send(nobodysMailbox)
    }

    expect(waits).toEqual([1_000, 2_000])
  })

  it('is not slow for ever after one slow mail', async () => {
    const { clock, waits, send } = aProvider()
    clock.eachTakes = 30
    await send('ada@example.test')
    clock.seconds += 151
    await send(nobodysMailbox)

    expect(waits).toEqual([0])
  })

  it('learns nothing from a mail that is put off because of its mailbox', async () => {
    const { clock, waits, send } = aProvider({ ...deferred, blames: 'mailbox' })
    clock.eachTakes = 30
    await send('full@example.test')

    expect(await send(nobodysMailbox)).toEqual({ ok: true })
    expect(waits).toEqual([0])
  })

  it('is not refused because somebody’s mailbox was', async () => {
    const { send } = aProvider(refused)

    expect(await send('gone@example.test')).toEqual(refused)
    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })
})
