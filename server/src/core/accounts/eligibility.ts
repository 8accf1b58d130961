import type { Ineligible } from '../messages/ports.ts'
import type { DirectoryEntry } from './ports.ts'

interface Rule {
  because: Ineligible
  applies(entry: DirectoryEntry): boolean
}

/** Why an account can't come back by mail alone. The first that applies is told to its owner, by mail. */
const rules: readonly Rule[] = [
  { because: 'disabled', applies: (entry) => entry.disabled },
  { because: 'federated', applies: (entry) => entry.federated },
  { because: 'privileged', applies: (entry) => entry.privileged },
  // Recovery is not weaker than sign-in: whoever has a second factor must prove it.
  { because: 'second-factor', applies: (entry) => entry.secondFactor },
]

export const whyNotByMail = (entry: DirectoryEntry): Ineligible | null =>
  rules.find((rule) => rule.applies(entry))?.because ?? null

/**
 * Why somebody who is signed in and knows the present password can't be given another one. A second factor is no reason:
 * it was proven at sign-in, and whoever signs in without it is turned away there.
 */
export const whyNotByChange = (entry: DirectoryEntry): Ineligible | null =>
  whyNotByMail({ ...entry, secondFactor: false })

/**
 * Why an account can't be closed with a password that nobody learns. Whoever leaves often has a second factor and is
 * disabled already, and nobody gets in by it. Two stolen keys must not shut out those who look after everything, so
 * privileged accounts are closed where their rights are.
 */
export const whyNotByOffboarding = (entry: DirectoryEntry): 'privileged' | 'federated' | null => {
  if (entry.privileged) return 'privileged'
  return entry.federated ? 'federated' : null
}
