import type { PasskeyRefused, PasskeyUse } from './ports.ts'

/** What is kept of a passkey, sealed. Nothing in it lets anybody use it. */
export interface KeptPasskey {
  /** Id of the credential, base64url. */
  credential: string
  /** COSE key (RFC 9052), base64url. */
  publicKey: string
  /** How often it was used, as the authenticator counts; 0 for ever where it does not count. */
  counter: number
  /** How the authenticator can be reached; a hint for browsers. */
  transports: readonly string[]
  /** It may be on all devices of its holder's account at a maker's; otherwise it is in one device for good. */
  synced: boolean
  /** A copy of it is there by now. */
  backedUp: boolean
  /** AAGUID of the authenticator, as it says itself: good for a name, and nothing may be decided by it. */
  authenticator: string
}

/**
 * The record after a use, or that there are two authenticators with the key of one (WebAuthn level 3 sections
 * 6.1.1 and 7.2). Authenticators that do not count say 0 every time. Whether it can be copied is settled when it is made
 * (section 6.1.3).
 */
export function afterUse(
  kept: KeptPasskey,
  use: PasskeyUse,
): { ok: true; kept: KeptPasskey } | PasskeyRefused {
  const counts = use.counter > 0 || kept.counter > 0
  const goesBack = counts && use.counter <= kept.counter
  if (goesBack || use.synced !== kept.synced) return { ok: false, because: 'cloned' }
  return { ok: true, kept: { ...kept, counter: use.counter, backedUp: use.backedUp } }
}
