import type { DirectoryPasswordRules } from '../accounts/ports.ts'
import { noRules, type PasswordPolicy } from './policy.ts'
import { strictestOf } from './scopes.ts'

/**
 * The policy with the directory's own rules, of each the stricter one, so that people are told at once what the directory
 * would say later. What counts in the end is still what it says. A length that it counts in bytes is asked for in
 * characters, of which no password has more; sign-ins after the end are counted by the directory alone.
 */
export function strictest(policy: PasswordPolicy, rules: DirectoryPasswordRules | null): PasswordPolicy {
  return rules === null ? policy : strictestOf([policy, asPolicy(rules)])
}

const asPolicy = (rules: DirectoryPasswordRules): PasswordPolicy => ({
  ...noRules,
  lengthMinAlone: rules.lengthMin ?? 0,
  lengthMinBesideFactor: rules.lengthMin ?? 0,
  classes: { ...noRules.classes, required: rules.classesMin ?? 0 },
  age: { ...noRules.age, minSeconds: rules.minAgeSeconds ?? 0, maxSeconds: rules.maxAgeSeconds },
  rememberedByDirectory: rules.history ?? 0,
  lengthMax: rules.lengthMaxBytes ?? noRules.lengthMax,
})
