import type { Demand, Missing } from './demand.ts'
import { definitionOf, kindsOf, type Method, type ProofKind, type ProofMethod } from './methods.ts'

/** An answered challenge, bound to one flow. */
export interface Proof {
  method: ProofMethod
  at: Date
}

/** Distinct kinds of proof, given and needed. */
export interface Assurance {
  have: number
  need: number
}

/**
 * What the proofs of a flow add up to: distinct kinds (NIST SP 800-63B-4 section 4.2.2.2 asks for codes by different
 * methods).
 */
export const assess = (proofs: readonly Proof[], demand: Pick<Demand, 'kinds'>): Assurance => ({
  have: givenKinds(proofs).length,
  need: demand.kinds,
})

/** Empty when the proofs are enough. */
export function missingIn(proofs: readonly Proof[], demand: Demand): readonly Missing[] {
  const given = givenKinds(proofs)
  const count = demand.kinds - given.length
  const missing = demand.include.filter((method) => !proofs.some((proof) => proof.method === method))
  const resists = proofs.some(({ method }) => isMethod(method) && definitionOf(method).resistsPhishing)
  return [
    ...(count > 0 ? [{ is: 'kinds', count, given } as const] : []),
    ...missing.map((method) => ({ is: 'method', method }) as const),
    ...(demand.resistsPhishing && !resists ? [{ is: 'phishing-resistance' } as const] : []),
  ]
}

/** Of the methods on hand, those that bring the proofs nearer to what is demanded. */
export const methodsThatHelp = (
  onHand: readonly Method[],
  proofs: readonly Proof[],
  demand: Demand,
): readonly Method[] => {
  const before = missingIn(proofs, demand)
  return onHand.filter((method) => {
    const at = new Date(0)
    return weightOf(missingIn([...proofs, { method, at }], demand)) < weightOf(before)
  })
}

const weightOf = (missing: readonly Missing[]): number =>
  missing.reduce((sum, one) => sum + (one.is === 'kinds' ? one.count : 1), 0)

/** A recovery address has been proven already. */
export const isByMail = (proofs: readonly Proof[]): boolean => givenKinds(proofs).includes('mailbox')

const isMethod = (method: ProofMethod): method is Method => method !== 'password' && method !== 'invitation'

const givenKinds = (proofs: readonly Proof[]): readonly ProofKind[] => [
  ...new Set(proofs.flatMap(({ method }) => kindsOf(method))),
]
