import { ceremonySeconds } from './challenge.ts'
import type { KeptPasskey } from './passkey.ts'
import type { RelyingParty } from './ports.ts'

/** COSE names of the keys that are taken: ES256, EdDSA and, for TPMs, RS256 (RFC 9053, RFC 8812), in this order. */
const algorithms = [-7, -8, -257] as const

/** `PublicKeyCredentialCreationOptionsJSON` of WebAuthn level 3 section 5.1.9. */
export interface CreationOptions {
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: readonly { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: readonly { type: 'public-key'; id: string; transports: readonly string[] }[]
  authenticatorSelection: { residentKey: 'required'; requireResidentKey: true; userVerification: 'required' }
  attestation: 'none'
}

/** `PublicKeyCredentialRequestOptionsJSON` of section 5.1.10. */
export interface RequestOptions {
  rpId: string
  challenge: string
  timeout: number
  allowCredentials: readonly []
  userVerification: 'required'
}

/**
 * Null where no browser makes passkeys: at an address in place of a name, and without encryption except on the machine
 * itself (section 5.1.3).
 */
export function relyingPartyOf(tenant: { publicUrl: string; name: string }): RelyingParty | null {
  const { hostname, origin, protocol } = new URL(tenant.publicUrl)
  const isName = !/^(\[.*\]|[\d.]+)$/.test(hostname)
  const isSecure = protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
  return isName && isSecure ? { id: hostname, origin, name: tenant.name } : null
}

/**
 * How a passkey is to be made: found without a user name, its holder verified at every use, and with no word about its maker,
 * as we would not know whom to believe. An authenticator that has one of this account says so instead of making another.
 */
export const creationOptions = (of: {
  party: RelyingParty
  challenge: string
  userHandle: string
  /** What the person reads in the list of their passkeys. */
  account: { name: string; displayName: string }
  known: readonly KeptPasskey[]
}): CreationOptions => ({
  rp: { id: of.party.id, name: of.party.name },
  user: { id: of.userHandle, ...of.account },
  challenge: of.challenge,
  pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
  timeout: ceremonySeconds * 1_000,
  excludeCredentials: of.known.map(({ credential, transports }) => ({
    type: 'public-key',
    id: credential,
    transports,
  })),
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  },
  attestation: 'none',
})

/** How one is asked for: never with a list of what the account has (section 14.6.2), so for nobody as for anybody. */
export const requestOptions = (of: { party: RelyingParty; challenge: string }): RequestOptions => ({
  rpId: of.party.id,
  challenge: of.challenge,
  timeout: ceremonySeconds * 1_000,
  allowCredentials: [],
  userVerification: 'required',
})
