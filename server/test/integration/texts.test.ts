import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MailProvider } from '../../src/core/messages/ports.ts'
import { anSmsc, type Smsc } from '../support/smsc.ts'
import { aTextVendor, type TextVendor, vendorModels } from '../support/text-vendors.ts'
import { aTextWorld, publicUrl, type TextWorld } from '../support/text-world.ts'

const soon = { timeout: 15_000, interval: 25 }
const dead: MailProvider = {
  name: 'relay',
  send: async () => ({ ok: false, permanent: false, because: 'unreachable' }),
  check: () => Promise.reject(new Error('away')),
  close: async () => {},
}

let first: TextVendor
let second: TextVendor
let world: TextWorld
beforeAll(async () => {
  first = await aTextVendor(vendorModels.twilio)
  second = await aTextVendor(vendorModels.vonage)
  world = await aTextWorld([first.settings, second.settings], { mail: [dead] })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await Promise.all([first, second].map((vendor) => vendor[Symbol.asyncDispose]()))
})

const rowOf = (of: TextWorld, id: string) =>
  of.database.kysely.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const sent = async (of: TextWorld, id: string) => {
  await vi.waitFor(async () => expect((await rowOf(of, id)).state).toBe('sent'), soon)
  return rowOf(of, id)
}
const leave = (request: ReturnType<TextVendor['receipt']>, headers: Record<string, string> = {}) =>
  world.http.inject({
    method: request.body === '' ? 'GET' : 'POST',
    url: request.url.slice(publicUrl.length),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(request.body === '' ? {} : { payload: request.body }),
  })
const signed = (request: ReturnType<TextVendor['receipt']>) =>
  leave(request, { 'x-twilio-signature': request.header('x-twilio-signature') ?? '' })

describe('a text that was ordered', () => {
  it('goes out while no mail does, and its row says what it cost, where it went, and no number', async () => {
    await world.order({ channel: 'email', to: 'ada@example.test' })
    const row = await sent(world, await world.order())

    expect(first.received.at(-1)).toMatchObject({ to: '+4520123456' })
    expect(first.received.at(-1)?.text).toMatch(/^48217093 is your code/)
    expect(row).toMatchObject({
      ...{ channel: 'sms', provider: 'gateway-1', reference: 'SM1', country: 'DK', segments: 1 },
      ...{ cost_micros: 40_000, cost_currency: 'EUR', sealed: null, receipt: null },
    })
  })

  it('is followed by a receipt that counts once, from its vendor and nobody else', async () => {
    const id = await world.order()
    await sent(world, id)
    const [forged, right] = [first.receipt('delivered', 'a wrong secret'), first.receipt('delivered')]
    const stray = { ...right, url: right.url.replace(/.(?=\/gateway-1$)/, '!') }
    const elsewhere = { ...right, url: right.url.replace('gateway-1', 'gateway-9') }
    const refusals = [await signed(forged), await signed(stray), await signed(elsewhere), await leave(right)]

    const said = refusals.map(({ statusCode, json }) => [statusCode, { ...json<object>(), instance: '' }])
    expect(said).toEqual(said.map(() => said[0]))
    expect(refusals[0]?.statusCode).toBe(404)
    expect((await rowOf(world, id)).receipt).toBeNull()
    const taken = [await signed(first.receipt('on-its-way')), await signed(right), await signed(right)]
    expect(taken.map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [204, ''],
      [204, ''],
      [204, ''],
    ])
    expect((await rowOf(world, id)).receipt).toBe('delivered')
    expect(world.events.filter(({ name }) => name === 'message.delivered')).toHaveLength(1)
    expect(world.http.hasRoute({ method: 'HEAD', url: '/v1/receipts/:tag/:provider' })).toBe(false)
  })

  it('goes to the second provider while the first is down', async () => {
    first.isDown = true
    const row = await sent(world, await world.order())
    first.isDown = false

    expect(row).toMatchObject({ provider: 'gateway-2', reference: 'v1', cost_micros: 33_300 })
  })

  it('waits while all are down, people are told, and it goes out when one is back', async () => {
    await using one = await aTextVendor(vendorModels.messagebird)
    one.isDown = true
    await using down = await aTextWorld([one.settings])
    const id = await down.order()
    await vi.waitFor(() => expect(down.texts.isDelayed()).toBe(true), soon)

    expect((await rowOf(down, id)).state).toBe('ordered')
    expect(await down.metrics()).toMatch(
      /rekey_text_oldest_waiting_seconds 0\.\d*[1-9]|rekey_text_oldest_waiting_seconds [1-9]/,
    )
    one.isDown = false
    await sent(down, id)
    expect(one.received).toHaveLength(1)
  })

  it('leaves its number in no log, event or metric', async () => {
    await sent(world, await world.order({ to: '+45 20 98 76 54' }))
    const [metrics, log] = [await world.metrics(), world.log()]

    expect(metrics).toContain('rekey_text_cost_total{provider="gateway-1",country="DK",currency="EUR"} ')
    expect(metrics).toContain('rekey_text_receipt_seconds_count{provider="gateway-1",status="delivered"} 1')
    expect(`${metrics}${log}${JSON.stringify(world.events)}`).not.toMatch(/20 ?98 ?76 ?54|48217093/)
  })
})

