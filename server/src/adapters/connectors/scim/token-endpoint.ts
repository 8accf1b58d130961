import { Fault } from '../../../kernel/fault.ts'
import type { Secret } from '../../../kernel/secret.ts'
import type { Exchange } from './exchange.ts'
import { jsonIn } from './json.ts'
import { isObject } from './paths.ts'
import { type Patient, redirected } from './patience.ts'

export interface OAuthClient {
  clientId: string
  clientSecret?: Secret | undefined
  clientAuthentication: 'header' | 'body'
  scope?: string | undefined
}

export type Granted =
  | { ok: true; token: string; lastsSeconds: number | null }
  /** `invalid_grant`: the name or the password is wrong. */
  | { ok: false }

/**
 * Asks a token endpoint (RFC 6749 sections 4.3 and 4.4). Throws `directory-misconfigured` when it does not take the
 * client, and `directory-unreachable` when it gives no answer.
 */
export async function askForToken(
  { exchange, patient }: { exchange: Exchange; patient: Patient },
  client: OAuthClient,
  grant: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Granted> {
  const { clientId, clientSecret, clientAuthentication, scope } = client
  const inHeader = clientSecret !== undefined && clientAuthentication === 'header'
  const body = new URLSearchParams({
    ...grant,
    ...(scope === undefined ? {} : { scope }),
    ...(inHeader ? {} : { client_id: clientId }),
    ...(clientSecret === undefined || inHeader ? {} : { client_secret: clientSecret.reveal() }),
  }).toString()
  const answer = await patient(
    exchange,
    {
      as: 'proof',
      method: 'POST',
      path: '',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(body)),
        ...(inHeader
          ? { authorization: basic(formEncoded(clientId), formEncoded(clientSecret.reveal())) }
          : {}),
      },
      body,
    },
    signal,
  )
  const { endpoint } = exchange.target
  const misconfigured = (words: string) =>
    new Fault('directory-misconfigured', { detail: `${endpoint}: the token endpoint ${words}` })
  const { status } = answer
  const told = jsonIn(answer)
  if (status === 200) return { ok: true, ...tokenIn(told, endpoint) }
  const error = isObject(told) ? told['error'] : undefined
  if (status === 400 && error === 'invalid_grant') return { ok: false }
  if (status >= 500) throw new Fault('directory-unreachable', { detail: `${endpoint}: answered ${status}` })
  if (status >= 300 && status < 400) throw redirected(endpoint)
  const code = typeof error === 'string' && errorCodes.has(error) ? error : `HTTP ${status}`
  throw misconfigured(`does not take the client: check clientId, clientSecret and scope (${code})`)
}

/** RFC 6749 section 5.2. What else is said there may repeat what was sent. */
const errorCodes = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
])

function tokenIn(told: unknown, endpoint: string): { token: string; lastsSeconds: number | null } {
  if (isObject(told)) {
    const { access_token: token, token_type: type, expires_in: lasts } = told
    const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer'
    // Whatever else would become a part of our headers.
    if (isBearer && typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token)) {
      return { token, lastsSeconds: typeof lasts === 'number' && lasts >= 0 ? lasts : null }
    }
  }
  const detail = `${endpoint}: the token endpoint gave no bearer token (RFC 6749, section 5.1)`
  throw new Fault('directory-answer-unusable', { detail })
}

/** RFC 7617, in UTF-8. */
export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`

/** RFC 6749 section 2.3.1: encoded as in a form before it becomes a user name. */
const formEncoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
