import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** Takes every mail and keeps none, as cheaply as SMTP allows; says so `holdMs` after it has one. */
export async function startMailSink({
  holdMs,
}: {
  holdMs: number
}): Promise<AsyncDisposable & { port: number }> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onData(stream, _, callback) {
      stream.resume()
      stream.on('end', () => setTimeout(callback, holdMs))
    },
  })
  // A client that is killed in the middle of a mail is nothing to report.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
