/**
 * What can break outside the domain. Codes are stable: alerts, metrics and the generated problem reference use
 * them, so they are never renamed once released.
 */
export type FaultCode =
  /** Nothing was sent: the operation certainly did not happen. */
  | 'directory-unreachable'
  /** The request was sent and no answer came: the operation may or may not have happened. */
  | 'directory-outcome-unknown'
  /** The directory answered in a way the connector does not understand or that contradicts its schema. */
  | 'directory-answer-unusable'
  /** The service account lacks a right. An operator fixes it; it is never shown as a weak password. */
  | 'directory-rights-missing'
  /** Base, filter, TLS or credentials of the connector are wrong. */
  | 'directory-misconfigured'
  | 'mail-unreachable'
  /** The mail server refused for good (5xx). */
  | 'mail-refused'
  /** A provider of texts can't be reached, or does not know us. */
  | 'text-unreachable'
  | 'database-unavailable'
  | 'database-in-use'
  /** Nothing in Redis can be read or written; what is in PostgreSQL is not touched by it. */
  | 'redis-unavailable'
  | 'config-invalid'
  | 'audit-log-broken'
  | 'witness-unreachable'
  /** A list of lost passwords gave no answer that could be used. */
  | 'breach-list-unreachable'
  /** The file of such a list is not there, not whole, or not as it was written. */
  | 'breach-list-damaged'
  /** Somebody else is making the same list. */
  | 'breach-list-in-use'
  /** A dump that a list was to be made of has a line that is no hash. */
  | 'breach-dump-unreadable'
  /** The company's sign-in gave no answer that could be used. */
  | 'identity-provider-unreachable'
  /** Issuer, client or keys of it are not what the configuration says. */
  | 'identity-provider-misconfigured'
  /** What was dialled is not there, or is not the Rekey that an agent was to join. It was told nothing. */
  | 'server-unreachable'
  /** The code of an agent is none, or lets nobody in any more. */
  | 'enrolment-refused'

/** The world broke. The `cause` is for the log; `message` carries no personal data and no secret. */
export class Fault extends Error {
  readonly code: FaultCode
  /** What an operator should know besides the code; like `message`, free of personal data and secrets. */
  readonly detail: string | null
  /** When it is worth asking again, where whoever broke says so. */
  readonly retryAfterSeconds: number | null

  constructor(
    code: FaultCode,
    options: { cause?: unknown; detail?: string; retryAfterSeconds?: number | null } = {},
  ) {
    super(options.detail === undefined ? code : `${code}: ${options.detail}`, { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.detail = options.detail ?? null
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}

export const isFault = (error: unknown, ...codes: FaultCode[]): error is Fault =>
  error instanceof Fault && (codes.length === 0 || codes.includes(error.code))
