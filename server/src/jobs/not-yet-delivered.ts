import type { Delivered, Undelivered } from '../core/messages/delivery.ts'

/** Nobody took a message yet. Thrown for the runner, which comes back after its back-off. */
export class NotYetDelivered extends Error {
  /** `mail-unreachable`, `mail-tls-failed`, `mail-authentication-failed`, `mail-deferred` … */
  readonly code: `${'mail' | 'text'}-${Undelivered}`
  /** Each provider that was asked: its name, its server, what went wrong. No address and no secret. */
  readonly detail: string

  constructor({
    because,
    channel = 'email',
    tried,
  }: Pick<Extract<Delivered, { settled: false }>, 'because' | 'channel' | 'tried'>) {
    const what = channel === 'email' ? 'mail' : 'text'
    super(`not delivered yet: ${because}`)
    this.name = 'NotYetDelivered'
    this.code = `${what}-${because}`
    this.detail =
      tried.length === 0
        ? `no ${what} provider was asked`
        : tried
            .map(({ provider, because: why, detail }) =>
              detail === null
                ? `${what} provider "${provider}": ${why}`
                : `${what} provider "${provider}": ${why}: ${detail}`,
            )
            .join('; ')
  }
}
