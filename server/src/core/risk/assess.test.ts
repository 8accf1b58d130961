import { describe, expect, it } from 'vitest'
import { makeMemoryLimiter } from '../../../test/support/memory-limiter.ts'
import { makeRiskAssessor, type RiskDeps, type RiskTenant } from './assess.ts'
import { riskEvents } from './events.ts'
import type { PastPlace } from './facts.ts'
import { makeLocalTime } from './local-time.ts'
import type { RiskCase } from './ports.ts'
import { readingsOf } from './readings.ts'
import { ordinary } from './risk.testing.ts'
import { score } from './score.ts'
import { handWeights } from './weights.ts'

const settings: RiskTenant = {
  mode: 'act',
  weights: handWeights,
  expectedCountries: ['DK'],
  workingHours: null,
  localTime: makeLocalTime('Europe/Copenhagen'),
  incident: false,
  usual: {
    network: { count: 10, windowSeconds: 600 },
    namesOfNetwork: { count: 5, windowSeconds: 3_600 },
    account: { count: 3, windowSeconds: 3_600 },
    tenant: { count: 100, windowSeconds: 600 },
  },
  usualOfInstallation: null,
}

const ada: RiskCase = {
  tenant: 'northwind',
  name: 'digest-of-ada',
  subject: 'ada',
  client: { network: '203.0.113.7', deviceDigest: 'laptop', automation: 'browser' },
  isPrivileged: false,
  failedProofs: { count: 0, max: 10 },
  mailboxes: ['ada@example.org'],
}

function aWorld(over: Partial<RiskDeps> = {}, tenant: Partial<RiskTenant> = {}) {
  const clock = { now: () => new Date('2026-06-02T10:00:00Z') }
  const warnings: string[] = []
  const places: PastPlace[] = []
  const assessor = makeRiskAssessor({
    now: clock.now,
    limiter: makeMemoryLimiter(clock),
    lists: { labelsOf: () => ordinary.lists },
    geography: { whereIs: () => ordinary.whereabouts },
    history: {
      placesOf: async () => Promise.resolve(places),
      remember: async (_, __, place) => {
        await Promise.resolve(places.push(place))
      },
      forget: async () => Promise.resolve(0),
    },
    mailboxes: { has: () => false },
    isKnownDevice: async (_, __, device) => Promise.resolve(device === 'laptop'),
    tenant: () => ({ ...settings, ...tenant }),
    warn: (what) => warnings.push(what),
    ...over,
  })
  return { assessor, warnings, places }
}

const broken = () => {
  throw new Error('gone')
}

