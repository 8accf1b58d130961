import { describe, expect, it } from 'vitest'
import type { Delivery, Envelope, MailProvider } from '../../core/messages/ports.ts'
import { checkpointMailer } from './checkpoint-mail.ts'

const from = { name: 'Northwind', address: 'recovery@northwind.test' }
const outside = { now: () => new Date('2026-03-02T09:00:00Z') }
const note = 'northwind.test/rekey\n7\nAAAA=\n\n— northwind.test/rekey <sig> & more'

function aProvider(name: string, answer: Delivery): MailProvider & { taken: Envelope[] } {
  const taken: Envelope[] = []
  const send = (envelope: Envelope) => {
    taken.push(envelope)
    return Promise.resolve(answer)
  }
  return { name, taken, send, check: () => Promise.resolve(), close: () => Promise.resolve() }
}

describe('a checkpoint by mail', () => {
  const mail = { subject: 'Audit checkpoint', text: note }
  const { signal } = new AbortController()

  it('goes to the first provider that takes it, word for word', async () => {
    const dead = aProvider('dead', { ok: false, permanent: false, because: 'unreachable' })
    const [good, spare] = [aProvider('good', { ok: true }), aProvider('spare', { ok: true })]

    await checkpointMailer(from, [dead, good, spare], outside)('auditors@northwind.test')(mail, signal)

    expect(good.taken).toMatchObject([{ to: 'auditors@northwind.test', from, text: note }])
    expect(good.taken[0]?.html).toContain('&lt;sig> &amp; more')
    expect([dead.taken.length, spare.taken.length]).toEqual([1, 0])
  })

  it('is a failure when nobody takes it', async () => {
    const dead = aProvider('dead', { ok: false, permanent: false, because: 'unreachable' })

    const sent = checkpointMailer(from, [dead], outside)('auditors@northwind.test')(mail, signal)

    await expect(sent).rejects.toThrow('no mail provider')
  })
})
