import type { Delivery } from '../../../core/messages/ports.ts'

/** What nodemailer says about an error. `originalCode` is Node's own, which `code` replaced. */
interface SmtpError {
  code?: unknown
  originalCode?: unknown
  command?: unknown
  responseCode?: unknown
  /** The server's words, code first. */
  response?: unknown
}

/**
 * What an error of the mail server means for one message. `handedOver` says that the whole message had been sent when
 * it happened: without an answer after that, nobody knows whether it was taken.
 *
 * Only an answer about *this* message (to RCPT TO or to DATA) with a 5xx code is final. A 5xx to the greeting, to
 * AUTH or to MAIL FROM is about us: an operator can repair it, and no message may be lost meanwhile. 503 says
 * that the session was in the wrong state, and a new one may do (RFC 5321 section 4.2.4). Where the server gives an
 * enhanced status code (RFC 3463), that says whose trouble it is: a relay that wants no mail of ours (5.7.1 to RCPT
 * TO) or has no disk left (5.3.1) refuses everybody.
 */
export function outcomeOf(error: unknown, handedOver = false): Extract<Delivery, { ok: false }> {
  const known = (error ?? {}) as SmtpError
  const { command, responseCode } = known
  const status = typeof responseCode === 'number' ? responseCode : 0
  if (handedOver && status === 0) return { ok: false, permanent: false, because: 'outcome-unknown' }
  const because = temporaryReason(known, status)
  if (status < 400 || status === 421 || status === 503 || !isAboutMessage(known)) {
    return { ok: false, permanent: false, because }
  }
  if (status >= 500) return { ok: false, permanent: true, because: 'refused' }
  // Without an enhanced code a "not now" to DATA is the server's own trouble, one to RCPT TO the mailbox's.
  const ours = command === 'RCPT TO' || subjectOf(known) !== null
  return { ok: false, permanent: false, because, ...(ours ? { blames: 'mailbox' as const } : {}) }
}

/** Addressing, mailbox, content and policy are about the message; mail system, network and protocol are not. */
function isAboutMessage(error: SmtpError): boolean {
  const subject = subjectOf(error)
  if (error.command === 'RCPT TO') return subject === null || ['1', '2', '6'].includes(subject)
  if (error.command === 'DATA') return subject === null || ['1', '2', '6', '7'].includes(subject)
  return false
}

/** The middle of an enhanced status code (RFC 3463 section 2); null without one. */
function subjectOf({ response }: SmtpError): string | null {
  const [, subject] =
    /^\d{3}[ -][245]\.(\d)\.\d{1,3}\b/.exec(typeof response === 'string' ? response : '') ?? []
  return subject === undefined || subject === '0' ? null : subject
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
