import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../audit/ports.ts'
import { nobodysMailbox } from './decoy.ts'
import {
  type DeliverDeps,
  doubtSeconds,
  type MessageOutcome,
  makeDeliver,
  type Settlement,
} from './delivery.ts'
import type { Delivery, Envelope, MailProvider, MessageOrder, TextEnvelope, TextProvider } from './ports.ts'
import { makeTextWay } from './text-way.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const ref = { tenant: 'northwind', id: '01order' }
const canary = 'https://portal.test/recover#canary-token'

const anOrder = (some: Partial<MessageOrder> = {}): MessageOrder => ({
  ...ref,
  kind: 'recovery',
  subject: 'subject-1',
  flow: 'flow-1',
  generation: 1,
  keyId: 'key-1',
  disavowal: null,
  to: 'ada@example.test',
  locale: 'de',
  service: null,
  facts: { username: 'ada', at: noon.toISOString(), device: null, place: null },
  notAfter: new Date('2026-03-01T12:10:00Z'),
  ...some,
})

const aProvider = (name: string, ...answers: Delivery[]) => {
  const envelopes: Envelope[] = []
  const provider: MailProvider = {
    name,
    send: async (envelope) => {
      envelopes.push(envelope)
      return answers[Math.min(envelopes.length, answers.length) - 1] ?? { ok: true }
    },
    check: async () => {},
    close: async () => {},
  }
  return { ...provider, envelopes }
}

/** One order and its end, as a row would hold them. */
function aWorld(some: Partial<DeliverDeps> & { order?: MessageOrder | null } = {}) {
  const { order = anOrder(), ...deps } = some
  const settled: Settlement[] = []
  const recorded: AuditEvent[] = []
  const observed: MessageOutcome[] = []
  let doubtedAt: Date | null = null
  const deliver = makeDeliver({
    load: async () => (settled.length > 0 || order === null ? null : { ...order, orderedAt, doubtedAt }),
    doubt: async (_, at) => {
      doubtedAt = at
    },
    observe: (outcome) => observed.push(outcome),
    settle: async (_, settlement, events) => {
      if (settled.length > 0) return false
      settled.push(settlement)
      recorded.push(...events)
      return true
    },
    secretsFor: async () => ({ link: canary, code: '12345678' }),
    render: (_, secrets) => ({ subject: 'Hi', text: `${secrets.link} ${secrets.code}`, html: '<p>' }),
    sender: () => ({ from: { name: 'Northwind', address: 'accounts@northwind.test' } }),
    providers: [],
    now: () => noon,
    ...deps,
  })
  return {
    deliver: (signal = new AbortController().signal) => deliver(ref, signal),
    settled,
    recorded,
    observed,
  }
}

const orderedAt = new Date('2026-03-01T11:59:58Z')
const doubtful: Delivery = { ok: false, permanent: false, because: 'outcome-unknown' }
const deferred: Delivery = { ok: false, permanent: false, because: 'deferred' }
const refused: Delivery = { ok: false, permanent: true, because: 'refused' }

