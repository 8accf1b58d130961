import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { Bounce } from '../../../core/messages/bounces.ts'
import type { MessageRef } from '../../../core/messages/delivery.ts'
import { networkKey, normalizeAddress } from '../../../kernel/client-network.ts'
import { Fault } from '../../../kernel/fault.ts'
import { readBounce } from './read-bounce.ts'

export interface BounceListenerOptions {
  host: string
  /** 0 lets the system choose. */
  port: number
  /** The message that a mailbox is for; null for a mailbox that is not ours. */
  read(mailbox: string): MessageRef | null
  record(ref: MessageRef, bounce: Bounce): Promise<unknown>
  /** How long a connection may last in all. */
  connectionMsMax?: number
  /** A bounce that was taken and tells nothing, or one that could not be recorded. */
  warn(message: string, error?: unknown): void
}

export interface BounceListener extends AsyncDisposable {
  port: number
}

/** A notification with the headers of the mail it answers has a few kilobytes. */
const bounceBytesMax = 256 * 1024
const clientsMax = 20
/** From one network. A mail server that passes bounces on needs few at a time. */
const clientsMaxEach = 5
const idleMs = 30_000
const connectionMsMax = 60_000

/**
 * Takes bounces over SMTP. Whoever reaches the port can talk to it, so it takes as little as it can: only mail with the
 * null sender that every notification has (RFC 5321 section 4.5.5), only to return paths with a right mac, one recipient
 * each, of a bounded size, over few connections, fewer of one network, that end after a minute. Nothing is relayed, kept or answered. A notification that can't be read is taken as well:
 * to refuse it would only make its server write about it.
 */
export async function listenForBounces(options: BounceListenerOptions): Promise<BounceListener> {
  const server = new SMTPServer({
    banner: 'bounces only',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    authOptional: true,
    size: bounceBytesMax,
    maxClients: clientsMax,
    socketTimeout: idleMs,
    closeTimeout: 500,
    logger: false,
    onMailFrom: ({ address }, _, callback) =>
      callback(address === '' ? null : refusal(550, '5.7.1 only delivery status notifications')),
    onRcptTo: ({ address }, session, callback) => {
      if (session.envelope.rcptTo.length > 0) callback(refusal(452, '4.5.3 one recipient at a time'))
      else callback(options.read(address) === null ? refusal(550, '5.1.1 no such mailbox') : null)
    },
    onData: (stream, session, callback) => {
      const ref = options.read(session.envelope.rcptTo[0]?.address ?? '')
      void take(stream, ref, options).then(callback, callback)
    },
  })
  limitConnections(server.server, options.connectionMsMax ?? connectionMsMax)
  // Clients that hang up, time out or speak no SMTP end here; there is nothing to do about them.
  server.on('error', () => undefined)
  const listening = server.listen(options.port, options.host)
  try {
    await once(listening, 'listening')
  } catch (cause) {
    const where = `${options.host} port ${String(options.port)}`
    throw new Fault('config-invalid', { cause, detail: `mail.bounces can't listen on ${where}` })
  }
  return {
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/**
 * The idle timeout alone would let a client keep its place with a byte now and then. Its clock is stopped by nothing.
 */
function limitConnections(server: Server, msMax: number): void {
  const open = new Map<string, number>()
  server.prependListener('connection', (socket: Socket) => {
    const address = normalizeAddress(socket.remoteAddress ?? '')
    // It is gone already.
    if (address === null) return
    const network = networkKey(address)
    const others = open.get(network) ?? 0
    if (others >= clientsMaxEach) {
      socket.write('421 4.7.0 too many connections from your network\r\n')
      socket.destroySoon()
      return
    }
    open.set(network, others + 1)
    const deadline = setTimeout(() => socket.destroy(), msMax)
    socket.once('close', () => {
      clearTimeout(deadline)
      const left = (open.get(network) ?? 1) - 1
      if (left === 0) open.delete(network)
      else open.set(network, left)
    })
  })
}

async function take(
  stream: SMTPServerDataStream,
  ref: MessageRef | null,
  { record, warn }: BounceListenerOptions,
): Promise<Error | null> {
  const mail = await readAll(stream)
  if (mail === null) return refusal(552, '5.3.4 too large for a notification')
  const bounce = ref === null ? null : await readBounce(mail)
  if (ref === null || bounce === null) {
    warn('a mail to a return path is no notification of a failure or a delay')
    return null
  }
  try {
    await record(ref, bounce)
    return null
  } catch (error) {
    warn('a bounce could not be recorded', error)
    return refusal(451, '4.3.0 try again later')
  }
}

/** Null when it is too large: the rest is read and dropped, because the client listens only after its last byte. */
async function readAll(stream: SMTPServerDataStream): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const read = chunk as Buffer
    bytes += read.length
    if (bytes <= bounceBytesMax) chunks.push(read)
  }
  return bytes > bounceBytesMax ? null : Buffer.concat(chunks)
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode })
