import type { Envelope, MailProvider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

/** Hands a checkpoint of the audit log to the mail providers, in their order. Throws when none takes it. */
export const checkpointMailer =
  (from: Envelope['from'], providers: readonly MailProvider[], outside: Pick<Outside, 'now'>) =>
  (to: string) =>
  async (mail: { subject: string; text: string }, signal: AbortSignal): Promise<void> => {
    const html = `<pre>${mail.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`
    const id = `checkpoint-${outside.now().getTime()}`
    for (const provider of providers) {
      const sent = await provider.send({ ...mail, html, id, to, from, locale: 'en' }, signal)
      if (sent.ok) return
    }
    throw new Error('no mail provider took the checkpoint')
  }
