import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../audit/ports.ts'
import {
  type AskedTexts,
  makeAdmitTexts,
  makeResumeCountry,
  makeWatchConversion,
  type PumpingRules,
  type PumpingStore,
  textRefused,
} from './pumping.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const rules: PumpingRules = {
  countries: new Set(['DK', 'DE', 'GB']),
  perNumber: [
    { max: 10, windowSeconds: 86_400 },
    { max: 3, windowSeconds: 900 },
  ],
  perPrefix: { digits: 6, max: 5, windowSeconds: 3_600 },
  spendMicrosPerDay: 1_000_000,
  conversion: { shareMin: 0.2, sentMin: 20, pauseSeconds: 3_600 },
}

/** Counters, pauses and what was spent, as the stores keep them. */
function aWorld(over: Partial<PumpingRules> = {}) {
  const counters = new Map<string, number>()
  const events: AuditEvent[] = []
  const paused = new Map<string, Date>()
  let spent = 0
  let counts: { country: string; sent: number; entered: number }[] = []
  const store: PumpingStore = {
    pausedUntil: async (_, country, now) => {
      const until = paused.get(country)
      return until !== undefined && until > now ? until : null
    },
    async pause({ country, until }, told) {
      if (paused.has(country)) return false
      paused.set(country, until)
      events.push(...told)
      return true
    },
    async resume({ country }, told) {
      const was = paused.delete(country)
      if (was) events.push(...told)
      return was
    },
    async spend({ micros, microsMax }) {
      if (spent + micros > microsMax) return false
      spent += micros
      return true
    },
    countSince: async () => counts,
  }
  const admit = makeAdmitTexts({
    store,
    limiter: {
      async take(tenant, key, { max }) {
        const name = `${tenant} ${key}`
        const count = (counters.get(name) ?? 0) + 1
        if (count > max) return { ok: false }
        counters.set(name, count)
        return { ok: true }
      },
    },
    rules: { ...rules, ...over },
    nameOf: (_, text) => `<${text.length.toString()}:${text.slice(-3)}>`,
    priceOf: () => ({ micros: 100_000, currency: 'EUR' }),
    now: () => noon,
  })
  const ask = (...numbers: string[]) => admit.of({ ...asked, numbers })
  return {
    ...{ admit, ask, store, events, counters, paused },
    spent: () => spent,
    count: (next: typeof counts) => {
      counts = next
    },
    watch: makeWatchConversion({
      ...{ store, tenants: ['northwind'], rules: rules.conversion, now: () => noon },
    }),
  }
}

const asked: AskedTexts = { tenant: 'northwind', channel: 'sms', numbers: [], locale: 'en', known: false }
const ada = '+45 20 12 34 56'

describe('a text is sent', () => {
  it('to a mobile number of an allowed country, once however often it is stored', async () => {
    expect(await aWorld().ask(ada, '+4520123456')).toEqual({ to: [ada], refused: [] })
  })

  it.each([
    ['not-a-number', '20 12 34 56', null],
    ['country', '+46 70 123 45 67', 'SE'],
    ['kind', '+49 900 1 234567', 'DE'],
    ['kind', '+44 56 1234 5678', 'GB'],
    ['kind', '+49 30 123456', 'DE'],
  ])('but not where the reason is %s: %s', async (because, number, country) => {
    const world = aWorld()

    expect(await world.ask(number)).toEqual({ to: [], refused: [{ because, country }] })
    expect([world.counters.size, world.spent()]).toEqual([0, 0])
  })

  it('to a fixed line when it is read aloud', async () => {
    const { admit } = aWorld()

    expect((await admit.of({ ...asked, channel: 'voice', numbers: ['+49 30 123456'] })).to).toHaveLength(1)
  })

  it('three times to one number, and three times more for a device that the owner came back with', async () => {
    const world = aWorld()
    const results = []
    for (let time = 0; time < 4; time += 1) results.push((await world.ask(ada)).refused)

    expect(results).toEqual([[], [], [], [{ because: 'number-quota', country: 'DK' }]])
    const known = await world.admit.of({ ...asked, numbers: [ada], known: true })
    expect(known.refused).toEqual([])
  })

  it('to a range of numbers only so often, and a flood of it takes nothing from others', async () => {
    const world = aWorld()
    const range = Array.from({ length: 30 }, (_, index) => `+45201234${String(index + 10)}`)
    const flood = await world.ask(...range)
    const other = await world.ask('+4930123456', '+491711234567')

    expect(flood.to).toHaveLength(5)
    expect(new Set(flood.refused.map(({ because }) => because))).toEqual(new Set(['prefix-cap']))
    expect(other.to).toEqual(['+491711234567'])
  })

  it('until the day has cost what it may, a thousand numbers over a hundred ranges or one', async () => {
    const world = aWorld()
    let sent = 0
    for (let index = 0; index < 1_000; index += 1) {
      const range = String(201_000 + (index % 100) * 10).slice(0, 6)
      sent += (await world.ask(`+45${range}${String(index % 90).padStart(2, '0')}`)).to.length
    }

    expect([sent, world.spent()]).toEqual([10, 1_000_000])
  })

  it('at the price of two where the letters need two messages', async () => {
    const world = aWorld()
    await world.admit.of({ ...asked, numbers: [ada], locale: 'ja' })

    expect(world.spent()).toBe(200_000)
  })

  it('to nobody after all that is counted and asked for somebody, at no cost', async () => {
    const world = aWorld()
    await world.admit.ofNobody('northwind', '~name')

    expect([world.counters.size, world.spent()]).toEqual([3, 0])
    const somebody = aWorld()
    await somebody.ask(ada)
    expect(somebody.counters.size).toBe(3)
  })

  it('or the log says why not, without a number', () => {
    const about = { tenant: 'northwind', at: noon, subject: 's1', flow: 'f1' }

    expect(textRefused(about, [{ because: 'not-a-number', country: null }])).toEqual([
      { ...about, name: 'text.refused', facts: { because: 'not-a-number', country: 'none' } },
    ])
  })
})

describe('a country where nobody types codes in', () => {
  it('gets no more texts for a while, and the log says so once', async () => {
    const world = aWorld()
    world.count([
      { country: 'DK', sent: 40, entered: 7 },
      { country: 'DE', sent: 40, entered: 8 },
      { country: 'GB', sent: 19, entered: 0 },
    ])
    await world.watch()
    await world.watch()

    expect([...world.paused]).toEqual([['DK', new Date('2026-03-01T13:00:00Z')]])
    expect(world.events).toEqual([
      {
        name: 'text.country-paused',
        ...{ tenant: 'northwind', at: noon, subject: null, flow: null },
        facts: { country: 'DK', sent: 40, entered: 7 },
      },
    ])
    expect(await world.ask(ada)).toMatchObject({ refused: [{ because: 'country-paused' }] })
  })

  it('gets them again when an operator says so', async () => {
    const world = aWorld()
    const resume = makeResumeCountry({ store: world.store, now: () => noon })
    world.count([{ country: 'DK', sent: 40, entered: 0 }])
    await world.watch()

    expect(await resume('northwind', 'DK')).toBe(true)
    expect(await resume('northwind', 'DK')).toBe(false)
    expect((await world.ask(ada)).to).toEqual([ada])
    expect(world.events.at(-1)).toMatchObject({
      name: 'text.country-resumed',
      facts: { because: 'operator' },
    })
  })
})