describe('delivering a message', () => {
  it('sends what was rendered to the stored address, under the id of its order, and records it', async () => {
    const provider = aProvider('main', { ok: true })
    const world = aWorld({ providers: [provider] })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(provider.envelopes).toEqual([
      {
        id: '01order',
        to: 'ada@example.test',
        from: { name: 'Northwind', address: 'accounts@northwind.test' },
        locale: 'de',
        subject: 'Hi',
        text: `${canary} 12345678`,
        html: '<p>',
      },
    ])
    expect(world.settled).toEqual([{ state: 'sent', provider: 'main', at: noon }])
    expect(world.recorded).toEqual([
      {
        name: 'message.sent',
        tenant: 'northwind',
        at: noon,
        subject: 'subject-1',
        flow: 'flow-1',
        facts: { kind: 'recovery', provider: 'main' },
      },
    ])
  })

  it('writes nothing to nobody when it is late: the time belongs to the mails of people', async () => {
    const provider = aProvider('main')
    const render = () => Promise.reject(new Error('rendered'))
    const late = () => new Date(orderedAt.getTime() + 2_001)
    const world = aWorld({
      order: anOrder({ to: nobodysMailbox }),
      providers: [provider],
      now: late,
      render,
    })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(world.settled).toEqual([{ state: 'given-up', because: 'expired', at: late() }])
    expect([provider.envelopes, world.recorded, world.observed]).toEqual([[], [], []])
  })

  it('records nothing about a mail to nobody', async () => {
    const world = aWorld({ order: anOrder({ to: nobodysMailbox }), providers: [aProvider('main')] })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(world.settled).toHaveLength(1)
    expect(world.recorded).toEqual([])
  })

  it('sends nothing a second time once that is recorded', async () => {
    const provider = aProvider('main', { ok: true })
    const world = aWorld({ providers: [provider] })
    await world.deliver()

    expect(await world.deliver()).toEqual({ settled: true })
    expect(provider.envelopes).toHaveLength(1)
    expect(world.recorded).toHaveLength(1)
  })

  it('comes back after a temporary failure and settles nothing meanwhile', async () => {
    const provider = aProvider('main', deferred, { ok: true })
    const world = aWorld({ providers: [provider] })

    expect(await world.deliver()).toEqual({
      settled: false,
      retry: true,
      because: 'deferred',
      notAfter: anOrder().notAfter,
      tried: [{ provider: 'main', because: 'deferred', detail: null }],
    })
    expect(world.settled).toEqual([])
    expect(await world.deliver()).toEqual({ settled: true })
    expect(new Set(provider.envelopes.map(({ id }) => id)).size).toBe(1)
  })

  it('asks the next provider after a temporary failure', async () => {
    const [first, second, third] = [
      aProvider('first', deferred),
      aProvider('second', { ok: true }),
      aProvider('third'),
    ]
    const world = aWorld({ providers: [first, second, third] })
    await world.deliver()

    expect(world.settled).toEqual([{ state: 'sent', provider: 'second', at: noon }])
    expect(third.envelopes).toEqual([])
  })

  it('asks nobody else about a message that may have been taken, and lets it rest before it tries again', async () => {
    const [first, second] = [aProvider('first', doubtful, { ok: true }), aProvider('second', { ok: true })]
    let now = noon
    const world = aWorld({ providers: [first, second], now: () => now })

    expect(await world.deliver()).toMatchObject({ settled: false, because: 'outcome-unknown' })
    now = new Date(noon.getTime() + doubtSeconds * 1000 - 1)
    expect(await world.deliver()).toMatchObject({ settled: false, because: 'outcome-unknown', tried: [] })
    expect([first.envelopes.length, second.envelopes.length]).toEqual([1, 0])

    now = new Date(noon.getTime() + doubtSeconds * 1000)
    expect(await world.deliver()).toEqual({ settled: true })
    expect([first.envelopes.length, second.envelopes.length]).toEqual([2, 0])
  })

  it('sends no second copy of a message in doubt that was used meanwhile', async () => {
    const provider = aProvider('main', doubtful, { ok: true })
    let now = noon
    let isUsed = false
    const world = aWorld({
      providers: [provider],
      now: () => now,
      secretsFor: async () => (isUsed ? null : { link: canary, code: '12345678' }),
    })
    await world.deliver()
    isUsed = true
    now = new Date(noon.getTime() + doubtSeconds * 1000)
    await world.deliver()

    expect(provider.envelopes).toHaveLength(1)
    expect(world.settled).toMatchObject([{ state: 'given-up', because: 'overtaken' }])
  })

  it('says how long a message took from its order to its end, once', async () => {
    const world = aWorld({ providers: [aProvider('main', { ok: true })] })
    await world.deliver()
    await world.deliver()

    expect(world.observed).toEqual([{ channel: 'email', provider: 'main', outcome: 'sent', seconds: 2 }])
  })

  it('gives up at a refusal for good, without asking another provider, and says so by name', async () => {
    const [first, second] = [aProvider('first', refused), aProvider('second', { ok: true })]
    const world = aWorld({ providers: [first, second] })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(second.envelopes).toEqual([])
    expect(world.settled).toEqual([{ state: 'failed', provider: 'first', because: 'refused', at: noon }])
    expect(world.recorded).toMatchObject([
      { name: 'message.failed', facts: { kind: 'recovery', provider: 'first', because: 'refused' } },
    ])
  })

  it('sends nothing that came too late, and derives no secret for it', async () => {
    const provider = aProvider('main', { ok: true })
    const world = aWorld({
      providers: [provider],
      order: anOrder({ notAfter: noon }),
      secretsFor: () => Promise.reject(new Error('was asked for secrets')),
    })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(provider.envelopes).toEqual([])
    expect(world.settled).toEqual([{ state: 'given-up', because: 'expired', at: noon }])
    expect(world.recorded).toMatchObject([
      { name: 'message.failed', facts: { provider: 'none', because: 'expired' } },
    ])
  })

  it('sends nothing whose flow is over', async () => {
    const provider = aProvider('main', { ok: true })
    const world = aWorld({ providers: [provider], secretsFor: async () => null })
    await world.deliver()

    expect(provider.envelopes).toEqual([])
    expect(world.settled).toEqual([{ state: 'given-up', because: 'overtaken', at: noon }])
  })

  it('has nothing to do for an order that is not there', async () => {
    const world = aWorld({ order: null })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(world.settled).toEqual([])
  })

  it('waits for better times without a provider, or when it is told to stop', async () => {
    const provider = aProvider('main', { ok: true })
    const stopped = aWorld({ providers: [provider] })

    expect(await aWorld().deliver()).toMatchObject({ settled: false, because: 'unreachable' })
    expect(await stopped.deliver(AbortSignal.abort())).toMatchObject({ settled: false })
    expect(provider.envelopes).toEqual([])
  })

  it('is done when another run has recorded the end first', async () => {
    const world = aWorld({ providers: [aProvider('main', { ok: true })], settle: async () => false })

    expect(await world.deliver()).toEqual({ settled: true })
  })

  it('changes nothing when the record can’t be written: the message stays to be delivered', async () => {
    const world = aWorld({
      providers: [aProvider('main', { ok: true })],
      settle: () => Promise.reject(new Error('database is away')),
    })

    await expect(world.deliver()).rejects.toThrow('database is away')
    expect(world.recorded).toEqual([])
  })

  it('lets no free text of a mail server into a label', async () => {
    const because = `550 5.1.1 <ada@example.test> user unknown, see ${canary}`
    const world = aWorld({ providers: [aProvider('main', { ok: false, permanent: true, because })] })
    await world.deliver()

    expect(world.recorded).toMatchObject([{ facts: { because: 'other' } }])
    expect(JSON.stringify([world.settled, world.recorded])).not.toMatch(/canary|ada@/)
  })

  it('puts neither address nor link nor code into what it records', async () => {
    const world = aWorld({ providers: [aProvider('main', { ok: true })] })
    await world.deliver()

    expect(JSON.stringify([world.settled, world.recorded])).not.toMatch(/canary|12345678|ada@/)
  })
})

