import type { PasswordPolicyError } from 'ldapts'

/**
 * What faults say to operators: which server, what went wrong, and what to look at. Nothing here names a person:
 * servers and the DNs of the configuration are the operator's own, and what a server answers in text is left out.
 */

/** `ldap.example.org:636`; with brackets for IPv6. */
export const endpointOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`

/** A time limit that can say afterwards who ran out of patience. */
export interface Patience {
  signal: AbortSignal
  /** "no answer within 3 s" */
  ranOut(): string
}

/** The caller's deadline, or `seconds` of our own if those are over before. */
export function patienceOf(caller: AbortSignal, seconds: number): Patience {
  const own = AbortSignal.timeout(seconds * 1000)
  return {
    signal: AbortSignal.any([caller, own]),
    ranOut: () => (own.aborted ? `no answer within ${String(seconds)} s` : 'no answer before the deadline'),
  }
}

const networkWords: Readonly<Record<string, string>> = {
  ABORT_ERR: 'no answer in time',
  ECONNREFUSED: 'connection refused: nothing listens there; is the directory running, is the port right?',
  ECONNRESET: 'the server hung up: does this port speak what the scheme of the URL says?',
  ECONNABORTED: 'the connection was cut',
  EHOSTUNREACH: 'no route to this host',
  ENETUNREACH: 'no route to this network',
  EHOSTDOWN: 'the host is down',
  ENETDOWN: 'the network is down',
  EPIPE: 'the server hung up',
  ETIMEDOUT: 'no answer from this host',
  EADDRNOTAVAIL: 'the address can not be used from here',
  EAI_AGAIN: 'the name service gives no answer about this host name',
  ENOTFOUND: 'the host name does not exist',
}

/** Null for what is no error of the way there: then it is the certificate or the protocol. */
export function networkProblem(error: unknown): string | null {
  const code = codeOf(error)
  const words = networkWords[code]
  return words === undefined ? null : `${words} (${code})`
}

const trustWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired: renew it',
  CERT_NOT_YET_VALID: 'it is not valid yet: compare the clocks',
  CERT_REVOKED: 'it was revoked',
  INVALID_PURPOSE: 'it is not meant for servers',
}

const unknownAuthority = 'its authority is not among the trusted ones: set caFile to the one that signed it'

/** Results of OpenSSL's verification that mean "I do not know who signed this". */
const authorityCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED)$/

/** Why TLS did not come about. `serverName` is what the certificate had to carry. */
export function tlsProblem(error: unknown, serverName: string): string {
  const code = codeOf(error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return (
      `the certificate is for ${namesIn(error)} and not for "${serverName}": use that host in urls, or set ` +
      `serverName (${code})`
    )
  }
  const distrust = authorityCodes.test(code) ? unknownAuthority : trustWords[code]
  if (distrust !== undefined) return `the certificate is not trusted: ${distrust} (${code})`
  return `no TLS came about: does this port speak it? (${code === '' ? 'no reason given' : code})`
}

/** Alternative names as Node prints them. Whoever answers chose the text, so it is cut and stays printable. */
function namesIn(error: unknown): string {
  const certificate = (error as { cert?: { subjectaltname?: unknown } }).cert
  const names = typeof certificate?.subjectaltname === 'string' ? certificate.subjectaltname : ''
  const printable = names.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
  return printable === '' ? 'no host name' : printable
}

/** Of an error of the network or of TLS; the code of ldapts' errors is a number and means something else. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

type PolicyError = (typeof PasswordPolicyError)[keyof typeof PasswordPolicyError]

/** Why the service account may not even bind, where the password policy control says more than the code. */
const accountWords: Partial<Record<PolicyError, string>> = {
  0: 'its password has expired',
  1: 'it is locked after failed binds',
  2: 'its password has to be changed first',
}

/** Why the bind of the service account was refused, by result code. */
export function bindProblem(code: number, policyError: number | undefined): string {
  const said = accountWords[policyError as PolicyError]
  if (said !== undefined) return said
  switch (code) {
    case 49:
      return 'wrong DN or password: check bindDn and bindPassword'
    case 32:
    case 34:
      return 'there is no such entry: check bindDn'
    case 48:
      return 'the entry has no password to compare with: check bindDn'
    case 8:
    case 13:
      return 'the server wants TLS or a stronger way to sign in'
    case 53:
      return 'the server does not want to: is the account deactivated?'
    default:
      return 'the server says why in its own log'
  }
}
