import type { Tried, Undelivered } from '../core/messages/delivery.ts'

/** No mail server took a message yet. Thrown for the runner, which comes back after its back-off. */
export class NotYetDelivered extends Error {
  /** `mail-unreachable`, `mail-tls-failed`, `mail-authentication-failed`, `mail-deferred` … */
  readonly code: `mail-${Undelivered}`
  /** Each provider that was asked: its name, its server, what went wrong. No address and no secret. */
  readonly detail: string

  constructor(because: Undelivered, tried: readonly Tried[]) {
    super(`not delivered yet: ${because}`)
    this.name = 'NotYetDelivered'
    this.code = `mail-${because}`
    this.detail =
      tried.length === 0
        ? 'no mail provider was asked'
        : tried
            .map(({ provider, because: why, detail }) =>
              detail === null
                ? `mail provider "${provider}": ${why}`
                : `mail provider "${provider}": ${why}: ${detail}`,
            )
            .join('; ')
  }
}
