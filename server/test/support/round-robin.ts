import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RoundRobin extends AsyncDisposable {
  /** `http://localhost:<port>`. */
  url: string
  /** Ports on this machine; each request goes to the next one. */
  targets: readonly number[]
  /** How many requests each target got. */
  counts: ReadonlyMap<number, number>
}

/**
 * A reverse proxy as an operator has it before several nodes: it keeps the Host, says for whom it asks in
 * X-Forwarded-For, and remembers nobody (no sticky sessions).
 */
export async function startRoundRobin(): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true })
  const counts = new Map<number, number>()
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const port = proxy.targets[turn % proxy.targets.length] ?? 0
    turn += 1
    counts.set(port, (counts.get(port) ?? 0) + 1)
    const { method = 'GET', url: path = '/', headers, socket } = incoming
    const said = headers['x-forwarded-for']
    const peer = socket.remoteAddress ?? ''
    const forwarded = { 'x-forwarded-for': said === undefined ? peer : `${String(said)}, ${peer}` }
    const passed = request(
      { host: '127.0.0.1', port, method, path, agent, headers: { ...headers, ...forwarded } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(outgoing)
      },
    )
    passed.on('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502)
      outgoing.end()
    })
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: RoundRobin = {
    url: `http://localhost:${String((server.address() as AddressInfo).port)}`,
    targets: [],
    counts,
    async [Symbol.asyncDispose]() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
