import type { Delivery } from '../../../core/messages/ports.ts'
import { LinkLost } from './link.ts'

/** `command_status` (SMPP 3.4 section 5.1.3) as operators read it; others are shown by their number. */
const meanings: ReadonlyMap<number, string> = new Map([
  [0x08, 'system error'],
  [0x0a, 'the sender is not allowed'],
  [0x0b, 'invalid destination'],
  [0x0d, 'bind refused'],
  [0x0e, 'wrong password'],
  [0x0f, 'unknown system id'],
  [0x14, 'message queue full'],
  [0x45, 'submit failed'],
  [0x58, 'throttled'],
])

const invalidDestination = 0x0b

/** What the status of an answer to `submit_sm` means. One that is not zero says that nothing was taken. */
export function outcomeOf(status: number, server: string): Delivery {
  if (status === invalidDestination) return { ok: false, permanent: true, because: 'refused' }
  return { ok: false, permanent: false, because: 'deferred', detail: `${server}: ${meaningOf(status)}` }
}

export const meaningOf = (status: number): string =>
  `${meanings.get(status) ?? 'refused'} (0x${status.toString(16).padStart(8, '0')})`

export function failureOf(error: unknown, server: string): Delivery {
  const lost = error instanceof LinkLost ? error : null
  const detail = `${server}: ${problemOf(error)}`
  if (lost?.sent === true) return { ok: false, permanent: false, because: 'outcome-unknown', detail }
  if ([0x0d, 0x0e, 0x0f].includes(lost?.bindStatus ?? 0)) {
    return { ok: false, permanent: false, because: 'authentication-failed', detail }
  }
  const because = isAboutTrust(codeOf(lost?.cause)) ? 'tls-failed' : 'unreachable'
  return { ok: false, permanent: false, because, detail }
}

/** For an operator. */
export function problemOf(error: unknown): string {
  if (!(error instanceof LinkLost)) return 'no connection in time'
  if (error.bindStatus !== null) return meaningOf(error.bindStatus)
  const code = codeOf(error.cause)
  if (isAboutTrust(code)) return `the certificate is not trusted (${code})`
  return code === '' ? 'no answer in time' : code
}

const isAboutTrust = (code: string): boolean =>
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|HOSTNAME_MISMATCH|DEPTH_ZERO_|SELF_SIGNED)|CERT/.test(code)

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : ''
