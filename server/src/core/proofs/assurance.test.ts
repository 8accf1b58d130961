import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assess, methodsThatHelp, missingIn, type Proof } from './assurance.ts'
import { anyProof, type Demand, defaultAssurance, demandOf, strongestOf } from './demand.ts'
import { asksAtSignIn, type EnrolledSummary } from './enrolment.ts'
import { enrolledMethods, kindsOf, type Method, methods, methodTable } from './methods.ts'

const at = new Date('2026-03-02T09:00:00Z')
const proofs = (...names: Proof['method'][]): Proof[] => names.map((method) => ({ method, at }))
const demand = (over: Partial<Demand> = {}): Demand => ({
  ...{ ...anyProof, because: ['policy'] },
  ...over,
})
const enrolled = (...names: EnrolledSummary['method'][]) =>
  names.map((method) => ({ method, usableFrom: at }))

describe('[111] what proofs add up to', () => {
  it.each([
    [proofs(), 1, { have: 0, need: 1 }, false],
    [proofs('email_link'), 1, { have: 1, need: 1 }, true],
    [proofs('email_code'), 1, { have: 1, need: 1 }, true],
    // A mailbox that was taken over answers both.
    [proofs('email_link', 'email_code'), 2, { have: 1, need: 2 }, false],
    [proofs('email_link', 'email_link'), 2, { have: 1, need: 2 }, false],
    [proofs('invitation', 'email_link'), 2, { have: 1, need: 2 }, false],
    [proofs('email_link', 'totp'), 2, { have: 2, need: 2 }, true],
    [proofs('totp', 'totp'), 2, { have: 1, need: 2 }, false],
    [proofs('totp', 'recovery_code'), 2, { have: 2, need: 2 }, true],
    [proofs('email_link', 'totp', 'recovery_code'), 2, { have: 3, need: 2 }, true],
  ])('of %j, %i kinds wanted, is %j', (given, kinds, expected, enough) => {
    expect(assess(given, { kinds })).toEqual(expected)
    expect(missingIn(given, demand({ kinds })).length === 0).toBe(enough)
  })

  it('names what is missing, and what of the things on hand would help', () => {
    const strict = demand({ kinds: 2, include: ['recovery_code'] })
    const onHand: readonly Method[] = ['email_link', 'email_code', 'totp', 'recovery_code']

    expect(missingIn(proofs('email_link'), strict)).toEqual([
      { is: 'kinds', count: 1 },
      { is: 'method', method: 'recovery_code' },
    ])
    expect(methodsThatHelp(onHand, proofs('email_link'), strict)).toEqual(['totp', 'recovery_code'])
    expect(methodsThatHelp(onHand, proofs('email_link', 'totp'), strict)).toEqual(['recovery_code'])
    expect(missingIn(proofs('email_link'), demand({ resistsPhishing: true }))).toEqual([
      { is: 'phishing-resistance' },
    ])
  })

  it('counts points by set of kinds, the best of each once', () => {
    const worth = (count: number, ...names: Proof['method'][]) =>
      missingIn(proofs(...names), demand({ points: count })).length === 0

    expect(worth(1, 'email_link', 'email_code')).toBe(true)
    expect(worth(2, 'email_link', 'email_code')).toBe(false)
    expect(worth(3, 'email_link', 'totp')).toBe(true)
    expect(worth(3, 'totp', 'totp')).toBe(false)
    expect(worth(5, 'email_link', 'totp', 'recovery_code')).toBe(true)
  })

  it('does not count what came before what has to be first', () => {
    const mailFirst = demand({ kinds: 2, first: ['email_link', 'email_code'] })

    expect(missingIn(proofs('email_code', 'totp'), mailFirst)).toEqual([])
    expect(missingIn(proofs('totp', 'email_code'), mailFirst)).toEqual([{ is: 'kinds', count: 1 }])
    expect(missingIn(proofs('totp', 'email_code', 'totp'), mailFirst)).toEqual([])
    expect(missingIn(proofs('totp'), mailFirst)[0]).toEqual({
      is: 'first',
      methods: ['email_link', 'email_code'],
    })
    expect(methodsThatHelp(['email_code', 'recovery_code'], proofs('totp'), mailFirst)).toEqual([
      'email_code',
    ])
    // Two policies that agree on nothing let nobody in by themselves.
    expect(missingIn(proofs('email_code', 'totp'), demand({ first: [] }))).not.toEqual([])
  })

  it('knows the kinds of every method, and no mailbox among what is enrolled', () => {
    for (const method of methods) expect(kindsOf(method), method).not.toEqual([])
    expect(Object.keys(methodTable).toSorted()).toEqual([...methods].toSorted())
    expect(methods.filter((method) => methodTable[method].enrolled)).toEqual(enrolledMethods)
    for (const method of enrolledMethods) expect(kindsOf(method)).not.toContain('mailbox')
  })
})

