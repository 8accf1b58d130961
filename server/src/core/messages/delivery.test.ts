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
import type { Delivery, Envelope, MailProvider, MessageOrder } from './ports.ts'

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

    expect(world.observed).toEqual([{ provider: 'main', outcome: 'sent', seconds: 2 }])
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
