import * as client from 'openid-client'
import type { Identity, IdentityProvider, Journey } from '../../core/sessions/ports.ts'
import { Fault } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Secret } from '../../kernel/secret.ts'
import { faultOf, identityOf } from './oidc-trouble.ts'
import { type Fetch, makeProviderFetch } from './provider-fetch.ts'

export interface OidcOptions extends Outside {
  issuer: string
  clientId: string
  clientSecret: Secret
  scopes: readonly string[]
  claim: string
  maxAgeSeconds: number
  passesThrough: readonly string[]
  /** From configuration alone: what a request calls us is not asked. */
  redirectUri: string
  fetch: Fetch
}

/** Long enough to spare the provider, short enough to follow it when it moves. */
const descriptionSeconds = 3_600
const answerSeconds = 10
/** For clocks that differ: providers stamp tokens by theirs. */
const clockToleranceSeconds = 30

/**
 * Asymmetric alone (RFC 8725 section 3.1): neither `none` nor one that the client secret would sign with. A provider
 * that lists others as well still signs ours with one of these.
 */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'].concat([
  'EdDSA',
  'Ed25519',
])

/**
 * The authorization code flow of OpenID Connect Core 1.0, with PKCE (RFC 7636), state, nonce, `iss` in the answer where
 * the provider sends one (RFC 9207), a signature that is checked, and `max_age` with `auth_time`, so that a session that
 * somebody left open at the provider is no sign-in here.
 */
export function makeOidcProvider(options: OidcOptions): IdentityProvider {
  const { issuer, redirectUri, scopes, maxAgeSeconds } = options
  const describe = makeDescription(options)
  let authorizationOrigin = new URL(issuer).origin
  const described = async (signal?: AbortSignal) => {
    const found = await describe(signal)
    const { authorization_endpoint: endpoint } = found.serverMetadata()
    if (endpoint !== undefined) authorizationOrigin = new URL(endpoint).origin
    return found
  }
  const random = () => Buffer.from(options.randomBytes(32)).toString('base64url')
  return {
    async begin() {
      const configuration = await described()
      const journey: Journey = { state: random(), nonce: random(), verifier: random() }
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
        max_age: String(maxAgeSeconds),
      })
      return { url: url.href, journey }
    },
    async finish(answer, { state, nonce, verifier }) {
      const configuration = await described()
      const came = new URL(redirectUri)
      came.search = answer.toString()
      try {
        const tokens = await client.authorizationCodeGrant(configuration, came, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          maxAge: maxAgeSeconds,
          idTokenExpected: true,
        })
        return await identify(configuration, tokens, options.claim)
      } catch (error) {
        return identityOf(error)
      }
    },
    origins: () => [authorizationOrigin, ...options.passesThrough],
    check: async (signal) => {
      await described(signal)
    },
  }
}

/** The provider's description of itself, read when it is needed and kept for an hour. */
function makeDescription(options: OidcOptions) {
  let known: { configuration: client.Configuration; until: number } | null = null
  let reading: Promise<client.Configuration> | null = null
  const read = async (signal?: AbortSignal) => {
    const configuration = await readDescription(options, signal)
    known = { configuration, until: options.now().getTime() + descriptionSeconds * 1_000 }
    return configuration
  }
  return async (signal?: AbortSignal): Promise<client.Configuration> => {
    if (known !== null && known.until > options.now().getTime()) return known.configuration
    if (signal !== undefined) return read(signal)
    // A hundred people at once ask a provider that is down once.
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }
}

async function readDescription(options: OidcOptions, signal?: AbortSignal): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = options
  const fetch = makeProviderFetch(options, signal)
  const isInTheClear = new URL(issuer).protocol === 'http:'
  // What goes over http at all is decided by the fetch: the issuer on this machine, and nothing else.
  const execute: Extension[] = []
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it stands out; trials on loopback need it
  if (isInTheClear) execute.push(client.allowInsecureRequests)
  try {
    const found = await client.discovery(new URL(issuer), clientId, undefined, undefined, {
      [client.customFetch]: fetch,
      timeout: answerSeconds,
      execute,
    })
    const { supportsPKCE: _, ...metadata } = found.serverMetadata()
    const signing = metadata.id_token_signing_alg_values_supported ?? ['RS256']
    const allowed = signing.filter((name) => algorithms.includes(name))
    if (metadata.issuer !== issuer) throw misconfigured('it calls itself by another issuer')
    if (allowed.length === 0) throw misconfigured('it signs with nothing that is allowed')
    const configuration = new client.Configuration(
      { ...metadata, id_token_signing_alg_values_supported: allowed },
      clientId,
      { client_secret: clientSecret.reveal(), [client.clockTolerance]: clockToleranceSeconds },
      authentication(metadata, clientSecret),
    )
    configuration[client.customFetch] = makeProviderFetch(options)
    configuration.timeout = answerSeconds
    // The code came by the browser; the signature says that the token is the provider's whatever lies between us.
    for (const extend of [client.enableNonRepudiationChecks, ...execute]) extend(configuration)
    return configuration
  } catch (error) {
    throw faultOf(error)
  }
}

type Extension = (configuration: client.Configuration) => void

const misconfigured = (detail: string) => new Fault('identity-provider-misconfigured', { detail })

/** `client_secret_basic` is what holds where a provider lists nothing (OpenID Connect Discovery 1.0 section 3). */
function authentication(metadata: client.ServerMetadata, secret: Secret): client.ClientAuth {
  const listed = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const isBasic = listed.includes('client_secret_basic')
  return isBasic ? client.ClientSecretBasic(secret.reveal()) : client.ClientSecretPost(secret.reveal())
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>

/** The claim is in the ID token, or else at the userinfo endpoint, which has to speak of the same subject. */
async function identify(
  configuration: client.Configuration,
  tokens: Tokens,
  claim: string,
): Promise<Identity> {
  const inToken = tokens.claims()
  if (inToken === undefined) return { ok: false, because: 'answer-unusable' }
  const hasUserinfo = configuration.serverMetadata().userinfo_endpoint !== undefined
  const claims =
    inToken[claim] === undefined && hasUserinfo
      ? await client.fetchUserInfo(configuration, tokens.access_token, inToken.sub)
      : inToken
  const claimed = claims[claim]
  // Some let people enter any address: theirs only if the provider has seen to it.
  const isUnproven = claim === 'email' && (claims['email_verified'] ?? true) !== true
  return typeof claimed === 'string' && claimed !== '' && !isUnproven
    ? { ok: true, claimed }
    : { ok: false, because: 'claim-missing' }
}
