import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { decoyMsMax, isDecoy } from '../../core/messages/decoy.ts'
import type { Delivery, MailProvider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

/** Real mails are tried again within this time; what none of them repeats, a failure or a slow answer, is over. */
const latestMsMax = 150_000

/**
 * Keeps decoys from a provider. A decoy is written as the provider would write it and thrown away; it takes as long as
 * the provider's latest mail took, up to two seconds, and ends as that one ended. It holds a place that mails to people
 * want, so it must not wait for as long as they do.
 */
export function withoutDecoys(
  provider: MailProvider,
  { now, wait = pause }: Pick<Outside, 'now'> & { wait?: typeof pause },
): MailProvider {
  const writer = createTransport({ streamTransport: true, buffer: true })
  const well = { delivery: { ok: true }, milliseconds: 0, at: 0 } as const
  let latest: { delivery: Delivery; milliseconds: number; at: number } = well
  const model = () => {
    if (now().getTime() - latest.at > latestMsMax) latest = well
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
        await wait(milliseconds, signal)
        return delivery
      }
      const began = now().getTime()
      const delivery = await provider.send(envelope, signal)
      const at = now().getTime()
      const milliseconds = Math.min(Math.max(0, at - began), decoyMsMax)
      // What is about one mailbox says nothing about the next one.
      if (delivery.ok || (!delivery.permanent && delivery.blames !== 'mailbox'))
        latest = { delivery, milliseconds, at }
      return delivery
    },
  }
}

/** Ends early when the signal fires. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)
