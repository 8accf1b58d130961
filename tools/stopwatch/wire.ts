import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One request as bytes; the address and the flow's secret are in them. */
export interface WireRequest {
  method: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

export interface WireAnswer {
  status: number
  head: string
  body: string
  /** From before the request was handed to the socket until the last byte of the answer, in nanoseconds. */
  nanoseconds: number
}

export interface Wire extends Disposable {
  ask(request: WireRequest): Promise<WireAnswer>
}

/**
 * One connection that is kept open and carries one request at a time, written at once and read as bytes: as little as
 * possible stands between the clock and the server.
 */
export async function openWire(port: number, host: string): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return {
    ask: (request) => askOn(socket, bytesOf(request, host)),
    [Symbol.dispose]: () => socket.destroy(),
  }
}

function bytesOf({ method, path, headers = {}, body }: WireRequest, host: string): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

function askOn(socket: Socket, bytes: Buffer): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let expected = Number.POSITIVE_INFINITY
    let came = 0
    const end = () => {
      socket.off('data', hear)
      socket.off('close', broken)
    }
    const broken = () => {
      end()
      reject(new Error('the connection was closed before the answer was complete'))
    }
    const hear = (chunk: Buffer) => {
      chunks.push(chunk)
      came += chunk.length
      if (expected === Number.POSITIVE_INFINITY) expected = lengthOf(Buffer.concat(chunks))
      if (came < expected) return
      const nanoseconds = Number(process.hrtime.bigint() - began)
      end()
      resolve({ ...answerOf(Buffer.concat(chunks)), nanoseconds })
    }
    socket.on('data', hear)
    socket.on('close', broken)
    const began = process.hrtime.bigint()
    socket.write(bytes)
  })
}

/** Bytes of the whole answer, once its head is complete. Every answer of the service says how long it is. */
function lengthOf(so: Buffer): number {
  const head = so.indexOf('\r\n\r\n')
  if (head === -1) return Number.POSITIVE_INFINITY
  const text = so.subarray(0, head).toString('latin1')
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(text) ?? []
  if (length === undefined && !/^HTTP\/1\.1 (204|304)/.test(text)) throw new Error(`no length: ${text}`)
  return head + 4 + Number(length ?? 0)
}

function answerOf(bytes: Buffer): Pick<WireAnswer, 'status' | 'head' | 'body'> {
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.subarray(0, end).toString('latin1')
  return { status: Number(head.slice(9, 12)), head, body: bytes.subarray(end + 4).toString('utf8') }
}
