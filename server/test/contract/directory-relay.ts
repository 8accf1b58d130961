import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'

/** What happens to the bytes of one connection once a request has been recognised. */
export type Mishap =
  /** The request never arrives, and nothing else does. */
  | 'request lost'
  /** The server does what it was asked; nobody hears. */
  | 'answer lost'
  /** The request arrives and the connection is reset at once. */
  | 'reset'
  /** None at all: for tests that only want to know when. */
  | 'noticed'

/** A TCP relay in front of a real server, for the faults that a real network has. */
export interface Relay extends AsyncDisposable {
  port: number
  /** The next chunk from a client that contains `pattern` meets with `mishap`; settles when it has. */
  onRequest(pattern: string, mishap: Mishap): Promise<void>
  /** Nobody listens any more and connections are gone. */
  cut(): Promise<void>
  /** Connections are accepted and stay open; nothing is passed on. */
  freeze(): void
  mend(): Promise<void>
  /** Both ways, these octets become others of the same length from now on. */
  rewrite(from: string, to: string): void
  /** What clients sent, as they sent it. */
  heard(): Buffer
  /** Connections accepted so far. */
  accepted(): number
}

/** What a relay needs to recognise requests under TLS, which then ends on either side of it. */
interface Between {
  key: Buffer
  cert: Buffer
  ca: Buffer
}

export async function startRelay(target: NetConnectOpts & { host?: string }, tls?: Between): Promise<Relay> {
  const sockets = new Set<Socket>()
  let frozen = false
  let accepted = 0
  const heard: Buffer[] = []
  const rewrites: (readonly [string, string])[] = []
  const rewritten = (chunk: Buffer): Buffer =>
    rewrites.reduce(
      (octets, [from, to]) => Buffer.from(octets.toString('latin1').replaceAll(from, to), 'latin1'),
      chunk,
    )
  let planned: { pattern: string; mishap: Mishap; happened(): void } | null = null

  const pass = (below: Socket) => {
    accepted += 1
    const client = tls === undefined ? below : new TLSSocket(below, { isServer: true, ...tls })
    const server = tls === undefined ? connect(target) : connectTls({ ...target, ca: tls.ca })
    let deaf = false
    let mute = false
    let isAtWork = false
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // A server that sees its client go may leave undone what it has only begun.
        if (!isAtWork || socket === server) other.destroy()
      })
    }
    client.on('data', (sent: Buffer) => {
      if (frozen || deaf) return
      heard.push(sent)
      const chunk = rewritten(sent)
      const plan = planned !== null && chunk.includes(planned.pattern) ? planned : null
      if (plan !== null) planned = null
      deaf = plan?.mishap === 'request lost'
      mute ||= plan?.mishap === 'answer lost'
      isAtWork ||= mute
      if (!deaf) server.write(chunk)
      if (plan?.mishap === 'reset') below.resetAndDestroy()
      plan?.happened()
    })
    server.on('data', (chunk: Buffer) => {
      isAtWork = false
      if (client.destroyed) server.destroy()
      else if (!frozen && !mute) client.write(rewritten(chunk))
    })
  }

  const listener = createServer(pass)
  const listen = async (port: number) => {
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
    return (listener.address() as { port: number }).port
  }
  const cut = async () => {
    const closed = listener.listening ? once(listener, 'close') : null
    listener.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  return {
    port,
    onRequest: (pattern, mishap) =>
      new Promise((happened) => {
        planned = { pattern, mishap, happened }
      }),
    cut,
    freeze: () => void (frozen = true),
    async mend() {
      frozen = false
      if (!listener.listening) await listen(port)
    },
    rewrite: (from, to) => void rewrites.push([from, to]),
    heard: () => Buffer.concat(heard),
    accepted: () => accepted,
    [Symbol.asyncDispose]: cut,
  }
}