const aTextProvider = (name: string, channels: TextProvider['channels'], ...answers: Delivery[]) => {
  const envelopes: TextEnvelope[] = []
  const provider: TextProvider = {
    ...{ name, channels, check: async () => {}, close: async () => {} },
    async send(envelope) {
      envelopes.push(envelope)
      return answers[envelopes.length - 1] ?? { ok: true }
    },
  }
  return { ...provider, envelopes }
}

const aTextWorld = (
  providers: readonly TextProvider[],
  { order = {}, ...deps }: { order?: Partial<MessageOrder> } & Partial<DeliverDeps> = {},
) =>
  aWorld({
    order: anOrder({ channel: 'sms', to: '+45 20 12 34 56', locale: 'en', ...order }),
    secretsFor: async () => ({ code: '12345678' }),
    texts: makeTextWay({
      voice: () => ({
        ...{ name: 'Northwind', helpDesk: null, publicUrl: 'https://account.northwind.example' },
        ...{ brandColor: null, timeZone: 'UTC', languages: ['en'], passwordProviders: [] },
      }),
      receiptUrl: ({ id }) => `https://account.northwind.example/v1/receipts/${id}`,
      priceOf: () => ({ micros: 40_000, currency: 'EUR' }),
      providers,
      now: () => noon,
    }),
    ...deps,
  })

