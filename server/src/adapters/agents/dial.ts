import { WebSocket } from 'ws'
import type { Channel } from '../../core/agents/ports.ts'
import { makeInbox } from '../../kernel/inbox.ts'

export interface DialTo {
  /** `wss://host[:port]/agent`. */
  url: string
  /** PEM of the authorities that may sign the server's certificate; null for those of Node.js. */
  ca: string | null
  messageBytesMax: number
}

const protocol = 'rekey-agent.1'
const connectMs = 15_000
/** Characters that wait while a message is being read: of whoever answers, and of a server that is trusted. */
const waitingMax = { stranger: 65_536, server: 8 * 1_048_576 }

/** On their way to a server. One that reads nothing and asks on would fill the agent's memory. */
const unreadBytesMax = 32 * 1_048_576

/** Opens a WebSocket over TLS; its certificate has to be good. Rejects with what went wrong, which names no secret. */
export function dial({ url, ca, messageBytesMax }: DialTo, signal: AbortSignal): Promise<Channel> {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>()
  const socket = new WebSocket(url, protocol, {
    ...(ca === null ? {} : { ca }),
    minVersion: 'TLSv1.2',
    handshakeTimeout: connectMs,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    followRedirects: false,
  })
  const inbox = makeInbox(waitingMax.stranger)
  const stop = () => socket.terminate()
  signal.addEventListener('abort', stop, { once: true })
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary || !inbox.push(data.toString('utf8'))) socket.terminate()
  })
  socket.on('error', (error) => {
    inbox.end()
    reject(inOurWords(error))
  })
  socket.on('close', () => {
    signal.removeEventListener('abort', stop)
    inbox.end()
    reject(new Error('the connection was closed'))
  })
  socket.on('open', () =>
    resolve({
      send(text) {
        if (socket.readyState !== socket.OPEN) return false
        if (socket.bufferedAmount > unreadBytesMax) {
          socket.terminate()
          return false
        }
        socket.send(text)
        return true
      },
      widen: () => inbox.widen(waitingMax.server),
      next: (waiting) => inbox.next(waiting),
      close() {
        inbox.end()
        socket.terminate()
      },
    }),
  )
  if (signal.aborted) stop()
  return promise
}

/** Node speaks of its own command line where it knows no authority; here it is a setting. */
function inOurWords(error: Error): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (!/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/.test(code)) return error
  const words = `the certificate is not trusted: set \`caFile\` to the authority that signed it (${code})`
  return new Error(words, { cause: error })
}
