import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The body as JSON; undefined when it is none. */
  json: unknown
  /** Name and value of every cookie that is set; a cookie that is taken away has an empty value. */
  cookies: Readonly<Record<string, string>>
}

export interface RawRequest {
  method?: string
  headers?: Readonly<Record<string, string | readonly string[]>>
  body?: string | Buffer
  /** Sends the body without saying how long it is. */
  chunked?: boolean
}

/** One HTTP request that says exactly what it is told to say, `Host` and broken bytes included. */
export async function ask(url: string, asked: RawRequest = {}): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, chunked = false } = asked
  const { hostname, port } = new URL(url)
  const path = /^https?:\/\/[^/]+(.*)$/.exec(url)?.[1] ?? '/'
  const given = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [...value],
  ])
  const sized = body !== undefined && !chunked ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  const sent = request({
    host: hostname === 'localhost' ? '127.0.0.1' : hostname,
    port,
    path: path === '' ? '/' : path,
    method,
    headers: { ...sized, ...(Object.fromEntries(given) as Record<string, string | string[]>) },
    agent: false,
  })
  const answered = new Promise<RawAnswer>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      // A server that has refused a long body may hang up while it is still being sent.
      response.on('error', () => resolve(answerOf(response.statusCode ?? 0, response.headers, chunks)))
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, chunks)))
    })
  })
  if (body === undefined) sent.end()
  else await sendBody(sent, Buffer.from(body), answered)
  return answered
}

/** In slices, until it is answered: a server need not read ten megabytes before it says no. */
async function sendBody(
  sent: ReturnType<typeof request>,
  body: Buffer,
  answered: Promise<unknown>,
): Promise<void> {
  const progress = { answered: false }
  const stop = () => (progress.answered = true)
  answered.then(stop, stop)
  for (let at = 0; at < body.length && !progress.answered && !sent.destroyed; at += 65_536) {
    if (!sent.write(body.subarray(at, at + 65_536))) {
      await Promise.race([once(sent, 'drain'), answered]).catch(() => undefined)
    }
  }
  if (!sent.destroyed) sent.end()
}

function answerOf(status: number, headers: IncomingHttpHeaders, chunks: readonly Buffer[]): RawAnswer {
  const text = Buffer.concat(chunks).toString('utf8')
  const cookies = (headers['set-cookie'] ?? []).map((line) => {
    const [pair = ''] = line.split(';')
    const equals = pair.indexOf('=')
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const
  })
  return { status, headers, text, json: jsonOf(text), cookies: Object.fromEntries(cookies) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Bytes as they are, to a fresh connection; what comes back until the server hangs up or `patienceMs` are over. */
export async function speak(url: string, bytes: string | Buffer, patienceMs = 3_000): Promise<string> {
  const { port } = new URL(url)
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  let heard = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(bytes)
  const timer = setTimeout(() => socket.destroy(), patienceMs)
  await closed
  clearTimeout(timer)
  return heard
}
