import { describe, expect, it } from 'vitest'
import { smtp } from '../../src/adapters/channels/smtp/index.ts'
import { makeDeliver, type Settlement } from '../../src/core/messages/delivery.ts'
import type { MailProvider, MessageOrder } from '../../src/core/messages/ports.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const patience = () => AbortSignal.timeout(10_000)

const order: MessageOrder = {
  id: '01order',
  tenant: 'northwind',
  kind: 'recovery',
  subject: 'subject-1',
  flow: 'flow-1',
  generation: 1,
  keyId: 'key-1',
  disavowal: null,
  to: 'ada@example.test',
  locale: 'en',
  service: null,
  facts: { username: 'ada', at: noon.toISOString(), device: null, place: null },
  notAfter: new Date('2026-03-01T12:10:00Z'),
}

const provider = (name: string, { host, port }: MailServer): MailProvider =>
  smtp.open(
    { host, port, tls: 'none', timeoutSeconds: 5 },
    { name, now: () => noon, randomBytes: (count) => new Uint8Array(count) },
  )

/** A row that outlives the process: `crashBeforeRecord` loses what would have been written. */
function aRow(providers: readonly MailProvider[], options: { crashBeforeRecord?: number } = {}) {
  let crashes = options.crashBeforeRecord ?? 0
  const settled: Settlement[] = []
  const deliver = makeDeliver({
    load: async () => (settled.length > 0 ? null : { ...order, orderedAt: noon, doubtedAt: null }),
    doubt: async () => {},
    observe: () => {},
    settle: async (_, settlement) => {
      crashes -= 1
      if (crashes >= 0) throw new Error('killed')
      settled.push(settlement)
      return true
    },
    secretsFor: async () => ({ link: 'https://portal.test/recover#token', code: '12345678' }),
    render: (_, { link, code }) => ({ subject: 'Hi', text: `${link}\n${code}\n`, html: `<p>${link}</p>` }),
    sender: () => ({ from: { name: 'Northwind', address: 'accounts@northwind.test' } }),
    providers,
    now: () => noon,
  })
  return { settled, run: () => deliver({ tenant: order.tenant, id: order.id }, patience()) }
}

describe('a message on its way to a real mail server', () => {
  it('arrives once, with its link and code, however often the job runs', async () => {
    await using server = await aMailServer({ tls: 'none' })
    const main = provider('main', server)
    const row = aRow([main])
    for (let runs = 0; runs < 3; runs += 1) await row.run()
    await main.close()

    expect(server.received).toHaveLength(1)
    expect(server.received[0]).toMatchObject({
      to: ['ada@example.test'],
      link: 'https://portal.test/recover#token',
      code: '12345678',
    })
  })

  it('arrives again only if we died before writing down that it was taken, and as the same message', async () => {
    await using server = await aMailServer({ tls: 'none' })
    const main = provider('main', server)
    const row = aRow([main], { crashBeforeRecord: 1 })

    await expect(row.run()).rejects.toThrow('killed')
    expect(await row.run()).toEqual({ settled: true })
    await row.run()
    await main.close()
    expect(server.received).toHaveLength(2)
    expect(new Set(server.received.flatMap((mail) => mail.header('message-id')))).toEqual(
      new Set(['<01order@northwind.test>']),
    )
  })

  it('goes over the second server while the first one is in trouble', async () => {
    await using first = await aMailServer({ tls: 'none' })
    await using second = await aMailServer({ tls: 'none' })
    first.fault = { at: 'rcpt', code: 451 }
    const providers = [provider('first', first), provider('second', second)]
    const row = aRow(providers)
    await row.run()
    await Promise.all(providers.map((each) => each.close()))

    expect(row.settled).toEqual([{ state: 'sent', provider: 'second', at: noon }])
    expect(first.received).toEqual([])
    expect(second.received).toHaveLength(1)
  })

  it('is recorded as failed when the server refuses it for good', async () => {
    await using server = await aMailServer({ tls: 'none' })
    server.fault = { at: 'rcpt', code: 550, text: 'no such user ada@example.test' }
    const main = provider('main', server)
    const row = aRow([main])
    await row.run()
    await main.close()

    expect(row.settled).toEqual([{ state: 'failed', provider: 'main', because: 'refused', at: noon }])
  })

  it('waits for a server that is away and arrives when it is back', async () => {
    const away = await aMailServer({ tls: 'none' })
    await away.close()
    const main = provider('main', away)
    const row = aRow([main])

    expect(await row.run()).toMatchObject({ settled: false, because: 'unreachable' })
    await using back = await aMailServer({ tls: 'none', port: away.port })
    expect(await row.run()).toEqual({ settled: true })
    expect(back.received).toHaveLength(1)
    await main.close()
  })
})
