import type { AutomationHint, Known, ListLabel, PastPlace, Whereabouts } from './facts.ts'
import type { Readings } from './readings.ts'
import type { Scored } from './score.ts'
import type { Band } from './weights.ts'

/** `off`: nothing is asked. `shadow`: scored and written down, and nothing hangs on it. `act`: it may ask for more. */
export const riskModes = ['off', 'shadow', 'act'] as const
export type RiskMode = (typeof riskModes)[number]

/** What a request says of itself: a `Client`, and how its program looks. */
export interface RiskClient {
  /** Address prefix, as the request limits see it. */
  network: string
  /** Keyed digest of the device cookie, when the browser has one. */
  deviceDigest: string | null
  automation?: AutomationHint
}

export interface RiskRequest {
  tenant: string
  /** Keyed digest of the name that was typed, whoever it names; null where none was. */
  name: string | null
  client: RiskClient
}

/** A request of which it is known whose account it is about. */
export interface RiskCase extends RiskRequest {
  subject: string
  isPrivileged: Known<boolean>
  /** Of the last day, and how many there may be. */
  failedProofs: Known<{ count: number; max: number }>
  /** Recovery addresses of the account. */
  mailboxes: readonly string[]
}

export interface RiskVerdict extends Scored {
  mode: RiskMode
  /** The band that may change what is asked: that of the score where the mode is `act`, and otherwise low. */
  acting: Band
  readings: Readings
  /** Version of the weights. */
  weights: string
}

/**
 * Says how likely it is that a request is not its owner's. It never throws: what can't be found out counts against the
 * request, and is told to operators (invariant 13).
 */
export interface RiskAssessor {
  /** By the request alone. The only one that may be asked before the first proof (invariant 3). */
  ofRequest(request: RiskRequest): Promise<RiskVerdict>
  /** By everything. After the first proof, or off the request's path. */
  assess(about: RiskCase): Promise<RiskVerdict>
  /** The account was proven to be its owner's: here, from now on, they have been before. */
  remember(at: { tenant: string; subject: string; client: RiskClient }): Promise<void>
}

/** Lists of networks that the operator supplies. */
export interface NetworkLists {
  /** For a network as requests are counted by; `absent` for labels without a list. */
  labelsOf(tenant: string, network: string, asn: number | null): Readonly<Record<ListLabel, Known<boolean>>>
}

/** The operator's geo files. */
export interface Geography {
  /** `absent` without such files, and for addresses that are nowhere on the internet. */
  whereIs(network: string): Known<Whereabouts>
}

/** Where accounts were proven to be their owners': countries, providers and rounded points, for 90 days. */
export interface PlaceHistory {
  /** Newest first. */
  placesOf(tenant: string, subject: string): Promise<readonly PastPlace[]>
  remember(tenant: string, subject: string, place: PastPlace): Promise<void>
  /** Removes what was last seen before; returns how many rows. */
  forget(before: Date): Promise<number>
}

/** Mailboxes that are known to be in others' hands. */
export interface BreachedMailboxes {
  /** `absent` where the tenant has no list of them. */
  has(tenant: string, address: string): Known<boolean>
}
