import { describe, expect, it } from 'vitest'
import type { DirectoryPasswordRules } from '../accounts/ports.ts'
import { strictest } from './directory-rules.ts'
import { passwordPolicyDefaults } from './policy.ts'

const none: DirectoryPasswordRules = {
  lengthMin: null,
  history: null,
  minAgeSeconds: null,
  maxAgeSeconds: null,
  graceSignIns: null,
  classesMin: null,
}
const withRules = (rules: Partial<DirectoryPasswordRules>) =>
  strictest(passwordPolicyDefaults, { ...none, ...rules })

describe('the rules of a directory', () => {
  it('change nothing where there are none', () => {
    expect(strictest(passwordPolicyDefaults, null)).toBe(passwordPolicyDefaults)
    expect(withRules({})).toEqual(passwordPolicyDefaults)
  })

  it('make a policy stricter, each where it is', () => {
    expect(withRules({ lengthMin: 10 })).toMatchObject({ lengthMinAlone: 15, lengthMinBesideFactor: 10 })
    expect(withRules({ lengthMin: 20 })).toMatchObject({ lengthMinAlone: 20, lengthMinBesideFactor: 20 })
    expect(withRules({ history: 24 }).rememberedByDirectory).toBe(24)
    expect(withRules({ classesMin: 3 }).classes).toEqual({ required: 3, named: [], allowed: 'any' })
    expect(withRules({ lengthMaxBytes: 72 }).lengthMax).toBe(72)
    expect(withRules({ lengthMaxBytes: 4_096 }).lengthMax).toBe(256)
    const { age } = passwordPolicyDefaults
    expect(withRules({ minAgeSeconds: 60, maxAgeSeconds: 600 }).age).toEqual({
      ...age,
      minSeconds: 60,
      maxSeconds: 600,
    })
  })

  it('never make one weaker', () => {
    const strict = {
      ...passwordPolicyDefaults,
      classes: { required: 4, named: ['digit'], allowed: 'ascii' },
      age: { minSeconds: 3_600, maxSeconds: 86_400, remindDays: [1], graceDays: 0 },
    } as const
    const lax = {
      lengthMin: 0,
      history: 0,
      minAgeSeconds: 0,
      maxAgeSeconds: 9e9,
      graceSignIns: 9,
      classesMin: 0,
    }

    expect(strictest(strict, lax)).toEqual(strict)
  })
})
