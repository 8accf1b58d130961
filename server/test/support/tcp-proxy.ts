import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

type Direction = 'to-server' | 'to-client'

/** What the wire between a program and a real server does from now on, to connections old and new. */
export interface TcpProxy extends AsyncDisposable {
  port: number
  /** Milliseconds that these bytes in a direction take. Their order is kept. */
  delay: (direction: Direction, bytes: Buffer) => number
  /** Bytes in these directions vanish; connections stay open, as behind a firewall that forgot them. */
  lost: ReadonlySet<Direction>
  /** Pieces that have come in from programs so far, counting the one for which `delay` is being asked. */
  arrived: number
  /** Settles when that many pieces have come in; the last of them has not been passed on yet. */
  arrival(count: number): Promise<void>
  /** Resets every connection (RST), whatever is on its way. */
  reset(): void
  /** New connections go to this port of this machine; null: to the server that the proxy was made for. */
  aim(port: number | null): void
}

/** A TCP proxy on a free loopback port, for a server on a port or a Unix socket. It sees bytes and not what they mean, so TLS passes through it untouched. */
export async function startTcpProxy(
  target: { port: number; host?: string } | { path: string },
): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let aim: number | null = null
  const expecting = new Set<{ count: number; tell(): void }>()
  const listener = createServer((client) => {
    const there = 'path' in target ? target : { host: '127.0.0.1', ...target }
    const server = connect(aim === null ? there : { host: '127.0.0.1', port: aim })
    carry(client, server, 'to-server')
    carry(server, client, 'to-client')
  })

  function carry(from: Socket, to: Socket, direction: Direction): void {
    let queue: Promise<unknown> = Promise.resolve()
    sockets.add(from)
    from.setNoDelay(true)
    from.on('error', () => undefined)
    from.on('data', (chunk: Buffer) => {
      if (direction === 'to-server') proxy.arrived += 1
      const wait = proxy.delay(direction, chunk)
      for (const { count, tell } of expecting) if (proxy.arrived >= count) tell()
      queue = queue
        .then(() => (wait > 0 ? sleep(wait) : undefined))
        .then(() => {
          if (!to.destroyed && !proxy.lost.has(direction)) to.write(chunk)
        })
    })
    from.on('close', () => {
      sockets.delete(from)
      void queue.then(() => to.destroy())
    })
  }

  const proxy: TcpProxy = {
    port: 0,
    delay: () => 0,
    lost: new Set(),
    arrived: 0,
    arrival: (count) =>
      new Promise((tell) => {
        expecting.add({ count, tell })
      }),
    reset() {
      // A Unix socket knows no RST: its end is all there is.
      for (const socket of sockets) {
        if (socket.remoteFamily === undefined) socket.destroy()
        else socket.resetAndDestroy()
      }
    },
    aim: (port) => void (aim = port),
    async [Symbol.asyncDispose]() {
      const closed = once(listener, 'close')
      listener.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  proxy.port = (listener.address() as { port: number }).port
  return proxy
}
