import type { Secret } from '../../kernel/secret.ts'

/** Passwords that are known because somebody lost them. */
export interface BreachList {
  /** For logs and audit events. */
  readonly name: string
  /**
   * Whether a password, normalised, is in the list. Throws a Fault `breach-list-unreachable` or `breach-list-damaged`
   * when the list can't say: that is never a no.
   */
  has(password: Secret, signal: AbortSignal): Promise<boolean>
}
