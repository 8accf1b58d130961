import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { isDecoy } from '../../core/messages/decoy.ts'
import type { Delivery, MailProvider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

/** A decoy waits no longer than this for a mail server that it does not ask. */
const waitMsMax = 30_000

/** Real mails are tried again within this time; a failure that none of them repeats is over. */
const failureMsMax = 150_000

/**
 * Keeps decoys from a provider. A decoy is written as the provider would write it and thrown away; it takes as long as
 * the provider's latest mail took and ends as that one ended, so that it is tried again while the mail server is down.
 */
export function withoutDecoys(provider: MailProvider, { now }: Pick<Outside, 'now'>): MailProvider {
  const writer = createTransport({ streamTransport: true, buffer: true })
  const well = { delivery: { ok: true }, milliseconds: 0, at: 0 } as const
  let latest: { delivery: Delivery; milliseconds: number; at: number } = well
  const model = () => {
    if (!latest.delivery.ok && now().getTime() - latest.at > failureMsMax) latest = well
    return latest
  }
  return {
    name: provider.name,
    check: provider.check,
    close: provider.close,
    async send(envelope, signal) {
      if (isDecoy(envelope)) {
        const { from, to, subject, text, html } = envelope
        // The library writes into the addresses it is given, and the configuration is frozen.
        await writer.sendMail({ from: { ...from }, to, subject, text, html })
        const { delivery, milliseconds } = model()
        await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
        return delivery
      }
      const began = now().getTime()
      const delivery = await provider.send(envelope, signal)
      // A mailbox that is refused for good says nothing about the next one.
      const at = now().getTime()
      const milliseconds = Math.min(Math.max(0, at - began), waitMsMax)
      if (delivery.ok || !delivery.permanent) latest = { delivery, milliseconds, at }
      return delivery
    },
  }
}
