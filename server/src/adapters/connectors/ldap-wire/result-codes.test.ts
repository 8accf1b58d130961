import { describe, expect, it } from 'vitest'
import { bindMeaning, knownResultCodes, rowFor, writeMeaning } from './result-codes.ts'

const refusals = [
  'password-in-history',
  'password-too-short-for-directory',
  'password-too-weak-for-directory',
]

describe('[51] an LDAP result code', () => {
  it('has a row when RFC 4511, section 4.1.9, lists it', () => {
    const listed = [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 32, 33, 34, 36, 48, 49, 50, 51],
      ...[52, 53, 54, 64, 65, 66, 67, 68, 69, 71, 80],
    ]

    expect(listed.filter((code) => !knownResultCodes.includes(code))).toEqual([])
  })

  it('that nobody knows is no mistake of the person, and leaves a write open', () => {
    expect(rowFor(4711)).toMatchObject({
      read: 'directory-answer-unusable',
      bind: 'directory-answer-unusable',
      write: 'directory-outcome-unknown',
    })
    expect(rowFor(Number.NaN).name).toBe('unknown')
  })

  it('lets a bind never succeed', () => {
    for (const code of [...knownResultCodes, 4711, -1]) {
      for (const policyError of [undefined, 0, 1, 2, 3, 4, 5, 6, 7, 8, 99]) {
        expect(bindMeaning(code, policyError)).toMatch(/^(directory-|wrong$|locked$|disabled$|expired$)/)
      }
    }
  })

  it('that says the service account may not is never shown as a weak password', () => {
    for (const code of [47, 50, 123]) {
      for (const policyError of [undefined, 0, 1, 2, 4, 5, 6, 7, 8, 99]) {
        expect(refusals).not.toContain(writeMeaning(code, policyError))
        expect(writeMeaning(code, policyError)).toMatch(/^directory-(rights-missing|misconfigured)$/)
      }
      expect(writeMeaning(code, 3)).toBe('password-change-not-allowed')
    }
  })

  it.each([
    [19, undefined, 'password-too-weak-for-directory'],
    [19, 5, 'password-too-weak-for-directory'],
    [19, 6, 'password-too-short-for-directory'],
    [19, 7, 'password-too-young'],
    [19, 8, 'password-in-history'],
    [19, 99, 'password-too-weak-for-directory'],
    [50, 4, 'directory-rights-missing'],
    [50, 2, 'directory-misconfigured'],
    [32, undefined, 'account-unavailable'],
    [65, undefined, 'account-unavailable'],
    [53, undefined, 'directory-misconfigured'],
    [10, undefined, 'directory-misconfigured'],
    [51, undefined, 'directory-unreachable'],
    [52, undefined, 'directory-outcome-unknown'],
    [80, undefined, 'directory-outcome-unknown'],
  ])('%i with policy error %s means %s for a write', (code, policyError, meaning) => {
    expect(writeMeaning(code, policyError)).toBe(meaning)
  })

  it.each([
    [49, undefined, 'wrong'],
    [49, 0, 'expired'],
    [49, 1, 'locked'],
    [32, undefined, 'wrong'],
    [48, undefined, 'wrong'],
    [19, undefined, 'locked'],
    [53, undefined, 'disabled'],
    [52, undefined, 'directory-unreachable'],
    [8, undefined, 'directory-misconfigured'],
  ])('%i with policy error %s means %s for a bind', (code, policyError, meaning) => {
    expect(bindMeaning(code, policyError)).toBe(meaning)
  })
})
