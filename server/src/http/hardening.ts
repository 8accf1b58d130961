import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { base32 } from '../kernel/ids.ts'
import type { Outside } from '../kernel/outside.ts'
import { sendProblem } from './problems.ts'

export interface Hardening {
  /** Whether people reach this listener by HTTPS only; then browsers are told to insist on it. */
  https: boolean
}

const policy = {
  'default-src': "'none'",
  'style-src': "'self'",
  'script-src': "'self'",
  'img-src': "'self' data:",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
} as const

/** The content security policy of all answers; a route may add directives for itself and replace some. */
export const contentPolicy = (own: Readonly<Record<string, string>> = {}): string =>
  policyText({ ...policy, ...own })

/** A policy from nothing: for a route whose answer may do less than a page of ours. */
export const policyText = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trimEnd())
    .join('; ')

/** Nothing of ours but the portal's pages, which have a policy of their own, asks for any of these. */
const switchedOff = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

/** Two years, the least that browsers' preload lists take. */
const hstsSeconds = 63_072_000

/**
 * What every answer carries (ASVS 5.0, 3.4): errors and unknown addresses too, because a page that reflects
 * something is as often an error page as any other.
 */
export const securityHeaders = ({ https }: Hardening): Readonly<Record<string, string>> => ({
  'content-security-policy': contentPolicy(),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': switchedOff.map((feature) => `${feature}=()`).join(', '),
  // Kiosks have a back button and proxies have disks; what may be kept says so itself.
  'cache-control': 'no-store',
  ...(https && { 'strict-transport-security': `max-age=${hstsSeconds}; includeSubDomains` }),
})

/**
 * Puts the security headers and the request id on everything that `app` answers. They stand before a route runs,
 * so that a route can replace one for itself, and so that no failure on the way loses them.
 */
export function hardened(app: FastifyInstance, hardening: Hardening): void {
  const headers = securityHeaders(hardening)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...headers, 'x-request-id': request.id })
    done()
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A route that allows caching means its content, not the error it ended in.
    if (reply.statusCode >= 400) void reply.header('cache-control', 'no-store')
    // What we run on helps nobody but those who look for its holes.
    reply.removeHeader('server').removeHeader('x-powered-by')
    done()
  })
}

/**
 * Options for `Fastify(…)` that hooks can't do: ids that no client chooses, and the same headers on what is
 * answered before there is a route (addresses that can't be decoded, bytes that are no HTTP). Node itself answers
 * a missing Host header and an unknown Expect, with a status and nothing else. `app` must have `problemBase`.
 */
export function hardenedOptions(options: Hardening & Pick<Outside, 'randomBytes'>) {
  const headers = securityHeaders(options)
  const newRequestId = () => base32(options.randomBytes(10))
  return {
    genReqId: newRequestId,
    requestIdHeader: false as const,
    // Fastify's own answer during a shutdown is bare; what is asked before the sockets close is still answered.
    return503OnClosing: false,
    frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
      void reply.headers({ ...headers, 'x-request-id': request.id })
      sendProblem(reply, error.statusCode === 400 ? 'request-invalid' : 'not-found')
    },
    clientErrorHandler(error: ConnectionError, socket: Socket): void {
      if (error.code !== 'ECONNRESET' && socket.writable) {
        socket.write(bareAnswer(error.code, { ...headers, 'x-request-id': newRequestId() }))
      }
      socket.destroy()
    },
  }
}

const bareStatus: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
}

/** An answer to what could not be parsed, so nothing of the request is in it. */
function bareAnswer(code: string, headers: Readonly<Record<string, string>>): string {
  const [status, title] = bareStatus[code] ?? [400, 'Bad Request']
  const body = JSON.stringify({ type: 'about:blank', title, status })
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`
}

/**
 * Refuses every request that does not name one of `hostNames` (as in the Host header, without a port; IPv6 in
 * brackets). Against DNS rebinding: a stranger's page whose name suddenly points at this machine still sends that
 * name. Ports are not compared, because cookies ignore them as well. Forwarding headers are never looked at.
 */
export function onlyHosts(app: FastifyInstance, hostNames: readonly string[]): void {
  const known = new Set(hostNames.map((name) => name.toLowerCase()))
  app.addHook('onRequest', (request, reply, done) => {
    const host = hostOf(request)
    if (host !== null && known.has(host)) done()
    else sendProblem(reply, 'host-unknown')
  })
}

/** The one host that a request names, lower case, without its port; null when it names none, several or a riddle. */
export function hostOf({ raw }: Pick<FastifyRequest, 'raw'>): string | null {
  // Node keeps the first of several Host headers; whoever is in front may have looked at the last.
  const given = raw.rawHeaders.filter((_, at) => at % 2 === 0 && raw.rawHeaders[at]?.toLowerCase() === 'host')
  // `GET http://elsewhere/ HTTP/1.1`: the address goes before the header (RFC 9112 section 3.2.2).
  if (given.length > 1 || raw.url?.startsWith('/') !== true) return null
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(raw.headers.host ?? '')
  return match?.[1]?.toLowerCase() ?? null
}

/**
 * Whether a browser says that another origin made it send this (Fetch Metadata). `same-site` is another origin too:
 * every port of `localhost` is the same site. Absent with old browsers and programs, so it never stands alone.
 */
export function sentFromElsewhere({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
