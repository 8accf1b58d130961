import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { decoyMsMax, isDecoy } from '../../core/messages/decoy.ts'
import type { Delivery, Envelope, MailProvider, Provider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

/** Real messages are tried again within this time; what none of them repeats, a failure or a slow answer, is over. */
const latestMsMax = 150_000

type Waits = Pick<Outside, 'now'> & { wait?: typeof pause }

/**
 * Keeps decoys from a provider. A decoy is written as the provider would write it and thrown away; it takes as long as
 * the provider's latest message took, up to two seconds, and ends as that one ended. It holds a place that messages to people
 * want, so it must not wait for as long as they do.
 */
export function withoutDecoys<Message extends { to: string }>(
  provider: Provider<Message>,
  { now, wait = pause, write }: Waits & { write(decoy: Message): Promise<unknown> },
): Provider<Message> {
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
    async send(message, signal) {
      if (isDecoy(message)) {
        await write(message)
        const { delivery, milliseconds } = model()
        await wait(milliseconds, signal)
        return delivery
      }
      const began = now().getTime()
      const delivery = await provider.send(message, signal)
      const at = now().getTime()
      const milliseconds = Math.min(Math.max(0, at - began), decoyMsMax)
      // What is about one mailbox says nothing about the next one.
      if (delivery.ok || (!delivery.permanent && delivery.blames !== 'mailbox'))
        latest = { delivery, milliseconds, at }
      return delivery
    },
  }
}

export function mailWithoutDecoys(provider: MailProvider, waits: Waits): MailProvider {
  const writer = createTransport({ streamTransport: true, buffer: true })
  return withoutDecoys<Envelope>(provider, {
    ...waits,
    // The library writes into the addresses it is given, and the configuration is frozen.
    write: ({ from, to, subject, text, html }) =>
      writer.sendMail({ from: { ...from }, to, subject, text, html }),
  })
}

/** Ends early when the signal fires. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)