describe('a text by SMPP', () => {
  let smsc: Smsc
  let bound: TextWorld
  beforeAll(async () => {
    smsc = await anSmsc()
    bound = await aTextWorld([smsc.settings])
  })
  afterAll(async () => {
    await bound[Symbol.asyncDispose]()
    await smsc[Symbol.asyncDispose]()
  })

  it('is found by its receipt, even by one that comes before its row knows that it was sent', async () => {
    smsc.receiptAtOnce = true
    const id = await bound.order()
    await vi.waitFor(async () => expect((await rowOf(bound, id)).receipt).toBe('delivered'), soon)

    expect(bound.events.map(({ name }) => name)).toContain('message.delivered')
  })
})

describe('what keeps others from having texts sent for the money', () => {
  it('lets thirty that come together spend no more than the day may cost', async () => {
    const { store } = world
    const at = new Date('2026-03-01T12:00:00Z')
    const spend = (day: Date) =>
      store.spend({ tenant: 'northwind', at: day, micros: 40_000, microsMax: 400_000 })
    const racers = await Promise.all(Array.from({ length: 30 }, () => spend(at)))

    expect(racers.filter(Boolean)).toHaveLength(10)
    expect(await spend(new Date('2026-03-02T00:00:00Z'))).toBe(true)
    expect(await store.spend({ tenant: 'contoso', at, micros: 500_000, microsMax: 400_000 })).toBe(false)
  })

  it('counts codes that were typed in by country, and forgets them with a pause', async () => {
    const { store } = world
    const between = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) }
    const id = await world.order({ flow: 'typed-in', generation: 3 })
    await sent(world, id)
    const before = await store.countSince('northwind', between)
    const entered = { tenant: 'northwind', flow: 'typed-in', generation: 3, at: new Date() }
    await world.write({ events: [], textEntered: entered })
    const after = await store.countSince('northwind', between)

    expect(before).toEqual([{ country: 'DK', sent: expect.any(Number), entered: 0 }])
    expect(after).toEqual([{ ...before[0], entered: 1 }])
    const at = new Date()
    const pause = { tenant: 'northwind', country: 'DK', at, until: new Date(at.getTime() + 60_000) }
    expect([await store.pause(pause, []), await store.pause(pause, [])]).toEqual([true, false])
    expect(await store.pausedUntil('northwind', 'DK', at)).toEqual(pause.until)
    expect(await store.pausedUntil('contoso', 'DK', at)).toBeNull()
    const later = new Date(Date.now() + 1)
    expect([
      await store.resume({ ...pause, at: later }, []),
      await store.resume({ ...pause, at: later }, []),
    ]).toEqual([true, false])
    expect(await store.countSince('northwind', between)).toEqual([])
  })
})
