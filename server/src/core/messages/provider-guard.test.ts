import { describe, expect, it } from 'vitest'
import type { Delivery, Envelope, MailProvider } from './ports.ts'
import { makeProviderGuard, type ProviderGuardDeps } from './provider-guard.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const envelope: Envelope = {
  ...{ id: '01order', to: 'ada@example.test', locale: 'en', subject: 'Hi', text: 'Hi', html: '<p>' },
  from: { name: 'Northwind', address: 'accounts@northwind.test' },
}
const signal = new AbortController().signal

function aGuard(
  answer: (send: number) => Delivery | Promise<Delivery>,
  over: Partial<ProviderGuardDeps<Envelope>> = {},
) {
  let sends = 0
  const world = { now: noon, works: true, changes: [] as string[] }
  const provider: MailProvider = {
    name: 'main',
    send: async () => answer((sends += 1)),
    check: () => (world.works ? Promise.resolve() : Promise.reject(new Error('away'))),
    close: async () => {},
  }
  const guard = makeProviderGuard({
    providers: [provider],
    rules: { failuresMax: 2, slowSeconds: 5, coolDownSeconds: 10, coolDownSecondsMax: 60 },
    now: () => world.now,
    randomBytes: (count) => new Uint8Array(count),
    changed: ({ before, state }) => world.changes.push(`${before} to ${state}`),
    ...over,
  })
  return Object.assign(world, {
    send: async (stop = signal) => guard.providers[0]?.send(envelope, stop),
    probe: () => guard.probe(signal),
    look: () => guard.look(signal),
    health: () => guard.health()[0]?.works,
    wait: (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000)),
    state: () => guard.states()[0]?.state,
    sends: () => sends,
  })
}

const bad: Delivery = { ok: false, permanent: false, because: 'unreachable' }
const resting: Delivery = { ok: false, permanent: false, because: 'resting' }

describe('a guarded provider', () => {
  it('is left alone after failures, is asked when its rest is over, and comes back with a message on trial', async () => {
    const world = aGuard((send) => (send <= 2 ? bad : { ok: true }))
    await world.send()
    await world.send()

    expect(await world.send()).toEqual(resting)
    await world.probe()
    expect([world.state(), world.sends()]).toEqual(['open', 2])
    world.wait(10)
    await world.probe()
    expect(await world.send()).toEqual({ ok: true })
    expect(world.changes).toEqual(['closed to open', 'open to on-trial', 'on-trial to closed'])
  })

  it('takes those that came during a trial right after it, when there is nobody else to ask', async () => {
    const trial = Promise.withResolvers<Delivery>()
    const world = aGuard((send) => (send <= 2 ? bad : send === 3 ? trial.promise : { ok: true }))
    await world.send()
    await world.send()
    world.wait(10)
    await world.probe()
    const sends = [world.send(), world.send(), world.send()]
    trial.resolve({ ok: true })

    expect(await Promise.all(sends)).toEqual([{ ok: true }, { ok: true }, { ok: true }])
  })

  it('lets those go that came during a trial which failed, or whose caller stopped', async () => {
    const trial = Promise.withResolvers<Delivery>()
    const world = aGuard((send) => (send === 3 ? trial.promise : bad))
    await world.send()
    await world.send()
    world.wait(10)
    await world.probe()
    const onTrial = world.send()
    const stop = new AbortController()
    const stopped = world.send(stop.signal)
    const patient = world.send()
    stop.abort()

    expect(await stopped).toEqual(resting)
    trial.resolve(bad)
    expect([await onTrial, await patient]).toEqual([bad, resting])
  })

  it('gets no message while it does not answer a check', async () => {
    const world = aGuard(() => bad)
    await world.send()
    await world.send()
    world.works = false
    world.wait(10)
    await world.probe()

    expect([world.state(), world.sends()]).toEqual(['open', 2])
  })

  it('is known to be dead when nobody has a mail to send, and is then left alone', async () => {
    const world = aGuard(() => ({ ok: true }))
    expect(world.health()).toBeUndefined()
    world.works = false
    await world.look()
    expect([world.health(), world.state()]).toEqual([false, 'closed'])
    await world.look()

    expect([world.health(), world.state(), world.sends()]).toEqual([false, 'open', 0])
  })

  it('is as healthy as it says itself, whatever becomes of single messages', async () => {
    const world = aGuard(() => bad)
    await world.look()
    await world.send()
    await world.look()
    await world.send()
    await world.look()
    expect([world.health(), world.state()]).toEqual([true, 'open'])

    world.works = false
    world.wait(10)
    await world.probe()
    expect(world.health()).toBe(true)
    await world.look()
    expect(world.health()).toBe(false)
  })

  it.each([
    [
      'a mailbox that can’t be written to now',
      { ok: false, permanent: false, because: 'deferred', blames: 'mailbox' },
    ],
    ['a mailbox that is refused for good', { ok: false, permanent: true, because: 'refused' }],
  ] as const)('is not blamed for %s', async (_, delivery) => {
    const world = aGuard(() => delivery)
    for (let sends = 0; sends < 5; sends += 1) await world.send()

    expect(world.state()).toBe('closed')
  })

  it('that takes messages slowly is left alone as well', async () => {
    const world = aGuard(() => {
      world.wait(6)
      return { ok: true }
    })

    expect(await world.send()).toEqual({ ok: true })
    await world.send()
    expect(world.state()).toBe('open')
  })

  it('is not judged by a message that the caller stopped', async () => {
    const stop = new AbortController()
    const world = aGuard(() => {
      stop.abort()
      return bad
    })
    for (let sends = 0; sends < 5; sends += 1) await world.send(stop.signal)

    expect(world.state()).toBe('closed')
  })
})
