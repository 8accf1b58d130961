import type { PasskeyChallenges } from './challenge.ts'
import type { KeptPasskey } from './passkey.ts'

/** Whose passkeys they are: one tenant's portal. */
export interface RelyingParty {
  /** The host of the tenant's public URL: a passkey is good for that host and the ones below it. */
  id: string
  /** The public URL as browsers send it. Nothing else may ask for a passkey, not even another port. */
  origin: string
  /** The tenant's name, as authenticators show it. */
  name: string
}

/** Why an answer is none, for the log and the audit log. Whoever answers is told the same of each. */
export type PasskeyTrouble =
  /** Not what a browser sends, or longer. */
  | 'malformed'
  /** A creation where a use was expected, or the other way round. */
  | 'other-ceremony'
  /** Not the challenge that was given: an old one, or somebody else's. */
  | 'other-challenge'
  /** Made for another site: what phishing would give. */
  | 'other-origin'
  /** Made in a frame within another site. */
  | 'framed'
  | 'other-relying-party'
  /** Nobody touched the authenticator. */
  | 'nobody-present'
  /** The authenticator did not ask who touches it. */
  | 'holder-not-verified'
  /** A key of a kind that was not offered. */
  | 'algorithm-unknown'
  /** No such passkey in this account. */
  | 'unknown-passkey'
  /** The authenticator names another account. */
  | 'other-account'
  | 'wrong-signature'
  /** The count went back, or what can't change did: there are two of what there can be only one of. */
  | 'cloned'

export interface PasskeyRefused {
  ok: false
  because: PasskeyTrouble
}

export interface CreationExpected {
  party: RelyingParty
  /** Those that may be answered now. */
  challenges: readonly string[]
}

export interface AssertionExpected extends CreationExpected {
  /** Of the account whose flow or session it is. */
  userHandle: string
  /** The account's passkeys that count. None for an account without, and for nobody: the work is the same. */
  known: readonly KeptPasskey[]
}

/**
 * Judges what browsers bring, whatever that is (`answers.ts` has its shape): it never throws on it, and keeps nothing.
 */
export interface Passkeys {
  /** Of a new one: the record that is to be kept. */
  created(
    answer: unknown,
    expected: CreationExpected,
  ): Promise<{ ok: true; kept: KeptPasskey } | PasskeyRefused>
  /**
   * Of a use: the record as it is to be kept from now on. Compare `counter` with the stored one again, where it is
   * written (`afterUse`): two answers may be judged at once.
   */
  used(answer: unknown, expected: AssertionExpected): Promise<{ ok: true; use: PasskeyUse } | PasskeyRefused>
}

/** Everything that passkeys need: what asks, and what judges. */
export type PasskeyMeans = Passkeys & PasskeyChallenges

/** What one use told. */
export interface PasskeyUse {
  credential: string
  counter: number
  synced: boolean
  backedUp: boolean
}
