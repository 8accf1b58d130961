import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Channel } from '../../core/agents/ports.ts'
import { makeInbox } from '../../kernel/inbox.ts'

/** Where agents dial in. */
export const agentPath = '/agent'
/** Said by both sides, so that an old agent and a new server do not take each other for what they are not. */
export const agentProtocol = 'rekey-agent.1'

export interface AgentEndpoint {
  /** Serves one agent, until it ends. Never throws. */
  serve(channel: Channel): Promise<void>
  messageBytesMax: number
}

/** Characters that wait while a message is being read: of strangers, and of agents that are known. */
const waitingMax = { stranger: 65_536, agent: 8 * 1_048_576 }

/** On their way to an agent that does not read. */
const unreadBytesMax = 32 * 1_048_576

/**
 * Takes WebSockets (RFC 6455) of agents at a listener; everything else that asks for an upgrade is refused. Browsers say
 * where a page came from and agents do not, so whoever says it is none. Who an agent is, it proves in what it says.
 */
export function acceptAgents(server: Server, { serve, messageBytesMax }: AgentEndpoint): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    // What is compressed together tells of each other by its length.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(agentProtocol) ? agentProtocol : false),
  })
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const why = whyNot(request)
    if (why === null) sockets.handleUpgrade(request, socket, head, (open) => void serve(channelOf(open)))
    else refuse(socket, why)
  }
  server.on('upgrade', upgrade)
  return {
    close() {
      server.off('upgrade', upgrade)
      for (const open of sockets.clients) open.terminate()
      sockets.close()
    },
  }
}

function whyNot({ url, headers }: IncomingMessage): string | null {
  if (url !== agentPath) return '404 Not Found'
  if (headers.origin !== undefined) return '403 Forbidden'
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return offered.includes(agentProtocol) ? null : '400 Bad Request'
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function channelOf(open: WebSocket): Channel {
  const inbox = makeInbox(waitingMax.stranger)
  open.on('message', (data: Buffer, isBinary) => {
    if (isBinary || !inbox.push(data.toString('utf8'))) open.terminate()
  })
  open.on('close', () => inbox.end())
  // What went wrong ends the connection, which is all there is to do about it.
  open.on('error', () => inbox.end())
  return {
    send(text) {
      if (open.readyState !== open.OPEN) return false
      if (open.bufferedAmount > unreadBytesMax) {
        open.terminate()
        return false
      }
      open.send(text)
      return true
    },
    widen: () => inbox.widen(waitingMax.agent),
    next: (signal) => inbox.next(signal),
    close() {
      inbox.end()
      open.terminate()
    },
  }
}
