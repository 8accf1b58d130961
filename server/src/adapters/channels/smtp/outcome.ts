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
export function outcomeOf(error: unknown): Delivery {
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

/** OpenSSL's verification results as Node names them (`tls.TLSSocket`, "X509 certificate error codes"). */
const tlsCodes = /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|DEPTH_ZERO_)|CERT|CRL/