describe('policies that apply together', () => {
  it('ask for the stronger of each part, in whatever order', () => {
    const strict = { ...anyProof, kinds: 3, include: ['totp'] as const }
    const narrow = { ...anyProof, points: 4, resistsPhishing: true, first: ['totp', 'email_link'] as const }
    const calm = { medium: anyProof, high: anyProof }
    const one = { everybody: strict, enrolled: anyProof, risk: { medium: strict, high: anyProof } }
    const other = {
      everybody: narrow,
      enrolled: { ...anyProof, kinds: 2, first: ['email_link'] as const },
      risk: calm,
    }

    const both = strongestOf([one, other])

    expect(both).toEqual({
      everybody: {
        kinds: 3,
        points: 4,
        resistsPhishing: true,
        include: ['totp'],
        first: ['totp', 'email_link'],
      },
      enrolled: { ...anyProof, kinds: 2, first: ['email_link'] },
      risk: { medium: strict, high: anyProof },
    })
    expect(strongestOf([other, one])).toEqual(both)
  })
})

describe('what is demanded', () => {
  const facts = { policy: defaultAssurance, enrolled: [], disavowed: false, band: 'low' as const }

  it.each([
    [{}, 1, ['policy']],
    [{ enrolled: enrolled('totp') }, 2, ['policy', 'enrolled']],
    // A sheet in a drawer is a way back; it does not make a sign-in ask for more, and so recovery neither.
    [{ enrolled: enrolled('recovery_code') }, 1, ['policy']],
    [{ disavowed: true }, 2, ['policy', 'disavowed']],
    [{ band: 'medium' }, 2, ['policy', 'risk']],
    [{ band: 'high' }, 3, ['policy', 'risk']],
    [{ enrolled: enrolled('totp'), band: 'high' }, 3, ['policy', 'enrolled', 'risk']],
    // What adds nothing is no reason.
    [{ enrolled: enrolled('totp'), disavowed: true }, 2, ['policy', 'enrolled']],
  ] as const)('of %j is %i kinds', (over, kinds, because) => {
    expect(demandOf({ ...facts, ...over })).toMatchObject({ kinds, because })
  })

  it('is never less for anything that is known besides', () => {
    const part = fc.record({
      kinds: fc.integer({ min: 1, max: 4 }),
      points: fc.nat(8),
      first: fc.option(fc.uniqueArray(fc.constantFrom(...methods))),
      resistsPhishing: fc.boolean(),
      include: fc.uniqueArray(fc.constantFrom(...methods)),
    })
    const some = fc.record({
      policy: fc.record({ everybody: part, enrolled: part, risk: fc.record({ medium: part, high: part }) }),
      band: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      enrolled: fc.array(fc.constantFrom(...enrolled(...enrolledMethods))),
      disavowed: fc.boolean(),
    })
    fc.assert(
      fc.property(some, (known) => {
        const all = demandOf({
          ...known,
          enrolled: enrolled(...enrolledMethods),
          disavowed: true,
          band: 'high',
        })
        const less = demandOf(known)
        expect(all.kinds).toBeGreaterThanOrEqual(less.kinds)
        expect(all.resistsPhishing || !less.resistsPhishing).toBe(true)
        expect(all.include).toEqual(expect.arrayContaining([...less.include]))
        if (asksAtSignIn(known.enrolled))
          expect(less.kinds).toBeGreaterThanOrEqual(known.policy.enrolled.kinds)
      }),
    )
  })
})