describe('assessing a request', () => {
  it('scores nothing for somebody with a known browser where they have been before', async () => {
    const { assessor } = aWorld()
    await assessor.remember(ada)

    expect(await assessor.assess(ada)).toMatchObject({ score: 0, band: 'low', reasons: [] })
  })

  it('takes each part that breaks for unknown, says so to operators, and never throws', async () => {
    const world = aWorld({
      limiter: { take: broken },
      lists: { labelsOf: broken },
      geography: { whereIs: broken },
      history: { placesOf: broken, remember: broken, forget: broken },
      mailboxes: { has: broken },
      isKnownDevice: broken,
    })
    const verdict = await world.assessor.assess(ada)
    await world.assessor.remember(ada)

    expect(verdict).toMatchObject({ score: 100, band: 'high', acting: 'high' })
    expect(verdict.readings).toMatchObject({
      tor: 'unknown',
      'new-device': 'unknown',
      'new-country': 'unknown',
    })
    expect(world.warnings).toEqual(
      expect.arrayContaining(['place', 'network lists', 'device', 'places', 'requests of a tenant']),
    )
  })

  it('is high when it can’t be made at all', async () => {
    const { assessor } = aWorld({ now: broken })

    expect(await assessor.assess(ada)).toMatchObject({ score: 100, band: 'high', acting: 'high' })
  })

  it('acts only where the mode says so', async () => {
    const away = { geography: { whereIs: broken }, lists: { labelsOf: broken } }
    const shadow = await aWorld(away, { mode: 'shadow' }).assessor.assess(ada)
    const acting = await aWorld(away).assessor.assess(ada)
    const off = await aWorld(away, { mode: 'off' }).assessor.assess(ada)

    expect(shadow).toMatchObject({ band: 'high', acting: 'low' })
    expect(acting).toMatchObject({ score: shadow.score, acting: 'high' })
    expect(off).toMatchObject({ band: 'low', acting: 'low', readings: {} })
  })

  it('of the request alone does not ask whose account it is', async () => {
    const never = { history: { placesOf: broken, remember: broken, forget: broken }, isKnownDevice: broken }
    const world = aWorld(never)
    const verdict = await world.assessor.ofRequest(ada)

    expect(verdict).toMatchObject({ score: 0, band: 'low' })
    expect(world.warnings).toEqual([])
  })

  it('sees one network go through names, and not somebody who tries again', async () => {
    const sprayer = aWorld().assessor
    const person = aWorld().assessor
    let sprayed = 0
    for (let name = 0; name < 200; name += 1) {
      sprayed = Number(
        (await sprayer.ofRequest({ ...ada, name: `name-${name}` })).readings['names-of-network'],
      )
      await person.ofRequest(ada)
    }

    expect(sprayed).toBe(1)
    expect((await person.ofRequest(ada)).readings).toMatchObject({
      'names-of-network': 0,
      'network-velocity': 0.75,
    })
  })

  it('sees a hundred thousand accounts that are asked about from as many networks', async () => {
    const { assessor } = aWorld()
    let tenantWide = 0
    for (let number = 0; number < 3_200; number += 1) {
      const client = { ...ada.client, network: `198.51.100.${number}` }
      const { readings } = await assessor.ofRequest({ ...ada, client, name: `name-${number}` })
      tenantWide = Number(readings['tenant-velocity'])
    }

    expect(tenantWide).toBe(1)
  })

  it('is written down so that it can be made again, and nothing in it is personal', async () => {
    const { assessor } = aWorld({ geography: { whereIs: broken } })
    const verdict = await assessor.assess(ada)
    const at = new Date('2026-06-02T10:00:00Z')
    const of = { tenant: 'northwind', at, subject: 'ada', flow: 'flow-1', step: 'proof' } as const
    const [event] = riskEvents(verdict, of)
    const readings = readingsOf(event?.facts ?? {})

    expect(event).toMatchObject({ name: 'risk.scored', subject: 'ada', flow: 'flow-1' })
    expect(event?.facts).toMatchObject({ band: verdict.band, score: verdict.score, weights: verdict.weights })
    expect(readings === null ? null : score(readings, handWeights).score).toBe(verdict.score)
    expect(JSON.stringify(event)).not.toMatch(/203\.0|laptop|example\.org|digest-of-ada/)
    expect(riskEvents({ ...verdict, mode: 'off' }, of)).toEqual([])
  })
})

describe('remembering where somebody was', () => {
  it('keeps no more than country, provider and a point of half degrees', async () => {
    const { assessor, places } = aWorld()
    await assessor.remember(ada)

    const point = { latitude: 55.5, longitude: 12.5 }
    const at = new Date('2026-06-02T10:00:00Z')
    expect(places).toEqual([{ country: 'DK', asn: 64_512, point, at }])
  })

  it('keeps nothing where risk is off, and nothing of a place that is not known', async () => {
    const off = aWorld({}, { mode: 'off' })
    const nowhere = aWorld({ geography: { whereIs: () => 'absent' } })
    await off.assessor.remember(ada)
    await nowhere.assessor.remember(ada)

    expect([off.places, nowhere.places, nowhere.warnings]).toEqual([[], [], []])
  })
})

describe('the time where the tenant is', () => {
  it('follows its clock, summer time included', () => {
    const at = makeLocalTime('Europe/Copenhagen')

    expect(at(new Date('2026-06-07T22:30:00Z'))).toEqual({ hour: 0, day: 1 })
    expect(at(new Date('2026-01-04T22:30:00Z'))).toEqual({ hour: 23, day: 7 })
  })
})
