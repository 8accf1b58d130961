import * as client from 'openid-client'
import type { Identity } from '../../core/sessions/ports.ts'
import { Fault, isFault } from '../../kernel/fault.ts'

/**
 * What an error says of the answer that a browser came back with. Throws a `Fault` when it says something of the
 * provider or of our registration there instead.
 */
export function identityOf(error: unknown): Identity {
  if (error instanceof client.AuthorizationResponseError) return { ok: false, because: 'not-signed-in' }
  const isSpent = error instanceof client.ResponseBodyError && error.error === 'invalid_grant'
  if (isSpent || unusable.has(codeOf(error))) return { ok: false, because: 'answer-unusable' }
  throw faultOf(error)
}

/** Codes of openid-client for answers and tokens that are not what was asked for. */
const unusable = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])

/** The provider says that it does not know us as the configuration says (RFC 6749 section 5.2). */
const ourFault = new Set([
  'OAUTH_RESPONSE_BODY_ERROR',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
])

/** An error of the library as a `Fault`. Details name codes: what a provider writes may quote anything. */
export function faultOf(cause: unknown, otherwise: Fault['code'] = 'identity-provider-unreachable'): Fault {
  const known = faultIn(cause)
  if (known !== null) return known
  const code = codeOf(cause)
  const isOurs = ourFault.has(code)
  const said = cause instanceof client.ResponseBodyError ? cause.error : deepestCode(cause)
  return new Fault(isOurs ? 'identity-provider-misconfigured' : otherwise, {
    cause,
    ...(/^\w{1,60}$/.test(said) ? { detail: said } : {}),
  })
}

/** The library puts what our own fetch throws into an error of its own. */
function faultIn(error: unknown): Fault | null {
  if (isFault(error)) return error
  return error instanceof Error && error.cause !== undefined ? faultIn(error.cause) : null
}

/** What the network says lies at the bottom: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED. */
const deepestCode = (error: unknown): string =>
  (error instanceof Error && error.cause !== undefined ? deepestCode(error.cause) : '') || codeOf(error)

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
