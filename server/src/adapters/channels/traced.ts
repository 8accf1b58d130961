import type { MailProvider } from '../../core/messages/ports.ts'
import { type Tracing, traced } from '../../kernel/tracing.ts'

/** A provider whose sends are seen in traces: which one, and how it went. */
export const tracedProvider = (provider: MailProvider, tracing: Tracing): MailProvider => ({
  ...provider,
  send: (envelope, signal) =>
    traced(
      tracing.begin({ name: 'mail send', kind: 'client', facts: { 'rekey.provider': provider.name } }),
      () => provider.send(envelope, signal),
      (delivery) => ({ 'rekey.outcome': delivery.ok ? 'sent' : delivery.because }),
    ),
})
