import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aGate,
  aMemoryTally,
  encoded,
  type GateWorld,
  gateKeys,
  solved,
} from '../../../test/support/gate-world.ts'
import { aClient, anAccount, aPassword, aWorld, northwind } from '../../../test/support/recovery-world.ts'
import type { Answered, Refused } from '../recovery/index.ts'
import type { SignedIn } from '../sessions/index.ts'
import { quotaFactor } from './channels.ts'
import { gateRecovery, gateSessions } from './gated.ts'
import type { Gate } from './index.ts'
import { mayPass, waitFor } from './may-pass.ts'
import type { Asked, Purpose, Shown } from './ports.ts'
import { factorOf, rateOf } from './pressure.ts'
import { defaultEverywhere } from './rules.ts'
import { makeWaitTokens } from './wait-tokens.ts'

const proven = process.env['REKEY_PROVE'] === '1'

interface Call {
  tenant?: string
  purpose?: Purpose
  network?: string
  name?: string
  shown?: Shown
}

const pass = (
  gate: Gate,
  { tenant = northwind, purpose = 'start', network, name = 'ada', shown = {} }: Call = {},
) => gate.pass({ tenant, purpose, name, shown, client: aClient({ network: network ?? '192.0.2.7' }) })

/** As many different people from as many networks, none of whom does any work. */
async function crowd(gate: Gate, many: number, call: Call = {}): Promise<number> {
  let passed = 0
  for (let one = 0; one < many; one += 1) {
    const network = `10.${(one >> 8) & 255}.${one & 255}.${1 + (one >> 16)}`
    if ((await pass(gate, { network, name: `name ${one}`, ...call })).ok) passed += 1
  }
  return passed
}

async function asked(world: GateWorld, call: Call = {}): Promise<Asked> {
  const answer = await pass(world.gate, call)
  if (answer.ok || answer.because !== 'work-needed') throw new Error('no work was asked for')
  return answer.asked
}

const busy = { tenant: { requests: 20, names: 1_000, failures: 10 } }

async function aBusyGate(over: Parameters<typeof aGate>[0] = {}): Promise<GateWorld> {
  const world = aGate({ rules: busy, ...over })
  await crowd(world.gate, 21)
  return world
}

describe('how much there is to do', () => {
  it('counts what is left of the minute before by its share', () => {
    expect(rateOf({ current: 10, previous: 60 }, 0)).toBe(70)
    expect(rateOf({ current: 10, previous: 60 }, 0.5)).toBe(40)
    expect(rateOf({ current: 10, previous: 60 }, 1)).toBe(10)
  })

  it('asks for twice as much with each doubling, and never for more than sixteen times the least', () => {
    const factors = [99, 100, 101, 200, 399, 400, 800, 1_600, 1e9].map((rate) => factorOf(rate, 100, false))

    expect(factors).toEqual([0, 0, 1, 2, 2, 4, 8, 16, 16])
  })

  it('is over when it has come down to half, and not before', () => {
    expect([101, 100, 51, 50, 0].map((rate) => factorOf(rate, 100, true))).toEqual([1, 1, 1, 0, 0])
  })

  it('never asks for less when there is more', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 1e5 }),
        fc.boolean(),
        (a, b, free, tight) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)]
          expect(factorOf(less, free, tight)).toBeLessThanOrEqual(factorOf(more, free, tight))
        },
      ),
    )
  })
})

describe('whether a request may pass', () => {
  const rules = { perNetwork: 60 }
  const calm = { pressure: 0, network: 0, requests: 0, shown: 0 }

  it('is no question while there is little to do', () => {
    expect(mayPass(calm, rules)).toEqual({ is: 'pass' })
  })

  it('is first work, then harder work, then a wait for a network that does none of it', () => {
    expect(mayPass({ ...calm, network: 1, requests: 40 }, rules)).toEqual({ is: 'challenge', factor: 1 })
    expect(mayPass({ ...calm, network: 2, requests: 70 }, rules)).toEqual({ is: 'challenge', factor: 2 })
    expect(mayPass({ ...calm, network: 4, requests: 121 }, rules)).toEqual({ is: 'wait', seconds: 60 })
  })

  it('is always yes for whoever has done the work that is asked for, whatever others do', () => {
    const factors = fc.constantFrom(0, 1, 2, 4, 8, 16)
    fc.assert(
      fc.property(factors, factors, fc.nat(1e6), (pressure, network, requests) => {
        const shown = Math.max(pressure, network)
        expect(mayPass({ pressure, network, requests, shown }, rules)).toEqual({ is: 'pass' })
      }),
    )
  })

  it('takes half of the work from whoever began before it got harder, and not a quarter', () => {
    expect(mayPass({ ...calm, pressure: 8, shown: 4 }, rules).is).toBe('pass')
    expect(mayPass({ ...calm, pressure: 8, shown: 2 }, rules).is).toBe('challenge')
  })

  it('lets nobody wait for more than two minutes', () => {
    expect([1, 4, 16].map((factor) => waitFor(factor, { waitSeconds: 10 }))).toEqual([10, 40, 120])
  })
})

