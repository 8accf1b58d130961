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

/** Makes the digests by which Rekey knows former passwords again. Each takes tens of milliseconds and of megabytes. */
export interface SlowDigests {
  /** Names the key that new ones are made under. It changes when the ring turns. */
  readonly keyId: string
  /**
   * Base64url of 32 bytes, of a normalised password. It is worth something for this account alone. Null: the key is
   * gone, so that nothing can be said of what was made under it.
   *
   * @throws NoTurnCame when too many wait and `signal` fires first
   */
  of(
    password: Secret,
    by: { tenant: string; subject: string; keyId: string; salt: string },
    signal: AbortSignal,
  ): Promise<string | null>
}
