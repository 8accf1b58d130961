import { connect, type Socket } from 'node:net'

/**
 * Makes load in a process of its own and says as JSON what came back. Bare sockets and requests that are built
 * before the clock runs: a client library costs as much as a small server, and would be what is measured.
 */
interface Order {
  port: number
  path: string
  /** JSON bodies, taken in turn; a GET without. */
  bodies: readonly string[]
  connections: number
  seconds: number
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const statuses = new Map<string, number>()
const latencies: number[] = []
const pool = order.bodies.length === 0 ? [''] : order.bodies
let sent = 0

/** Each request from a network of its own, as a proxy in front would say. */
function request(): string {
  const body = pool[sent % pool.length] ?? ''
  sent += 1
  const from = `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
  const head = `host: localhost:${order.port}\r\nx-forwarded-for: ${from}\r\naccept-language: en\r\n`
  if (body === '') return `GET ${order.path} HTTP/1.1\r\n${head}\r\n`
  return `POST ${order.path} HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const began = performance.now()
const ends = began + order.seconds * 1_000
const cpu = process.cpuUsage()
await Promise.all(Array.from({ length: order.connections }, drive))
const took = (performance.now() - began) / 1_000
const { user, system } = process.cpuUsage(cpu)
latencies.sort((a, b) => a - b)
const share = (part: number) => latencies[Math.floor(latencies.length * part)] ?? 0
process.stdout.write(
  JSON.stringify({
    seconds: took,
    answered: latencies.length,
    statuses: Object.fromEntries(statuses),
    p50: share(0.5),
    p99: share(0.99),
    cpuSeconds: (user + system) / 1e6,
  }),
)

/** One connection, one request at a time. */
async function drive(): Promise<void> {
  const socket: Socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  let at = 0
  let pending = ''
  const next = () => {
    if (performance.now() >= ends) {
      socket.end(() => {
        resolve(undefined)
      })
      return
    }
    at = performance.now()
    socket.write(request())
  }
  socket.setEncoding('latin1')
  socket.on('connect', next).on('error', reject)
  socket.on('data', (text: string) => {
    pending += text
    const head = pending.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = /\r\ncontent-length: (\d+)/i.exec(pending.slice(0, head + 2))?.[1]
    if (length === undefined) {
      reject(new Error(`an answer without a length: ${pending.slice(0, head)}`))
      return
    }
    if (pending.length < head + 4 + Number(length)) return
    const status = pending.slice(9, 12)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    latencies.push(performance.now() - at)
    pending = ''
    next()
  })
  await promise
}