describe('the channels under pressure', () => {
  it('are tightened from the weakest on, and links and passkeys never', () => {
    const left = (factor: number) =>
      (['sms', 'email_code', 'email_link', 'passkey'] as const).map((channel) => quotaFactor(channel, factor))

    expect(left(0)).toEqual([1, 1, 1, 1])
    expect(left(1)).toEqual([1 / 2, 1, 1, 1])
    expect(left(4)).toEqual([1 / 4, 2 / 3, 1, 1])
    expect(left(16)).toEqual([1 / 4, 2 / 3, 1, 1])
  })
})

describe('the gate', () => {
  it('asks nobody for anything while there is little to do', async () => {
    const { gate, events } = aGate()

    expect(await crowd(gate, 600)).toBe(600)
    expect(gate.look({ tenant: northwind, purpose: 'start', client: aClient() })).toBeNull()
    expect(events).toEqual([])
  })

  it('asks everybody for work when there is more to do than usual, and for none when that is over', async () => {
    const world = await aBusyGate()
    expect(await pass(world.gate)).toMatchObject({ ok: false, because: 'work-needed' })
    expect(world.gate.look({ tenant: northwind, purpose: 'start', client: aClient() })).not.toBeNull()

    world.clock.advance(30)
    expect((await pass(world.gate)).ok).toBe(false)
    world.clock.advance(120)

    expect((await pass(world.gate)).ok).toBe(true)
    expect(world.events.map(({ name, facts }) => [name, facts['because']])).toContainEqual([
      'gate.challenged',
      'pressure',
    ])
  })

  it('lets those through who have done it, each piece once', async () => {
    const world = await aBusyGate()
    const work = await solved((await asked(world)).challenge)

    const answers = await Promise.all(Array.from({ length: 30 }, () => pass(world.gate, { shown: { work } })))

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const names = world.events.map(({ name }) => name)
    expect(names.filter((name) => name === 'gate.passed')).toHaveLength(1)
    expect(names.filter((name) => name === 'gate.replayed')).toHaveLength(29)
  })

  it('takes no work that was done for another tenant, for something else, or too long ago', async () => {
    const world = await aBusyGate({ everywhere: busy.tenant })
    const { challenge } = await asked(world)
    const work = await solved(challenge)

    expect((await pass(world.gate, { tenant: 'southwind', shown: { work } })).ok).toBe(false)
    expect((await pass(world.gate, { purpose: 'sign-in', shown: { work } })).ok).toBe(false)
    world.clock.advance(300)
    await crowd(world.gate, 40)
    expect((await pass(world.gate, { shown: { work } })).ok).toBe(false)
  })

  it('takes no work that was made easier, lengthened or moved by whoever did it', async () => {
    const world = await aBusyGate({ everywhere: busy.tenant })
    const { challenge } = await asked(world)
    const { parameters } = challenge
    const { data } = parameters
    const forged = [
      { ...parameters, cost: 1 },
      { ...parameters, keyPrefix: '00' },
      { ...parameters, keySignature: '00'.repeat(32) },
      { ...parameters, data: { ...data, factor: 16 } },
      { ...parameters, data: { ...data, expiresAt: 9e15 } },
      { ...parameters, data: { ...data, tenant: 'southwind' } },
      { ...parameters, data: { ...data, purpose: 'sign-in' } },
      { ...parameters, data: { ...data, key: 'k2' } },
      { ...parameters, nonce: '00'.repeat(16) },
    ]
    const { solution } = JSON.parse(Buffer.from(await solved(challenge), 'base64').toString()) as {
      solution: unknown
    }
    const tenants = forged.map(({ data: of }) => String(of?.['tenant']))

    for (const [at, changed] of forged.entries()) {
      const { purpose } = changed.data as { purpose: Purpose }
      const shown = { work: encoded({ ...challenge, parameters: changed }, solution) }
      expect((await pass(world.gate, { tenant: tenants[at] ?? '', purpose, shown })).ok).toBe(false)
    }
    // The control: as it was given out, it counts.
    expect((await pass(world.gate, { shown: { work: encoded(challenge, solution) } })).ok).toBe(true)
  })

  it('takes no answer that is not solved, and nothing that is no answer', async () => {
    const world = await aBusyGate()
    const { challenge } = await asked(world)
    const { keyPrefix } = challenge.parameters
    const guesses = [
      encoded(challenge, { counter: 1, derivedKey: keyPrefix.padEnd(64, '0') }),
      encoded(challenge, { counter: 1, derivedKey: '' }),
      encoded(challenge, null),
      encoded(challenge, { counter: '1', derivedKey: [] }),
      '',
      'e30=',
      'bnVsbA==',
      '[]',
      'A'.repeat(9_000),
    ]

    for (const work of guesses) expect((await pass(world.gate, { shown: { work } })).ok).toBe(false)
  })

  it('asks for harder work the more there is to do, and does not take what was done before', async () => {
    const world = aGate({ rules: busy })
    const early = await world.gate.issue({ tenant: northwind, purpose: 'start', client: aClient() })
    if ('ok' in early) throw new Error('no task was given')
    await crowd(world.gate, 200)

    const late = await asked(world)

    expect(late.challenge.parameters.data).toMatchObject({ factor: 8 })
    expect((await pass(world.gate, { shown: { work: await solved(early.challenge) } })).ok).toBe(false)
    expect((await pass(world.gate, { shown: { work: await solved(late.challenge) } })).ok).toBe(true)
  })

  it('lets those wait whose browser can’t work: not sooner, once, and for what they asked', async () => {
    const world = await aBusyGate()
    const { token, seconds } = (await asked(world)).wait
    expect(seconds).toBe(10)
    world.clock.advance(6)

    expect(await pass(world.gate, { shown: { wait: token } })).toMatchObject({
      asked: { wait: { token, seconds: 4 } },
    })
    world.clock.advance(4)
    expect((await pass(world.gate, { purpose: 'sign-in', shown: { wait: token } })).ok).toBe(false)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => pass(world.gate, { shown: { wait: token } })),
    )

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('lets a network wait ten times in ten minutes, and no other for it', async () => {
    const world = await aBusyGate()
    const waits: string[] = []
    for (let one = 0; one < 12; one += 1)
      waits.push((await asked(world, { network: '198.51.100.1' })).wait.token)
    world.clock.advance(30)
    await crowd(world.gate, 30)

    const answers = []
    for (const wait of waits)
      answers.push(await pass(world.gate, { network: '198.51.100.2', shown: { wait } }))

    expect(answers.filter(({ ok }) => ok)).toHaveLength(10)
    expect(answers.at(-1)).toMatchObject({ ok: false, because: 'too-many-requests' })
    const { wait } = await asked(world, { network: '203.0.113.9' })
    world.clock.advance(wait.seconds)
    expect((await pass(world.gate, { network: '203.0.113.9', shown: { wait: wait.token } })).ok).toBe(true)
  })

  it('reads no waiting token that nobody gave out', async () => {
    const { clock } = await aBusyGate()
    const tokens = makeWaitTokens({
      keys: gateKeys,
      now: () => clock.now(),
      randomBytes: (count) => new Uint8Array(count),
    })
    const of = { tenant: northwind, purpose: 'start' } as const
    const token = tokens.issue({ ...of, factor: 1, seconds: 60 })
    const [key, id, , readyAt, tag] = token.split('.')

    expect(tokens.read(of, token)).toMatchObject({ factor: 1 })
    for (const forged of [
      '',
      '....',
      [key, id, '16', readyAt, tag].join('.'),
      [key, id, '1', '0', tag].join('.'),
      `${token}.`,
    ])
      expect(tokens.read(of, forged)).toBeNull()
    clock.advance(60 + 1_800)
    expect(tokens.read(of, token)).toBeNull()
  })

  it('takes the word of a check for people where there is one, each token once', async () => {
    const world = await aBusyGate({
      humanCheck: { isPassed: (token) => Promise.resolve(token === 'a person') },
    })

    expect((await pass(world.gate, { shown: { human: 'a program' } })).ok).toBe(false)
    expect((await pass(world.gate, { shown: { human: 'a person' } })).ok).toBe(true)
    expect((await pass(world.gate, { shown: { human: 'a person' } })).ok).toBe(false)
    expect((await pass((await aBusyGate()).gate, { shown: { human: 'a person' } })).ok).toBe(false)
  })

  it('asks one network for work before it is cut off, and nobody else', async () => {
    const { gate } = aGate()
    const answers = []
    for (let one = 0; one < 122; one += 1) answers.push(await pass(gate))

    const told = answers.map((answer) => (answer.ok ? 'passes' : answer.because))
    expect(told.slice(0, 30)).toEqual(Array(30).fill('passes'))
    expect(new Set(told.slice(31, 120))).toEqual(new Set(['work-needed']))
    expect(told.at(-1)).toBe('too-many-requests')
    expect((await pass(gate, { network: '198.51.100.1' })).ok).toBe(true)
  })

  it.each([
    ['a /24', 120, (one: number) => `198.51.100.${one}`],
    ['a /16', 600, (one: number) => `198.51.${one & 255}.${one >> 8}`],
    ['a /48', 120, (one: number) => `2001:db8:7:${one.toString(16)}:0:0:0:0/64`],
    ['a /32', 600, (one: number) => `2001:db8:${one.toString(16)}:1:0:0:0:0/64`],
  ])('counts a rented block as one: %s', async (_, free, networkOf) => {
    const { gate } = aGate({ rules: { tenant: { requests: 1e6, names: 1e6, failures: 1e6 } } })
    const answers = []
    for (let one = 0; one <= free; one += 1)
      answers.push((await pass(gate, { network: networkOf(one), name: 'x' })).ok)

    expect(answers).toEqual([...Array<boolean>(free).fill(true), false])
  })

  it('is tightened by what is guessed wrong, wherever it comes from', async () => {
    const { gate } = aGate({ rules: busy })
    for (let one = 0; one < 12; one += 1)
      gate.failed({ tenant: northwind, client: aClient({ network: `10.${one}.0.1` }) })

    expect(await pass(gate, { network: '203.0.113.9' })).toMatchObject({ because: 'work-needed' })
  })

  it('is tightened by a slow guesser who stays below every minute’s number', async () => {
    const { gate, clock } = aGate({ rules: busy })
    for (let one = 0; one < 110; one += 1) {
      clock.advance(10)
      gate.failed({ tenant: northwind, client: aClient({ network: `10.${one}.0.1` }) })
    }

    expect(await pass(gate, { network: '203.0.113.9' })).toMatchObject({ because: 'work-needed' })
  })

  it('is tightened by many names, and not by one that is typed again and again', async () => {
    const names = { tenant: { requests: 1_000, names: 20, failures: 1_000 } }
    const [many, one] = [aGate({ rules: names }), aGate({ rules: names })]

    expect(await crowd(many.gate, 40)).toBe(20)
    expect(await crowd(one.gate, 40, { name: 'ada' })).toBe(40)
  })

  it('counts a country as one, where it is known', async () => {
    const { gate } = aGate({ rules: { perNetwork: 5, tenant: { requests: 1e6, names: 1e6, failures: 1e6 } } })
    const from = (country: string, one: number) =>
      gate.pass({
        tenant: northwind,
        purpose: 'start',
        name: 'ada',
        shown: {},
        client: { network: `${10 + (one >> 8)}.${one & 255}.0.1`, place: { country, city: null } },
      })
    for (let one = 0; one < 2_000; one += 1) await from('DK', one)

    expect([(await from('DK', 5_000)).ok, (await from('SE', 5_001)).ok]).toEqual([false, true])
  })

  it('knows what other nodes have counted', async () => {
    const world = aGate({ rules: busy })
    const other = world.another()
    await crowd(world.gate, 15)
    await crowd(other, 15)
    for (const gate of [world.gate, other, world.gate]) {
      world.clock.advance(2)
      await pass(gate)
      await nextTurn()
    }

    expect(await pass(world.gate, { network: '203.0.113.9' })).toMatchObject({ because: 'work-needed' })
    expect(await pass(other, { network: '203.0.113.9' })).toMatchObject({ because: 'work-needed' })
  })

  it('goes on by itself when the others can’t be asked', async () => {
    const told: unknown[] = []
    const world = aGate({
      rules: busy,
      shared: { add: () => Promise.reject(new Error('away')) },
      warn: (error) => told.push(error),
    })

    await crowd(world.gate, 21)
    world.clock.advance(2)

    expect(await pass(world.gate)).toMatchObject({ because: 'work-needed' })
    await nextTurn()
    expect(told).toHaveLength(1)
  })

  it('writes nothing about a person into what it notes', async () => {
    const world = await aBusyGate()
    await pass(world.gate, { shown: { work: await solved((await asked(world)).challenge) } })

    for (const event of world.events) {
      expect(event).toMatchObject({ subject: null, flow: null })
      expect(Object.keys(event.facts).every((fact) => ['purpose', 'because', 'by'].includes(fact))).toBe(true)
      expect(event.personal).toBeUndefined()
    }
  })
})

