import {
  Agent as ClearAgent,
  type ClientRequest,
  request as clearRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { Fault } from '../../../kernel/fault.ts'
import { networkProblem, tlsProblem } from '../ldap-wire/words.ts'
import type { Target } from './target.ts'

export interface Asked {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** After the path of the target, with its query; encoded. */
  path: string
  headers: Readonly<Record<string, string>>
  body?: string
  /**
   * A question may be asked again. A proof counts at the server, and so is sent once. Of a write nobody knows what has
   * become of it when no answer comes.
   */
  as: 'question' | 'proof' | 'write'
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** Null where it was not waited for, or did not come, and the status of a write says enough. */
  body: Buffer | null
}

/**
 * One request and its answer over HTTP. A redirect is an answer like any other: it can't send us elsewhere (ASVS
 * 15.3.2). Throws `directory-unreachable` when nothing was sent or nothing was to be written,
 * `directory-outcome-unknown` for a write without an answer, `directory-misconfigured` for a server that is not
 * trusted, and `directory-answer-unusable` for an answer that is too long or no HTTP.
 */
export interface Exchange {
  readonly target: Target
  ask(asked: Asked, signal: AbortSignal): Promise<Answer>
  close(): void
}

export interface ExchangeLimits {
  connections: number
  connectSeconds: number
  readSeconds: number
  idleSeconds: number
}

/** Many times what a page of people needs. */
const answerBytesMax = 8 * 1024 * 1024

export function makeExchange(target: Target, limits: ExchangeLimits): Exchange {
  const kept = { keepAlive: true, maxSockets: limits.connections, timeout: limits.idleSeconds * 1_000 }
  const agent = target.tls === null ? new ClearAgent(kept) : new TlsAgent(kept)

  /** Those that were kept, whether from a request before or by one that waited for its end. */
  const connected = new WeakSet<Socket>()

  const once = (asked: Asked, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { as, body, ...line } = asked
      // A write is waited for as long as the caller has time: to give up sooner leaves more people without an answer.
      const until =
        as === 'write' ? signal : AbortSignal.any([signal, AbortSignal.timeout(limits.readSeconds * 1_000)])
      let isSent = false
      let isReused = false
      let tooSlow: NodeJS.Timeout | undefined
      const request = open(target, {
        ...line,
        path: `${target.path}${line.path}`,
        // One that was kept may be closed by the server at this very moment; nobody would know whether it had heard.
        agent: as === 'question' ? agent : false,
        signal: until,
      })
      const fail = (cause: unknown) => {
        clearTimeout(tooSlow)
        reject(faultOf(cause, { target, as, isSent, isReused }))
      }
      // Nothing is sent before: headers wait for the first octet of the body, or for the end.
      const send = () => {
        clearTimeout(tooSlow)
        if (until.aborted) return
        isSent = true
        request.end(body)
      }
      request.once('socket', (socket) => {
        isReused = connected.has(socket)
        if (isReused) {
          send()
          return
        }
        tooSlow = setTimeout(() => request.destroy(new NotConnected()), limits.connectSeconds * 1_000)
        socket.once(target.tls === null ? 'connect' : 'secureConnect', () => {
          connected.add(socket)
          send()
        })
      })
      request.on('error', fail)
      request.on('response', (response) => {
        const { statusCode: status = 0, headers } = response
        // It is done, whatever the rest says and whether it comes.
        if (as === 'write' && isDone(status)) {
          resolve({ status, headers, body: null })
          request.destroy()
          return
        }
        const withoutBody = () => resolve({ status, headers, body: null })
        readBody(response).then(
          (read) => resolve({ status, headers, body: read }),
          as === 'write' ? withoutBody : fail,
        )
      })
    })

  return {
    target,
    async ask(asked, signal) {
      if (signal.aborted) throw unreachable(target, 'the deadline has passed')
      try {
        return await once(asked, signal)
      } catch (error) {
        if (error instanceof Fault && error.cause instanceof KeptTooLong) return once(asked, signal)
        throw error
      }
    },
    close: () => agent.destroy(),
  }
}

export const isDone = (status: number): boolean => status >= 200 && status < 300

function open({ host, port, tls }: Target, options: RequestOptions): ClientRequest {
  if (tls === null) return clearRequest({ ...options, host, port })
  const { serverName, authorities } = tls
  const isName = isIP(serverName) === 0
  return tlsRequest({
    ...options,
    ...{ host, port },
    // Addresses are not sent as names (RFC 6066, section 3).
    servername: isName ? serverName : '',
    // Node compares with the name that is sent, or with the host. It keeps no connection that is compared by ourselves.
    ...(isName || serverName === host
      ? {}
      : { checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate) }),
    ...(authorities === null ? {} : { ca: authorities }),
  })
}

const readBody = (response: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > answerBytesMax) response.destroy(new TooLong())
      else chunks.push(chunk)
    })
    response.on('end', () => resolve(Buffer.concat(chunks)))
    response.on('error', reject)
  })

class TooLong extends Error {}
class NotConnected extends Error {}
/** The connection had been kept, and was closed before an answer came: what only asks is asked again. */
class KeptTooLong extends Error {}

const unreachable = ({ endpoint }: Target, words: string, cause?: unknown) =>
  new Fault('directory-unreachable', { cause, detail: `${endpoint}: ${words}` })

/** What a server sent is left out: it may repeat what it was sent. */
function faultOf(
  cause: unknown,
  at: { target: Target; as: Asked['as']; isSent: boolean; isReused: boolean },
): Fault {
  const { target, as, isSent, isReused } = at
  const { endpoint, tls } = target
  const isWrite = as === 'write' && isSent
  const network = networkProblem(cause)
  if (isWrite) {
    const detail = `${endpoint}: no answer to a write${network === null ? '' : `: ${network}`}`
    return new Fault('directory-outcome-unknown', { cause: network === null ? undefined : cause, detail })
  }
  if (cause instanceof NotConnected) return unreachable(target, 'no connection in time')
  if (network !== null) {
    const again = isReused && as === 'question' && isHungUp(cause)
    return unreachable(target, network, again ? new KeptTooLong() : cause)
  }
  if (cause instanceof TooLong) {
    const detail = `${endpoint}: an answer is longer than ${answerBytesMax} bytes`
    return new Fault('directory-answer-unusable', { detail })
  }
  if (isSent) return new Fault('directory-answer-unusable', { detail: `${endpoint}: the answer is no HTTP` })
  const detail = `${endpoint}: ${tls === null ? 'no connection came about' : tlsProblem(cause, tls.serverName)}`
  return new Fault(tls === null ? 'directory-unreachable' : 'directory-misconfigured', { cause, detail })
}

const isHungUp = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
