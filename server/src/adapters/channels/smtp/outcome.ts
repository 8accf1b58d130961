import type { Delivery } from '../../../core/messages/ports.ts'

/** What nodemailer says about an error. `originalCode` is Node's own, which `code` replaced. */
interface SmtpError {
  code?: unknown
  originalCode?: unknown
  command?: unknown
  responseCode?: unknown
}

/**
 * What an error of the mail server means for one message.
 *
 * Only an answer about *this* message (to RCPT TO or to DATA) with a 5xx code is final. A 5xx to the greeting, to
 * AUTH or to MAIL FROM is about us: an operator can repair it, and no message may be lost meanwhile. 503 says
 * that the session was in the wrong state, and a new one may do (RFC 5321 section 4.2.4).
 */
export function outcomeOf(error: unknown): Extract<Delivery, { ok: false }> {
  const { command, responseCode } = (error ?? {}) as SmtpError
  const status = typeof responseCode === 'number' ? responseCode : 0
  const aboutMessage = command === 'RCPT TO' || command === 'DATA'
  if (aboutMessage && status >= 500 && status !== 503) {
    return { ok: false, permanent: true, because: 'refused' }
  }
  return { ok: false, permanent: false, because: temporaryReason(error ?? {}, status) }
}

function temporaryReason({ code, originalCode }: SmtpError, status: number): string {
  if (code === 'ETLS' || tlsCodes.test(String(originalCode))) return 'tls-failed'
  if (code === 'EAUTH' || code === 'ENOAUTH' || status === 530) return 'authentication-failed'
  if (code === 'EABORT' || code === 'ETIMEDOUT') return 'timed-out'
  return status >= 400 ? 'deferred' : 'unreachable'
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: is the mail server running, is the port right?',
  ECONNRESET: 'the server hung up: does this port speak what `tls` says?',
  EHOSTUNREACH: 'no route to this host',
  ENETUNREACH: 'no route to this network',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the name service gives no answer about this host name',
  EDNS: 'the host name could not be resolved',
  ETIMEDOUT: 'no answer in time',
  EABORT: 'no answer in time',
  ABORT_ERR: 'no answer in time',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name: check `host` or set `serverName`',
  CERT_HAS_EXPIRED: 'the certificate has expired: renew it',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: compare the clocks',
  EAUTH: 'sign-in refused: check `username` and `password`',
  ENOAUTH: 'the server wants a sign-in: set `username` and `password`',
  ETLS: 'no TLS came about: does this port speak what `tls` says?',
}

/**
 * The same in words for an operator. Nothing of what the server wrote is repeated, because answers quote addresses;
 * its code, and the command it answered, say enough.
 */
export function problemOf(error: unknown): string {
  const { code, originalCode, command, responseCode } = (error ?? {}) as SmtpError
  const name = error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name) ? 'ABORT_ERR' : null
  const codes = [originalCode, code, name].filter((each) => typeof each === 'string')
  const known = codes.find((each) => words[each] !== undefined && each !== 'ETLS') ?? codes[0]
  const distrust = codes.find((each) => /CERT|UNABLE_TO_/.test(each) && words[each] === undefined)
  const answer =
    typeof responseCode === 'number' ? `${String(responseCode)} to ${commandText(command)}` : null
  if (distrust !== undefined) {
    return `the certificate is not trusted: set \`caFile\` to the authority that signed it (${distrust})`
  }
  const explained = known === undefined ? undefined : words[known]
  const said = explained ?? (answer === null ? 'the mail server could not be used' : 'refused')
  const shown = explained !== undefined || answer === null ? known : undefined
  const marks = [answer, shown].filter((each) => typeof each === 'string').join(', ')
  return marks === '' ? said : `${said} (${marks})`
}

/** SMTP verbs, as nodemailer names what it had sent; anything else is not repeated. */
const commandText = (command: unknown): string =>
  typeof command === 'string' &&
  /^(CONN|EHLO|HELO|STARTTLS|AUTH [A-Z0-9-]+|MAIL FROM|RCPT TO|DATA)$/.test(command)
    ? command
    : 'a command'

/** OpenSSL's verification results as Node names them (`tls.TLSSocket`, "X509 certificate error codes"). */
const tlsCodes = /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|DEPTH_ZERO_)|CERT|CRL/