describe('a hundred thousand names from ten thousand networks', () => {
  /** In simulated time: all of them within `minutes`. The long version tries every one of them. */
  it.each([1, 10, 60])(
    'trip what counts over all, within %i minutes',
    async (minutes) => {
      const { gate, clock } = aGate()
      const names = proven ? 100_000 : 2_000
      const perSecond = 100_000 / (minutes * 60)
      let passed = 0
      for (let one = 0; one < names; one += 1) {
        if (one % Math.ceil(perSecond) === 0) clock.advance(1)
        const at = one % 10_000
        const network = `10.${at >> 8}.${at & 255}.1`
        const answer = await pass(gate, { purpose: 'sign-in', network, name: `name ${one}` })
        if (!answer.ok) continue
        passed += 1
        gate.failed({ tenant: northwind, client: aClient({ network }) })
      }

      expect(gate.pressure(northwind)).toBeGreaterThan(0)
      // 120 failures in a minute or 1,200 in an hour, and what passes while the count comes down again.
      expect(passed).toBeLessThan(proven ? 4_000 : 400)
    },
    120_000,
  )

  it('does not keep a person out who does the work', async () => {
    const world = aGate({ rules: busy })
    await crowd(world.gate, 400, { purpose: 'sign-in' })
    const { challenge } = await asked(world, { purpose: 'sign-in', network: '203.0.113.9' })

    const work = await solved(challenge)

    expect(challenge.parameters.data).toMatchObject({ factor: 16 })
    expect((await pass(world.gate, { purpose: 'sign-in', network: '203.0.113.9', shown: { work } })).ok).toBe(
      true,
    )
  })

  it('are counted over all tenants as well', async () => {
    const { gate } = aGate()
    const tenants = Array.from({ length: 100 }, (_, one) => `tenant${one}`)
    for (let one = 0; one < defaultEverywhere.requests; one += 1)
      await pass(gate, {
        tenant: tenants[one % 100] ?? '',
        network: `10.${one >> 8}.${one & 255}.1`,
        name: `${one}`,
      })

    expect(await pass(gate, { tenant: 'another', network: '203.0.113.9' })).toMatchObject({
      because: 'work-needed',
    })
  })
})

