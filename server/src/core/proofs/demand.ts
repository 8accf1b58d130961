import { asksAtSignIn, type EnrolledSummary } from './enrolment.ts'
import type { Method } from './methods.ts'

/** Why so much is asked for; each is a sentence in the documentation. */
export type DemandReason =
  /** What policy asks of everybody, or of the account's group, directory or subtree. */
  | 'policy'
  /** Something is enrolled that sign-in asks for as well. */
  | 'enrolled'
  /** Somebody said "this was not me" a short time ago. */
  | 'disavowed'
  /** The request does not look like its owner's. */
  | 'risk'

/** How much is asked for. */
export interface Strength {
  /** Distinct kinds of proof. */
  kinds: number
  /** What the methods are worth together, each counted once. */
  points: number
  /** One of the proofs has to resist phishing. */
  resistsPhishing: boolean
  /** Each of these has to be among the proofs. */
  include: readonly Method[]
  /** One of these has to come first: what was proven before it does not count. Null: any. Empty: nothing would do. */
  first: readonly Method[] | null
}

/** What the proofs of a flow have to add up to. */
export interface Demand extends Strength {
  because: readonly DemandReason[]
}

/** What policy asks for: of everybody, of those who have something enrolled, and of requests that look like somebody else's. */
export interface AssurancePolicy {
  everybody: Strength
  enrolled: Strength
  /** Of each band of the score above the lowest, where it may act. */
  risk: { medium: Strength; high: Strength }
}

/** Asks for nothing that one proof would not give: what any other strength is joined with. */
export const anyProof: Strength = { kinds: 1, points: 0, resistsPhishing: false, include: [], first: null }

/** NIST SP 800-63B-4 section 4.2.2.2: two codes by different methods, where one is not enough. */
const twoKinds: Strength = { ...anyProof, kinds: 2 }

export const defaultAssurance: AssurancePolicy = {
  everybody: anyProof,
  enrolled: twoKinds,
  risk: { medium: twoKinds, high: { ...anyProof, kinds: 3 } },
}

/** What is known of an account when its proofs are weighed. */
export interface DemandFacts {
  policy: AssurancePolicy
  enrolled: readonly EnrolledSummary[]
  /** A "this was not me" is fresh. */
  disavowed: boolean
  /** Of the score; low where it does not act. */
  band: 'low' | 'medium' | 'high'
}

/** All of them together: the stronger of each part, so that nothing lowers what something else asks for. */
export const demandOf = ({ policy, enrolled, disavowed, band }: DemandFacts): Demand =>
  [
    ...(asksAtSignIn(enrolled)
      ? [{ ...stronger(policy.enrolled, twoKinds), because: ['enrolled'] as const }]
      : []),
    ...(disavowed ? [{ ...twoKinds, because: ['disavowed'] as const }] : []),
    ...(band === 'low' ? [] : [{ ...atRisk(policy, band), because: ['risk'] as const }]),
  ].reduce<Demand>(join, { ...policy.everybody, because: ['policy'] })

/** What a medium score asks for, a high one asks for as well. */
const atRisk = ({ risk }: AssurancePolicy, band: 'medium' | 'high'): Strength =>
  band === 'high' ? stronger(risk.medium, risk.high) : risk.medium

/** Whatever adds nothing is no reason. */
function join(one: Demand, other: Demand): Demand {
  const joined = stronger(one, other)
  const adds =
    joined.kinds > one.kinds ||
    joined.points > one.points ||
    joined.resistsPhishing !== one.resistsPhishing ||
    joined.include.length > one.include.length ||
    joined.first?.length !== one.first?.length
  return { ...joined, because: adds ? [...one.because, ...other.because] : one.because }
}

/** The stronger of each part. */
export const stronger = (one: Strength, other: Strength): Strength => ({
  kinds: Math.max(one.kinds, other.kinds),
  points: Math.max(one.points, other.points),
  resistsPhishing: one.resistsPhishing || other.resistsPhishing,
  include: [...new Set([...one.include, ...other.include])],
  first: narrower(one.first, other.first),
})

const narrower = (one: Strength['first'], other: Strength['first']): Strength['first'] => {
  if (one === null || other === null) return one ?? other
  return one.filter((method) => other.includes(method))
}

/** The strongest of everything that applies to an account: no override weakens what is asked of everybody. */
export const strongestOf = (policies: readonly AssurancePolicy[]): AssurancePolicy =>
  policies.reduce((one, other) => ({
    everybody: stronger(one.everybody, other.everybody),
    enrolled: stronger(one.enrolled, other.enrolled),
    risk: {
      medium: stronger(one.risk.medium, other.risk.medium),
      high: stronger(one.risk.high, other.risk.high),
    },
  }))

/** What is still missing, in the order in which people are told. */
export type Missing =
  | { is: 'first'; methods: readonly Method[] }
  | { is: 'kinds'; count: number }
  | { is: 'points'; count: number }
  | { is: 'method'; method: Method }
  | { is: 'phishing-resistance' }
