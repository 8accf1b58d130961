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
  const client = new Client({ url: 'ldap://connected.invalid', createConnection: makeHandOver(socket) })
  let closing = false
  const isAlive = () => !closing && !socket.destroyed && socket.readyState === 'open'
  return {
    server,
    isAlive,
    async ask(signal, operation) {
      if (signal.aborted || !isAlive()) throw new ConnectionLost({ sent: false, cause: signal.reason })
      const writtenBefore = socket.bytesWritten
      const cutOff = () => void socket.destroy()
      signal.addEventListener('abort', cutOff, { once: true })
      try {
        return await operation(client)
      } catch (error) {
        if (error instanceof ResultCodeError) throw error
        socket.destroy()
        throw new ConnectionLost({ sent: socket.bytesWritten !== writtenBefore, cause: error })
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

function makeHandOver(socket: Socket): () => Socket {
  let handedOver = false
  return () => {
    if (handedOver || socket.destroyed || socket.readyState !== 'open')
      throw new Error('connection is closed')
    handedOver = true
    return socket
  }
}
