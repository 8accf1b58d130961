import type { Provider } from '../../core/messages/ports.ts'
import { type Tracing, traced } from '../../kernel/tracing.ts'

/** A provider whose sends are seen in traces: which one, and how it went. */
export const tracedProvider = <Message>(
  provider: Provider<Message>,
  { tracing, what }: { tracing: Tracing; what: 'mail' | 'text' },
): Provider<Message> => ({
  ...provider,
  send: (message, signal) =>
    traced(
      tracing.begin({ name: `${what} send`, kind: 'client', facts: { 'rekey.provider': provider.name } }),
      () => provider.send(message, signal),
      (delivery) => ({ 'rekey.outcome': delivery.ok ? 'sent' : delivery.because }),
    ),
})
