import { beforeAll, describe, expect, it } from 'vitest'
import { encodeEntry } from '../audit/index.ts'
import type { AuditEvent } from '../audit/ports.ts'
import { factsOf } from './readings.ts'
import { readLog, readSample, type Sample, sampleLine } from './recording.ts'
import { bandsAt, type Replay, replay } from './replay.ts'
import { score } from './score.ts'
import { makeMonth } from './synthetic/month.ts'
import { train } from './train.ts'
import { bandBounds, handWeights, versionOf, weightsFor } from './weights.ts'

/** The month of `docs/risk.md` with a fifth of its people. */
let month: readonly Sample[]
let replayed: Replay
beforeAll(async () => {
  month = await makeMonth({ seed: 1, people: 400, days: 30 })
  replayed = replay(month, handWeights)
})

const at = new Date('2026-06-02T10:00:00Z')
const aSample = (over: Partial<Sample> = {}): Sample => ({
  at,
  readings: { tor: 1, 'new-device': 1 },
  label: 'attack',
  kind: null,
  steps: 1,
  decided: null,
  ...over,
})

describe('a month that was made up', () => {
  it('is the same for the same seed, and another one for another', async () => {
    const lines = (samples: readonly Sample[]) => samples.slice(0, 300).map(sampleLine).join('\n')
    const small = { people: 60, days: 7 }
    const once = lines(await makeMonth({ seed: 7, ...small }))

    expect(lines(await makeMonth({ seed: 7, ...small }))).toBe(once)
    expect(lines(await makeMonth({ seed: 8, ...small }))).not.toBe(once)
  })

  it('has every kind of attack in it, and people who travel, lose their cookies and use a VPN', () => {
    const kinds = new Set(month.map(({ label, kind }) => `${label ?? ''} ${kind ?? ''}`))

    expect([...kinds].toSorted()).toEqual([
      'attack colleague',
      'attack guessing',
      'attack slow-botnet',
      'attack spraying',
      'attack taken-mailbox',
      'attack taken-number',
      'genuine away',
      'genuine by-vpn',
      'genuine new-browser',
      'genuine usual',
    ])
  })
})

describe('the weights set by hand', () => {
  it('keep three of four successful attacks out, and ask one person of thirty for more', () => {
    const { before, after } = replayed

    expect(before.attacks.getIn).toBeGreaterThan(60)
    expect(after.attacks.getIn).toBeLessThan(before.attacks.getIn * 0.27)
    expect(after.people.askedForMore).toBeLessThan(after.people.all / 30)
    expect(after.people.turnedAway).toBeLessThan(after.people.all / 300)
  })

  it('leave of the sprayed passwords none, and of the mailboxes that were taken one in ten', () => {
    const left = Object.fromEntries(replayed.kinds.map(({ kind, after }) => [kind, after]))

    expect(left).toMatchObject({ spraying: 0 })
    expect(left['taken-mailbox']).toBeLessThan(3)
  })
})

describe('replay', () => {
  it('makes every decision of a recording again', () => {
    expect(replayed.decisions).toEqual({ made: month.length, same: month.length })
  })

  it('says how many do not come out the same, and leaves those of other weights alone', () => {
    const { score: right, band } = score(aSample().readings, handWeights)
    const weights = versionOf(handWeights)
    const samples = [
      aSample({ decided: { score: right, band, weights } }),
      aSample({ decided: { score: right - 1, band, weights } }),
      aSample({ decided: { score: right, band: 'low', weights } }),
      aSample({ decided: { score: 1, band: 'low', weights: 'hand@000000000000' } }),
    ]

    expect(replay(samples, handWeights).decisions).toEqual({ made: 3, same: 1 })
  })

  it('counts precision, recall and what became of attacks and people', () => {
    const calm = { readings: {}, steps: 2 } as const
    const samples = [
      ...[0, 1, 2].map((steps) => aSample({ steps })),
      aSample({ ...calm, kind: 'colleague' }),
      aSample({ label: 'genuine', steps: 1 }),
      aSample({ label: 'genuine', steps: 3 }),
      ...Array.from({ length: 6 }, () => aSample({ ...calm, label: 'genuine' })),
      aSample({ label: null }),
    ]

    expect(replay(samples, handWeights)).toMatchObject({
      samples: 13,
      unlabelled: 1,
      bands: {
        low: { attacks: 1, people: 6 },
        medium: { attacks: 3, people: 2 },
        high: { attacks: 0, people: 0 },
      },
      medium: { precision: 0.6, recall: 0.75 },
      high: { precision: null, recall: 0 },
      before: { attacks: { all: 4, getIn: 3 }, people: { askedForMore: 0, turnedAway: 0 } },
      after: { attacks: { all: 4, getIn: 2 }, people: { all: 8, askedForMore: 2, turnedAway: 1 } },
      kinds: [
        { kind: 'attack', all: 3, before: 2, after: 1 },
        { kind: 'colleague', all: 1, before: 1, after: 1 },
      ],
      // Three attacks beat six people and tie with two; one ties with six and loses to two.
      auc: (3 * 6 + (3 * 2) / 2 + 6 / 2) / 32,
    })
  })
})

