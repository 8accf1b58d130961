import type { AccountRef } from '../accounts/ports.ts'
import type { Flaw } from '../passwords/index.ts'

/** Why the person can't go on with the password they signed in with. */
export type MustChange =
  /** The directory says so: an administrator has set the password. */
  | 'directory'
  /** It has outlived its age; the directory took it once more, as a proof and for nothing else. */
  | 'expired'
  /** An operator asked for it. */
  | 'ordered'
  /** It is in a list of lost passwords, and policy wants those replaced. */
  | 'breached'
  /** It would not be taken today, and policy wants such ones replaced. */
  | 'weak'

/** Where a sign-in was proven: with the password at the directory, or at the company's OpenID provider. */
export type SignInMethod = 'password' | 'provider'

/** One sign-in of an account at the portal. */
export interface PortalSession {
  tenant: string
  id: string
  /** Keyed digest of what the browser or client holds. */
  secretDigest: string
  /** Of the account's ledger. */
  subject: string
  account: AccountRef
  /** As the directory writes it; sealed at rest. */
  username: string
  /** Of the account at sign-in. Once the ledger has another, the session is over. */
  tokenVersion: number
  mustChange: MustChange | null
  /** When the password ends, if that is soon; where it has expired already, the end of its grace. */
  passwordEndsAt: Date | null
  /** What else is wrong with the password, and may stay so. */
  flaw: Flaw | null
  provenBy: SignInMethod
  /** A second proof is awaited, and nothing is opened before. */
  awaits: 'second-proof' | null
  /** When the latest proof was given. */
  provenAt: Date
  /** The configured service that the person came from and wants to go back to. */
  service: string | null
  startedAt: Date
  endedAt: Date | null
}

/** What a decision makes of a session; written with everything else that it decides. */
export type SessionChange =
  | { change: 'begun'; session: PortalSession }
  /** Lives on under a new token version, with nothing left that must be changed. One that has ended stays so. */
  | { change: 'kept'; tenant: string; id: string; tokenVersion: number }
  /** Lives on under a new token version, as it is. */
  | { change: 'carried'; tenant: string; id: string; tokenVersion: number }
  /** The second proof was given: a new secret takes the place of the old. */
  | { change: 'proven'; tenant: string; id: string; secretDigest: string; at: Date }
  | { change: 'ended'; tenant: string; id: string; at: Date }

/** What belongs to one journey to a provider and back. Whoever has all of it and the code is the one who went. */
export interface Journey {
  /** Comes back with the browser (RFC 6749 section 10.12). */
  state: string
  /** Comes back inside the ID token (OpenID Connect Core 1.0 section 3.1.2.1). */
  nonce: string
  /** Proves to the provider that whoever redeems the code is who asked for it (RFC 7636). */
  verifier: string
}

export type Identity =
  /** What the configured claim says. */
  | { ok: true; claimed: string }
  | {
      ok: false
      because: /** The provider says that nobody signed in, or that it does not let this person in here. */
        | 'not-signed-in'
        /** Forged, of another journey, of another provider, used before, too old: nothing in it counts. */
        | 'answer-unusable'
        /** Everything is right, and it does not say who it is. */
        | 'claim-missing'
    }

/**
 * The company's own sign-in, which asks for a second factor where there is one. Both calls have a deadline of their own
 * and throw `identity-provider-unreachable` or `identity-provider-misconfigured`.
 */
export interface IdentityProvider {
  /** Where the browser is to go, and what has to be kept for when it comes back. */
  begin(): Promise<{ url: string; journey: Journey }>
  /** `answer` is what the browser came back with, unchecked. Its code is redeemed, so it can be said once only. */
  finish(answer: URLSearchParams, journey: Journey): Promise<Identity>
  /** Origins that a form on our page leads to by redirects, as far as is known now. */
  origins(): readonly string[]
  /** Reads the provider's own description of itself; throws the `Fault` that an operator must fix. */
  check(signal: AbortSignal): Promise<void>
}

/** How people of a tenant sign in at the portal. */
export interface SignInMeans {
  password: boolean
  provider: {
    at: IdentityProvider
    /** What the claim holds: a name that people sign in with, or the key of an entry. */
    names: 'account' | 'key'
    /** The only directory whose accounts it speaks for; null for all of the tenant's. */
    directory: string | null
  } | null
}
