import type { Channel } from './ports.ts'

/**
 * What is left of a channel's quota under pressure, as a share of 1: numbers first, which cost money and are guessed, then codes
 * by mail. What can't be guessed, links and passkeys, is never less than before.
 *
 * @param factor as `factorOf` gives it.
 */
export function quotaFactor(channel: Channel, factor: number): number {
  switch (channel) {
    case 'sms':
    case 'voice':
      return factor === 0 ? 1 : factor < 4 ? 1 / 2 : 1 / 4
    case 'email_code':
      return factor < 4 ? 1 : 2 / 3
    case 'email_link':
    case 'push':
    case 'passkey':
      return 1
  }
}
