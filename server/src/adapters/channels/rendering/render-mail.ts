import { composeMail } from '../../../core/messages/mail.ts'
import type { MessageOrder, MessageSecrets, RenderedMail, TenantVoice } from '../../../core/messages/ports.ts'
import { renderHtml } from './html.tsx'
import { renderText } from './text.ts'

/** One mail, ready to be put into an envelope. The same order and secrets always give the same bytes. */
export function renderMail(order: MessageOrder, secrets: MessageSecrets, tenant: TenantVoice): RenderedMail {
  const document = composeMail(order, secrets, tenant)
  return {
    subject: document.subject,
    html: renderHtml(document, tenant.brandColor),
    text: renderText(document),
  }
}
