import type { Socket } from 'node:net'
import { Client, ResultCodeError } from 'ldapts'

/**
 * The connection went away, or the deadline passed, before an answer came. `sent` tells whether the server may
 * have read the request.
 */
export class ConnectionLost extends Error {
  readonly sent: boolean

  constructor(options: { sent: boolean; cause?: unknown }) {
    super('connection lost', { cause: options.cause })
    this.name = 'ConnectionLost'
    this.sent = options.sent
  }
}

/** A server that goes on and on would take all memory; a page of 500 entries has a tenth of this. */
const answerBytesMax = 32 * 1024 * 1024

/** What came for one operation is longer than anything that could be meant. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong'
  constructor() {
    super(`an answer is longer than ${answerBytesMax} bytes`)
  }
}

export interface LdapConnection {
  /** `host:port`, for operators. */
  readonly server: string
  isAlive(): boolean
  /**
   * One operation. Throws what the server answered as ldapts' `ResultCodeError`, and `ConnectionLost` for
   * everything else; after the latter, and after the signal fired, the connection is dead.
   */
  ask<T>(signal: AbortSignal, operation: (client: Client) => Promise<T>): Promise<T>
  close(): void
}

/**
 * LDAP over a socket that is connected and secured already. One connection is one socket for life: ldapts would
 * otherwise reconnect by itself, without the bind and, after StartTLS, without TLS.
 */
export function ldapOver(socket: Socket, server: string): LdapConnection {
  let received = 0
  let tooLong: AnswerTooLong | null = null
  const weigh = (bytes: Buffer) => {
    received += bytes.length
    if (received <= answerBytesMax || tooLong !== null) return
    tooLong = new AnswerTooLong()
    socket.destroy(tooLong)
  }
  const createConnection = makeHandOver(socket, weigh)
  const client = new Client({ url: 'ldap://connected.invalid', createConnection })
  let closing = false
  const isAlive = () => !closing && !socket.destroyed && socket.readyState === 'open'
  return {
    server,
    isAlive,
    async ask(signal, operation) {
      if (signal.aborted || !isAlive()) throw new ConnectionLost({ sent: false, cause: signal.reason })
      const writtenBefore = socket.bytesWritten
      received = 0
      const cutOff = () => void socket.destroy()
      signal.addEventListener('abort', cutOff, { once: true })
      try {
        return await operation(client)
      } catch (error) {
        if (error instanceof ResultCodeError) throw error
        socket.destroy()
        throw new ConnectionLost({ sent: socket.bytesWritten !== writtenBefore, cause: tooLong ?? error })
      } finally {
        signal.removeEventListener('abort', cutOff)
      }
    },
    close() {
      closing = true
      // The unbind is a courtesy; a server that does not read it must not keep the socket open.
      client.unbind().catch(() => {})
      setTimeout(() => socket.destroy(), 500).unref()
    },
  }
}

function makeHandOver(socket: Socket, weigh: (bytes: Buffer) => void): () => Socket {
  let handedOver = false
  return () => {
    if (handedOver || socket.destroyed || socket.readyState !== 'open')
      throw new Error('connection is closed')
    handedOver = true
    // The client takes it in this very moment: nothing is read before.
    socket.on('data', weigh)
    return socket
  }
}
