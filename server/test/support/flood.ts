import { connect, type Socket } from 'node:net'

export interface Flood {
  /** Answers so far, by status; `broken` counts connections that ended without one. */
  statuses: Map<string, number>
  /** Requests that should have been sent and were not answered yet. */
  open: number
  sent: number
}

/**
 * Starts recoveries at a constant rate, whatever comes back: an open loop, as a flood is. Each from a network of its
 * own, and for somebody who is not there. Bare sockets, because a client library costs as much as the server.
 */
export async function floodStarts(
  { port, perSecond, seconds }: { port: number; perSecond: number; seconds: number },
  watch: (flood: Flood) => void = () => {},
): Promise<Flood> {
  const flood: Flood = { statuses: new Map(), open: 0, sent: 0 }
  const idle: Line[] = []
  const all: Line[] = []
  const told = (status: string) => {
    flood.statuses.set(status, (flood.statuses.get(status) ?? 0) + 1)
    flood.open -= 1
  }
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1_000
  while (elapsed() < seconds) {
    const due = Math.floor(elapsed() * perSecond) - flood.sent
    for (let one = 0; one < due; one += 1) {
      const line = idle.pop() ?? newLine(port, { told, free: (free) => idle.push(free), all })
      flood.sent += 1
      flood.open += 1
      line.send(requestNumber(flood.sent, port))
    }
    watch(flood)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const deadline = performance.now() + 60_000
  while (flood.open > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const { socket } of all) socket.destroy()
  return flood
}

interface Line {
  socket: Socket
  send(request: string): void
}

/** One connection: one request at a time. It is given back with its answer, and dropped when it breaks. */
function newLine(
  port: number,
  { told, free, all }: { told(status: string): void; free(line: Line): void; all: Line[] },
): Line {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let pending = ''
  let waits = false
  const line: Line = {
    socket,
    send(request) {
      waits = true
      socket.write(request)
    },
  }
  all.push(line)
  socket.setEncoding('latin1')
  socket.on('error', () => undefined)
  socket.on('close', () => {
    if (waits) told('broken')
  })
  socket.on('data', (text: string) => {
    pending += text
    const head = pending.indexOf('\r\n\r\n')
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(pending)?.[1] ?? Number.NaN)
    if (head === -1 || !(pending.length >= head + 4 + length)) return
    waits = false
    told(pending.slice(9, 12))
    pending = ''
    free(line)
  })
  return line
}

function requestNumber(number: number, port: number): string {
  const body = JSON.stringify({ identifier: `stranger-${number}@example.test` })
  const from = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
  return [
    'POST /v1/recoveries HTTP/1.1',
    `host: localhost:${port}`,
    `x-forwarded-for: ${from}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
