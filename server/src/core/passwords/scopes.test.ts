import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strictestAge } from './age.ts'
import { type AllowedCharacters, allowedCharacters, characterClasses } from './classes.ts'
import { askedOfSet, noRules, type PasswordPolicy, passwordPolicyDefaults } from './policy.ts'
import { type PolicyOverride, type PolicyScope, policyFor, strictestOf } from './scopes.ts'

const everyone: PolicyScope = { directory: null, group: null, subtree: null }
const finance = 'ou=finance,dc=northwind,dc=example'
const admins = 'cn=admins,dc=northwind,dc=example'
const ada = { directory: 'people', groups: [admins], place: `uid=ada,${finance}` }

const lengthWith = (scope: Partial<PolicyScope>, account: typeof ada | { place: null } = ada) =>
  policyFor(
    {
      everybody: passwordPolicyDefaults,
      overrides: [{ for: { ...everyone, ...scope }, rules: { ...noRules, lengthMinAlone: 20 } }],
    },
    { ...ada, ...account },
  ).lengthMinAlone

const aPolicy: fc.Arbitrary<PasswordPolicy> = fc.record({
  lengthMinAlone: fc.integer({ min: 8, max: 64 }),
  lengthMinBesideFactor: fc.integer({ min: 8, max: 64 }),
  lengthMax: fc.integer({ min: 64, max: 256 }),
  scoreMin: fc.constantFrom(0, 1, 2, 3, 4),
  contextWords: fc.subarray(['northwind', 'traders', 'kestrel']),
  bannedWords: fc.subarray(['contoso', 'blank', 'summer']),
  similarToOld: fc.constantFrom('accept', 'refuse'),
  rememberedByDirectory: fc.nat(24),
  history: fc.nat(24),
  breachedAtSignIn: fc.constantFrom(...askedOfSet),
  recheckAtSignIn: fc.constantFrom(...askedOfSet),
  age: fc.record({
    minSeconds: fc.nat(100),
    maxSeconds: fc.option(fc.nat(100)),
    remindDays: fc.subarray([14, 7, 3, 1]),
    graceDays: fc.nat(60),
  }),
  classes: fc.record({
    required: fc.integer({ min: 0, max: 4 }),
    named: fc.subarray([...characterClasses]),
    allowed: fc.constantFrom(...allowedCharacters),
  }),
})

const strictness = (allowed: AllowedCharacters) => allowedCharacters.indexOf(allowed)

const inOrder = (policy: PasswordPolicy): unknown =>
  Object.fromEntries(
    Object.entries(policy).map(([rule, value]: [string, unknown]) => [
      rule,
      Array.isArray(value) ? value.toSorted() : value,
    ]),
  )

describe('the rules for an account', () => {
  it.each([
    [{ directory: 'people' }, 20],
    [{ directory: 'partners' }, 15],
    [{ group: 'CN=Admins, DC=northwind, DC=example' }, 20],
    [{ group: 'cn=guests,dc=northwind,dc=example' }, 15],
    [{ subtree: 'dc=northwind,dc=example' }, 20],
    [{ subtree: 'ou=sales,dc=northwind,dc=example' }, 15],
    [{ group: admins, subtree: finance, directory: 'people' }, 20],
    [{ group: admins, subtree: finance, directory: 'partners' }, 15],
  ])('with an override for %j ask for %d characters', (scope, length) => {
    expect(lengthWith(scope)).toBe(length)
  })

  it('know no subtree where there is no tree', () => {
    expect(lengthWith({ subtree: finance }, { place: null })).toBe(15)
  })

  it('are the strictest of all that apply, in any order, and never weaker than any of them', () => {
    fc.assert(
      fc.property(aPolicy, fc.array(aPolicy, { maxLength: 4 }), (everybody, further) => {
        const overrides: PolicyOverride[] = further.map((rules) => ({ for: everyone, rules }))
        const rules = policyFor({ everybody, overrides }, ada)

        for (const one of [everybody, ...further]) {
          expect(rules.lengthMinAlone).toBeGreaterThanOrEqual(one.lengthMinAlone)
          expect(rules.lengthMinBesideFactor).toBeGreaterThanOrEqual(one.lengthMinBesideFactor)
          expect(rules.lengthMax).toBeLessThanOrEqual(one.lengthMax)
          expect(rules.scoreMin).toBeGreaterThanOrEqual(one.scoreMin)
          for (const rule of ['breachedAtSignIn', 'recheckAtSignIn'] as const) {
            expect(askedOfSet.indexOf(rules[rule])).toBeGreaterThanOrEqual(askedOfSet.indexOf(one[rule]))
          }
          expect([rules.similarToOld, one.similarToOld]).not.toEqual(['accept', 'refuse'])
          expect(rules.history).toBeGreaterThanOrEqual(one.history)
          expect(rules.rememberedByDirectory).toBeGreaterThanOrEqual(one.rememberedByDirectory)
          expect(rules.age).toEqual(strictestAge(rules.age, one.age))
          expect(rules.classes.required).toBeGreaterThanOrEqual(one.classes.required)
          expect(rules.classes.named).toEqual(expect.arrayContaining([...one.classes.named]))
          expect(strictness(rules.classes.allowed)).toBeLessThanOrEqual(strictness(one.classes.allowed))
          expect(rules.contextWords).toEqual(expect.arrayContaining([...one.contextWords]))
          expect(rules.bannedWords).toEqual(expect.arrayContaining([...one.bannedWords]))
        }
        const turned = policyFor({ everybody, overrides: overrides.toReversed() }, ada)
        expect(inOrder(turned)).toEqual(inOrder(rules))
        expect(strictestOf([rules, rules])).toEqual(rules)
        expect(strictestOf([noRules, rules])).toEqual(rules)
      }),
    )
  })
})