describe('delivering a text', () => {
  it('goes by the way of texts, to the number, with its code and no link, and says what it cost', async () => {
    const mail = aProvider('relay')
    const provider = aTextProvider('gateway', ['sms'], { ok: true, reference: 'SM1' })
    const world = aTextWorld([provider], { providers: [mail] })

    expect(await world.deliver()).toEqual({ settled: true })
    expect(mail.envelopes).toEqual([])
    expect(provider.envelopes).toEqual([
      {
        ...{ id: '01order', channel: 'sms', to: '+4520123456', language: 'en', validSeconds: 600 },
        text: expect.stringMatching(/^12345678 is your code[^]+\n@account\.northwind\.example #12345678$/),
        receiptUrl: 'https://account.northwind.example/v1/receipts/01order',
      },
    ])
    const cost = { micros: 40_000, currency: 'EUR' }
    const text = { country: 'DK', segments: 1, reference: 'SM1', cost }
    expect(world.settled).toEqual([{ state: 'sent', provider: 'gateway', at: noon, text }])
    expect(world.recorded[0]?.facts).toEqual({ kind: 'recovery', channel: 'sms', provider: 'gateway' })
    expect(world.observed).toEqual([
      { channel: 'sms', provider: 'gateway', outcome: 'sent', seconds: 2, text },
    ])
  })

  it('goes to the second provider when the first is down, and costs what that one says', async () => {
    const cost = { micros: 55_500, currency: 'USD' }
    const first = aTextProvider('first', ['sms'], deferred)
    const second = aTextProvider('second', ['sms'], { ok: true, cost })
    const world = aTextWorld([first, second])
    await world.deliver()

    expect(world.settled).toMatchObject([{ provider: 'second', text: { cost, reference: null } }])
  })

  it('waits when nobody takes it, and is given up when its code is over', async () => {
    const world = aTextWorld([aTextProvider('first', ['sms'], deferred)])

    expect(await world.deliver()).toMatchObject({ settled: false, retry: true, channel: 'sms' })
    expect(world.settled).toEqual([])
    const late = aTextWorld([], { now: () => new Date('2026-03-01T12:10:00Z') })
    await late.deliver()
    expect(late.settled).toMatchObject([{ state: 'given-up', because: 'expired' }])
  })

  it('waits where no way of texts is configured any more', async () => {
    const world = aWorld({ order: anOrder({ channel: 'sms' }) })

    expect(await world.deliver()).toMatchObject({ retry: true, because: 'unreachable', tried: [] })
  })

  it('is refused for good when the stored number is none', async () => {
    const provider = aTextProvider('gateway', ['sms'])
    const world = aTextWorld([provider], { order: { to: '20 12 34 56' } })
    await world.deliver()

    expect(provider.envelopes).toEqual([])
    expect(world.settled).toMatchObject([{ state: 'failed', provider: 'none', because: 'address-unusable' }])
  })

  it('calls only by who can call', async () => {
    const writes = aTextProvider('writes', ['sms'])
    const calls = aTextProvider('calls', ['sms', 'voice'])
    await aTextWorld([writes, calls], { order: { channel: 'voice' } }).deliver()

    expect(writes.envelopes).toEqual([])
    expect(calls.envelopes[0]?.text).toContain('1, 2, 3, 4, 5, 6, 7, 8')
  })

  it('throws one for nobody away after it was written, and records nothing of it', async () => {
    const provider = aTextProvider('gateway', ['sms'])
    const world = aTextWorld([provider], { order: { to: nobodysMailbox } })
    await world.deliver()

    expect(provider.envelopes).toHaveLength(1)
    expect([world.recorded, world.observed]).toEqual([[], []])
    expect(world.settled).toEqual([{ state: 'sent', provider: 'gateway', at: noon }])
  })
})
