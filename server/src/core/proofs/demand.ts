import { asksAtSignIn, type EnrolledSummary } from './enrolment.ts'
import type { Method, ProofKind } from './methods.ts'

/** Why so much is asked for; each is a sentence in the documentation. */
export type DemandReason =
  /** What policy asks of everybody. */
  | 'policy'
  /** Something is enrolled that sign-in asks for as well. */
  | 'enrolled'
  /** The directory says that the account has a second factor. */
  | 'directory-factor'
  /** Somebody said "this was not me" a short time ago. */
  | 'disavowed'

/** What the proofs of a flow have to add up to. */
export interface Demand {
  /** Distinct kinds of proof. */
  kinds: number
  /** One of the proofs has to resist phishing. */
  resistsPhishing: boolean
  /** Each of these has to be among the proofs. */
  include: readonly Method[]
  because: readonly DemandReason[]
}

/** What policy asks for, in two places: of everybody, and of those who have something enrolled. */
export interface AssurancePolicy {
  everybody: Omit<Demand, 'because'>
  enrolled: Omit<Demand, 'because'>
}

export const defaultAssurance: AssurancePolicy = {
  everybody: { kinds: 1, resistsPhishing: false, include: [] },
  enrolled: { kinds: 2, resistsPhishing: false, include: [] },
}

/** What is known of an account when its proofs are weighed. */
export interface DemandFacts {
  policy: AssurancePolicy
  enrolled: readonly EnrolledSummary[]
  /** The directory's word. */
  directoryFactor: boolean
  /** A "this was not me" is fresh. */
  disavowed: boolean
}

/** All of them together: the strongest of each part, so that nothing lowers what something else asks for. */
export function demandOf({ policy, enrolled, directoryFactor, disavowed }: DemandFacts): Demand {
  const two = { kinds: 2, resistsPhishing: false, include: [] }
  return [
    { ...policy.everybody, because: ['policy'] as const },
    ...(asksAtSignIn(enrolled) ? [{ ...policy.enrolled, because: ['enrolled'] as const }] : []),
    ...(directoryFactor ? [{ ...two, because: ['directory-factor'] as const }] : []),
    ...(disavowed ? [{ ...two, because: ['disavowed'] as const }] : []),
  ].reduce(join, { kinds: 1, resistsPhishing: false, include: [], because: [] })
}

/** The stronger of each part. Whatever adds nothing is no reason. */
function join(one: Demand, other: Demand): Demand {
  const joined = {
    kinds: Math.max(one.kinds, other.kinds),
    resistsPhishing: one.resistsPhishing || other.resistsPhishing,
    include: [...new Set([...one.include, ...other.include])],
  }
  const adds =
    one.because.length === 0 ||
    joined.kinds > one.kinds ||
    joined.resistsPhishing !== one.resistsPhishing ||
    joined.include.length > one.include.length
  return { ...joined, because: adds ? [...one.because, ...other.because] : one.because }
}

/** What is still missing, in the order in which people are told. */
export type Missing =
  | { is: 'kinds'; count: number; given: readonly ProofKind[] }
  | { is: 'method'; method: Method }
  | { is: 'phishing-resistance' }
