import { describe, expect, it } from 'vitest'
import { assess, isEnough, kindOf, methods } from './assurance.ts'

const at = new Date('2026-03-02T09:00:00Z')
const proofs = (...names: (typeof methods)[number][]) => names.map((method) => ({ method, at }))

describe('[111] assurance', () => {
  it.each([
    [proofs(), false, { have: 0, need: 1 }, false],
    [proofs('email_link'), false, { have: 1, need: 1 }, true],
    [proofs('email_code'), false, { have: 1, need: 1 }, true],
    [proofs('email_link'), true, { have: 1, need: 2 }, false],
    // A mailbox that was taken over answers both.
    [proofs('email_link', 'email_code'), true, { have: 1, need: 2 }, false],
    [proofs('email_link', 'email_link'), true, { have: 1, need: 2 }, false],
    [proofs(), true, { have: 0, need: 2 }, false],
  ])('of %j, two wanted: %s, is %j', (given, secondProofWanted, expected, enough) => {
    const assurance = assess(given, { secondProofWanted })

    expect(assurance).toEqual(expected)
    expect(isEnough(assurance)).toBe(enough)
  })

  it('knows the kind of every method', () => {
    expect(Object.keys(kindOf).toSorted()).toEqual([...methods, 'invitation', 'password'].toSorted())
  })
})
