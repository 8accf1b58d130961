import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RiskFacts } from './facts.ts'
import { factsOf, type Readings, readAll, readingsOf, readRequest } from './readings.ts'
import { anyReadings, ordinary } from './risk.testing.ts'
import { signalNames, signals } from './signals/registry.ts'

const read = (over: Partial<RiskFacts>): Readings => readAll({ ...ordinary, ...over })

const listed = (label: keyof RiskFacts['lists']) => ({ lists: { ...ordinary.lists, [label]: true } })
const counted = (what: keyof RiskFacts['velocity'], value: number) => ({
  velocity: { ...ordinary.velocity, [what]: value },
})
const newYork = { country: 'US', asn: 64_600, point: { latitude: 40.7, longitude: -74 } }
const berlin = { country: 'DE', asn: 64_542, point: { latitude: 52.5, longitude: 13.4 } }

describe('signals', () => {
  it('are all registered, each in a file of its name', () => {
    const files = readdirSync(new URL('./signals', import.meta.url)).filter((file) => file !== 'registry.ts')

    expect(signalNames.map((name) => `${name}.ts`).toSorted()).toEqual(files.toSorted())
  })

  it('are all nought for somebody at a usual place with a known browser', () => {
    expect(Object.values(read({})).every((value) => value === 0)).toBe(true)
    expect(Object.keys(read({}))).toHaveLength(signals.length)
  })

  it.each([
    ['tor', listed('tor'), 1],
    ['vpn', listed('vpn'), 1],
    ['hosting', listed('hosting'), 1],
    ['reputation', listed('reputation'), 1],
    ['country', { whereabouts: newYork }, 1],
    ['country', { whereabouts: berlin }, 0],
    ['country', { whereabouts: { ...newYork, country: null } }, 'unknown'],
    ['network-velocity', counted('network', 0.5), 0.5],
    ['names-of-network', counted('namesOfNetwork', 1), 1],
    ['tenant-velocity', counted('tenant', 0.25), 0.25],
    ['installation-velocity', counted('installation', 0.75), 0.75],
    ['automation', { automation: 'program' }, 1],
    ['automation', { automation: 'unusual' }, 0.4],
    ['off-hours', { localTime: { hour: 5, day: 2 } }, 1],
    ['off-hours', { localTime: { hour: 20, day: 2 } }, 1],
    ['off-hours', { localTime: { hour: 19, day: 6 } }, 1],
    ['incident', { incident: true }, 1],
    ['new-device', { isKnownDevice: false }, 1],
    ['new-country', { whereabouts: berlin }, 1],
    ['new-country', { places: [] }, 0.5],
    ['new-network', { whereabouts: { ...berlin, country: 'DK' } }, 1],
    ['new-network', { places: [] }, 0.5],
    ['impossible-travel', { whereabouts: newYork }, 1],
    // Some 340 kilometres in two hours.
    ['impossible-travel', { whereabouts: berlin }, 0],
    // The same in a quarter of an hour: 1,355 an hour.
    ['impossible-travel', { whereabouts: berlin, at: new Date('2026-06-02T08:15:00Z') }, 0.505],
    ['impossible-travel', { places: [] }, 0],
    ['account-velocity', { accountVelocity: 0.5 }, 0.5],
    ['failed-proofs', { failedProofs: { count: 2, max: 10 } }, 0],
    ['failed-proofs', { failedProofs: { count: 6, max: 10 } }, 0.5],
    ['failed-proofs', { failedProofs: { count: 12, max: 10 } }, 1],
    ['account-class', { isPrivileged: true }, 1],
    ['breached-mailbox', { isMailboxBreached: true }, 1],
  ] as const)('%s of %j is %s', (name, over, value) => {
    expect(read(over)[name]).toBe(value)
  })

  it('of what has no source are left out, and of what gave no answer are unknown', () => {
    const without = read({
      whereabouts: 'absent',
      places: 'absent',
      isMailboxBreached: 'absent',
      workingHours: null,
    })
    const broken = read({ whereabouts: 'unknown', places: 'unknown', isMailboxBreached: 'unknown' })
    const ofPlaces = [
      'country',
      'new-country',
      'new-network',
      'impossible-travel',
      'breached-mailbox',
    ] as const

    for (const name of [...ofPlaces, 'off-hours'] as const) expect(without).not.toHaveProperty([name])
    for (const name of ofPlaces) expect(broken[name]).toBe('unknown')
  })

  it('of counts leave the networks of the company’s own offices out', () => {
    const readings = read({ ...listed('own'), ...counted('network', 1) })

    expect(readings).not.toHaveProperty(['network-velocity'])
    expect(readings).not.toHaveProperty(['names-of-network'])
  })

  it('of a request alone say nothing that depends on whose account it is', () => {
    const someone: RiskFacts = { ...ordinary, isKnownDevice: false, isPrivileged: true, places: [] }

    expect(readRequest(someone)).toEqual(readRequest(ordinary))
    expect(readRequest(ordinary)).not.toHaveProperty(['new-device'])
  })

  it('come back from the facts of an event as they went into it', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        expect(readingsOf({ band: 'low', score: 3, ...factsOf(readings) })).toEqual(readings)
      }),
    )
    expect(readingsOf({ 'signal.tor': 2 })).toBeNull()
    expect(readingsOf({ 'signal.of-old': 1 })).toBeNull()
  })
})
