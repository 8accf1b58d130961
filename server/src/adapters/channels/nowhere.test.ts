import { describe, expect, it } from 'vitest'
import { nobodysMailbox } from '../../core/messages/decoy.ts'
import type { Delivery, Envelope, MailProvider } from '../../core/messages/ports.ts'
import { withoutDecoys } from './nowhere.ts'

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
  const provider: MailProvider = {
    name: 'relay',
    async send({ to }) {
      asked.push(to)
      return answers[asked.length - 1] ?? { ok: true }
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  const clock = { seconds: 0 }
  const guarded = withoutDecoys(provider, { now: () => new Date(clock.seconds * 1_000) })
  return {
    clock,
    asked,
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

  it('is tried again as long as mails to people are', async () => {
    const { send } = aProvider(deferred, { ok: true })

    await send('ada@example.test')
    expect(await send(nobodysMailbox)).toEqual(deferred)
    await send('ada@example.test')
    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })

  it('is not tried for ever when nobody’s mail tells that the mail server is back', async () => {
    const { clock, send } = aProvider(deferred)

    await send('ada@example.test')
    clock.seconds = 151

    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })

  it('is not refused because somebody’s mailbox was', async () => {
    const { send } = aProvider(refused)

    expect(await send('gone@example.test')).toEqual(refused)
    expect(await send(nobodysMailbox)).toEqual({ ok: true })
  })
})
