import type { Demand, Missing, Strength } from './demand.ts'
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
export const assess = (proofs: readonly Proof[], demand: Pick<Strength, 'kinds'>): Assurance => ({
  have: givenKinds(proofs).length,
  need: demand.kinds,
})

/** Empty when the proofs are enough. */
export function missingIn(proofs: readonly Proof[], demand: Demand): readonly Missing[] {
  const counted = thatCount(proofs, demand)
  const kinds = demand.kinds - givenKinds(counted).length
  const points = demand.points - pointsOf(counted)
  const missing = demand.include.filter((method) => !counted.some((proof) => proof.method === method))
  const resists = counted.some(({ method }) => isMethod(method) && definitionOf(method).resistsPhishing)
  return [
    ...(demand.first !== null && counted.length === 0
      ? [{ is: 'first', methods: demand.first } as const]
      : []),
    ...(kinds > 0 ? [{ is: 'kinds', count: kinds } as const] : []),
    ...(points > 0 ? [{ is: 'points', count: points } as const] : []),
    ...missing.map((method) => ({ is: 'method', method }) as const),
    ...(demand.resistsPhishing && !resists ? [{ is: 'phishing-resistance' } as const] : []),
  ]
}

/** Those from the one on that has to be first. */
function thatCount(proofs: readonly Proof[], { first }: Demand): readonly Proof[] {
  if (first === null) return proofs
  const from = proofs.findIndex(({ method }) => first.some((one) => one === method))
  return from < 0 ? [] : proofs.slice(from)
}

/** Of the methods on hand, those that bring the proofs nearer to what is demanded. */
export const methodsThatHelp = (
  onHand: readonly Method[],
  proofs: readonly Proof[],
  demand: Demand,
): readonly Method[] => {
  const before = weightOf(missingIn(proofs, demand))
  const at = new Date(0)
  return onHand.filter((method) => weightOf(missingIn([...proofs, { method, at }], demand)) < before)
}

const weightOf = (missing: readonly Missing[]): number =>
  missing.reduce((sum, one) => sum + ('count' in one ? one.count : 1), 0)

/** A recovery address has been proven already. */
export const isByMail = (proofs: readonly Proof[]): boolean => givenKinds(proofs).includes('mailbox')

/** A number of the account has been proven already. */
export const isByText = (proofs: readonly Proof[]): boolean => givenKinds(proofs).includes('phone')

const isMethod = (method: ProofMethod): method is Method => method !== 'password' && method !== 'invitation'

const givenKinds = (proofs: readonly Proof[]): readonly ProofKind[] => [
  ...new Set(proofs.flatMap(({ method }) => kindsOf(method))),
]

/** Link and code of one mail are one mailbox, worth the more of the two; so it is with every set of kinds. */
function pointsOf(proofs: readonly Proof[]): number {
  const best = new Map<string, number>()
  for (const { method } of proofs) {
    const name = kindsOf(method).join(' ')
    const points = isMethod(method) ? definitionOf(method).points : 1
    best.set(name, Math.max(best.get(name) ?? 0, points))
  }
  return [...best.values()].reduce((sum, points) => sum + points, 0)
}
