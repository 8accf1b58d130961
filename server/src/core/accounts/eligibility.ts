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