describe('bands', () => {
  it('are set so that no more people are above them than is wanted', () => {
    const people = [0.1, 0.2, 0.3, 0.5, 0.9].map((value) =>
      aSample({ label: 'genuine', readings: { tor: value, hosting: value } }),
    )

    // They score 7, 13, 20, 33 and 59.
    expect(bandsAt(people, handWeights, { medium: 0.4, high: 0.2 }, bandBounds)).toEqual({
      medium: 21,
      high: 34,
    })
  })
})

describe('a trained model', () => {
  it('beats the weights set by hand on what came later, and is the same whenever it is trained', () => {
    const trained = train(month)
    if (!trained.ok) throw new Error(trained.because)
    const { weights, heldOut, because } = trained

    expect(because).toBeNull()
    expect(heldOut.model.auc).toBeGreaterThan(heldOut.hand.auc ?? 1)
    expect(heldOut.model.after.attacks.getIn).toBeLessThanOrEqual(heldOut.hand.after.attacks.getIn)
    expect(heldOut.model.after.people.askedForMore).toBeLessThanOrEqual(
      heldOut.hand.after.people.askedForMore,
    )
    expect(train(month.toReversed())).toMatchObject({ weights })
  })

  it('has no weight below zero, and keeps what it has never seen as it was', () => {
    // Who misses a signal is an attacker in this history: it would weigh less than nothing.
    const without = month.map(({ readings: { tor: _, automation, ...readings }, ...sample }) => ({
      ...sample,
      readings: { ...readings, automation: sample.label === 'attack' ? 0 : 1 },
    }))
    const trained = train(without)
    if (!trained.ok) throw new Error(trained.because)

    expect(trained.weights.signals.automation.weight).toBe(0)
    expect(trained.weights.signals.tor.weight).toBe(handWeights.signals.tor.weight / 10)
  })

  it('is not used when those that it is compared with tell attacks apart as well', () => {
    const readings = (label: 'attack' | 'genuine') => (label === 'attack' ? { tor: 1, hosting: 1 } : {})
    const clear = month.map((sample) => ({ ...sample, readings: readings(sample.label ?? 'genuine') }))

    expect(train(clear)).toMatchObject({ because: 'no-better-order' })
  })

  it('is not made of too little', () => {
    const people = month.filter(({ label }) => label === 'genuine')
    const early = month.filter(({ label, at: when }) => label === 'genuine' || when < new Date('2026-06-08'))

    expect(train(people)).toEqual({ ok: false, because: 'too-few-attacks' })
    expect(train(early)).toEqual({ ok: false, because: 'too-few-attacks' })
    expect(train(month.filter(({ label }) => label === 'attack'))).toEqual({
      ok: false,
      because: 'too-few-people',
    })
  })

  it('needs all the weights that there are', () => {
    expect(Object.keys(weightsFor(() => 0))).toEqual(Object.keys(handWeights.signals))
  })
})

describe('a recording', () => {
  it('reads back what was written', () => {
    for (const sample of month.slice(0, 50)) {
      expect(readSample(sampleLine(sample))).toEqual({ ok: true, sample })
    }
  })

  it.each([
    ['no JSON', 'is no JSON object'],
    ['[]', 'is no JSON object'],
    ['{"signals":{}}', 'has no time `at`'],
    [
      '{"at":"2026-06-01","label":"bad","signals":{}}',
      'has a `label` that is neither `attack` nor `genuine`',
    ],
    ['{"at":"2026-06-01","steps":1.5,"signals":{}}', 'has `steps` that are none of 0, 1, 2 and 3'],
    ['{"at":"2026-06-01","signals":{"tor":7}}', 'has no `signals`, or some that this version does not know'],
  ])('refuses %s', (line, problem) => {
    expect(readSample(line)).toEqual({ ok: false, problem })
  })

  it('is made of an audit log, and labelled by what became of each flow', () => {
    const readings = { tor: 1, 'new-device': 'unknown' } as const
    const decided = { ...score(readings, handWeights), weights: versionOf(handWeights) }
    const facts = { step: 'proof', score: decided.score, band: decided.band, weights: decided.weights }
    const event = (name: AuditEvent['name'], flow: string | null, over = {}): AuditEvent => ({
      ...{ name, tenant: 'northwind', at, subject: 'ada', flow },
      facts: name === 'risk.scored' ? { ...facts, ...factsOf(readings), ...over } : {},
    })
    const log = [
      event('risk.scored', 'stolen'),
      event('password.written', 'stolen'),
      event('disavowal.received', 'stolen'),
      event('risk.scored', 'own'),
      event('password.written', 'own'),
      event('risk.scored', 'given-up'),
      event('risk.scored', null),
      event('risk.scored', 'own', { 'signal.of-another-version': 1 }),
    ].map((one, index) => Buffer.from(encodeEntry(one, { id: `e${index}` })))
    const { samples, unreadable } = readLog([...log, Buffer.from('no entry')])

    expect(samples.map(({ label }) => label)).toEqual(['attack', 'genuine', null, null])
    expect(unreadable).toBe(1)
    expect(replay(samples, handWeights).decisions).toEqual({ made: 4, same: 4 })
  })
})
