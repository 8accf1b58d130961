/**
 * What may be known or not. `absent`: this installation has no source for it, so nobody is judged by it. `unknown`: it has
 * one, and that gave no answer; such a signal counts as its weights say, which is against the request (invariant 13).
 */
export type Known<Value> = Value | 'unknown' | 'absent'

export const isKnown = <Value>(known: Known<Value>): known is Exclude<Value, 'unknown' | 'absent'> =>
  known !== 'unknown' && known !== 'absent'

/** What lists say of networks. `own`: the company's offices, where many people share an address. */
export const listLabels = ['tor', 'vpn', 'hosting', 'reputation', 'own'] as const
export type ListLabel = (typeof listLabels)[number]

/** A point on the earth, in degrees. */
export interface Point {
  latitude: number
  longitude: number
}

/** Where a network is, as far as the operator's geo files tell. */
export interface Whereabouts {
  /** ISO 3166-1 alpha-2. */
  country: string | null
  /** Number of the autonomous system. */
  asn: number | null
  point: Point | null
}

/** What the head of a request says of the program that sent it. Everybody can write a good one; few guessers do. */
export const automationHints = ['browser', 'unusual', 'program'] as const
export type AutomationHint = (typeof automationHints)[number]

/** Days as ISO 8601 counts them: Monday is 1. */
export interface LocalTime {
  hour: number
  day: number
}

/** Hours in which people work; `to` is the first that is none. */
export interface WorkingHours {
  from: number
  to: number
  days: readonly number[]
}

/**
 * What is known of a request without asking whose account it is about, and of the tenant as a whole: all that may count before
 * the first proof (invariant 3). The name that was typed counts here by its keyed digest, whoever it names, or nobody.
 */
export interface RequestFacts {
  lists: Readonly<Record<ListLabel, Known<boolean>>>
  whereabouts: Known<Whereabouts>
  /** Countries that the tenant's people are in; none named: they may be anywhere. */
  expectedCountries: readonly string[]
  localTime: LocalTime
  workingHours: WorkingHours | null
  automation: Known<AutomationHint>
  incident: boolean
  /** How far above the usual each count is, from 0 to 1: see `velocity.ts`. */
  velocity: {
    network: Known<number>
    /** Different names that were typed from this network. */
    namesOfNetwork: Known<number>
    tenant: Known<number>
    installation: Known<number>
  }
}

/** Where an account was proven to be its owner's, and when it was last. */
export interface PastPlace extends Whereabouts {
  at: Date
}

export interface AccountFacts {
  at: Date
  isKnownDevice: Known<boolean>
  /** Newest first; empty: nothing is known of this person yet. */
  places: Known<readonly PastPlace[]>
  accountVelocity: Known<number>
  failedProofs: Known<{ count: number; max: number }>
  isPrivileged: Known<boolean>
  isMailboxBreached: Known<boolean>
}

export type RiskFacts = RequestFacts & AccountFacts