describe('recovery and sign-in behind the gate', () => {
  const behind = (accounts: Parameters<typeof aWorld>[0] = {}) => {
    const world = aWorld(accounts)
    const at = aGate({ rules: { ...busy, perNetwork: 100_000 }, clock: world.clock })
    return {
      ...world,
      ...at,
      recovery: gateRecovery(world.recovery, at.gate, world),
      sessions: gateSessions(world.sessions, at.gate, world),
    }
  }
  const call = { tenant: northwind, service: null, locale: 'en' }

  it('start nothing and compare nothing before the work is done', async () => {
    const { recovery, sessions, gate, jobs, events } = behind()
    await crowd(gate, 21)

    const started = await recovery.start({ ...call, identifier: 'ada', client: aClient() })
    const signed = await sessions.signIn({
      ...call,
      identifier: 'ada',
      password: aPassword('x'),
      client: aClient(),
    })

    expect([started, signed]).toMatchObject([{ because: 'work-needed' }, { because: 'work-needed' }])
    expect(jobs).toEqual([])
    expect(events).toEqual(expect.not.arrayContaining(['recovery.requested', 'sign-in.refused']))
  })

  it('count what was guessed wrong, and nothing that was right', async () => {
    const client = (one: number) => aClient({ network: `10.${one}.0.1` })
    const [wrong, right] = [behind(), behind()]
    for (let one = 0; one < 12; one += 1) {
      const asking = { ...call, identifier: 'ada', client: client(one) }
      await wrong.sessions.signIn({ ...asking, password: aPassword('wrong') })
      await right.recovery.start(asking)
    }

    expect([wrong.gate.pressure(northwind), right.gate.pressure(northwind)]).toEqual([1, 0])
  })

  type Step =
    | { do: 'start' | 'sign-in' | 'code'; who: number; network: number; works: boolean }
    | { do: 'wait'; seconds: number }
    | { do: 'crowd'; many: number }

  it('ask alike whether or not there is such an account, whatever the trace', async () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({
        do: fc.constantFrom('start' as const, 'sign-in' as const, 'code' as const),
        who: fc.nat(2),
        network: fc.nat(3),
        works: fc.boolean(),
      }),
      fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 61, 301) }),
      fc.record({ do: fc.constant('crowd' as const), many: fc.integer({ min: 1, max: 60 }) }),
    )
    const play = async (steps: readonly Step[], accounts: string[]) => {
      const world = behind({ accounts: accounts.map((name) => anAccount(name)) })
      const seen: unknown[] = []
      const holdings: { id: string; secret: string }[] = []
      let work: string | undefined
      for (const one of steps) {
        if (one.do === 'wait') world.clock.advance(one.seconds)
        else if (one.do === 'crowd') await crowd(world.gate, one.many)
        else {
          const client = aClient({ network: `192.0.2.${one.network}` })
          const identifier = ['ada', 'ADA ', 'grace'][one.who] ?? ''
          const asking = {
            ...call,
            identifier,
            client,
            shown: one.works && work !== undefined ? { work } : {},
          }
          const held = holdings.at(-1)
          const answer: Answered | SignedIn | Refused | null =
            one.do === 'start'
              ? await world.recovery.start(asking)
              : one.do === 'sign-in'
                ? await world.sessions.signIn({ ...asking, password: aPassword('wrong guess') })
                : held === undefined
                  ? null
                  : await world.recovery.prove({
                      tenant: northwind,
                      ...held,
                      method: 'email_code',
                      code: '00000000',
                      client,
                    })
          await world.runJobs()
          if (answer === null) continue
          if (answer.ok && 'flow' in answer && answer.secret !== undefined)
            holdings.push({ id: answer.flow.id, secret: answer.secret })
          if (!answer.ok && answer.because === 'work-needed') {
            work = await solved(answer.asked.challenge)
            seen.push(
              answer.because,
              answer.asked.challenge.parameters.data?.['factor'],
              answer.asked.wait.seconds,
            )
          } else seen.push(answer.ok ? 'ok' : answer)
        }
      }
      return JSON.stringify(seen)
    }

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        expect(await play(steps, ['ada', 'grace'])).toBe(await play(steps, ['somebody-else']))
      }),
      { numRuns: proven ? 1_000 : 25 },
    )
  }, 60_000)

  it('evaluate ten tries at most against one account, from any number of sources and in any spelling', async () => {
    const world = behind({ accounts: [anAccount('ada')] })
    const compared: string[] = []
    const sources = proven ? 1_000 : 60
    for (let source = 0; source < sources; source += 1) {
      for (const identifier of ['ada', 'ADA', ' Ada', 'ada@northwind.example']) {
        const client = aClient({ network: `10.${source >> 8}.${source & 255}.1` })
        let signed = await world.sessions.signIn({
          ...call,
          identifier,
          password: aPassword(`guess ${source}`),
          client,
        })
        if (!signed.ok && signed.because === 'work-needed') {
          const shown = { work: await solved(signed.asked.challenge) }
          signed = await world.sessions.signIn({
            ...call,
            identifier,
            password: aPassword(`guess ${source}`),
            client,
            shown,
          })
        }
        if (!signed.ok) compared.push(signed.because)
      }
    }
    expect(compared.every((because) => because === 'sign-in-refused')).toBe(true)
    const ledger = await world.deps.store.readLedger(
      northwind,
      await world.deps.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' }),
    )
    expect(ledger.failedTries).toHaveLength(10)
  })
})

describe('the tally', () => {
  it('adds up what several tell, by tenant and key', async () => {
    const tally = aMemoryTally()
    const of = (key: string, count: number) => ({ tenant: 't', key, count, endsAt: new Date(0) })

    expect(await tally.add([of('a', 2), of('b', 3)])).toEqual([2, 3])
    expect(await tally.add([of('b', 4), of('a', 1)])).toEqual([7, 3])
  })
})
