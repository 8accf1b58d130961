import type { Delivery, TextProvider } from '../../../core/messages/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { TextOutside } from '../define.ts'
import type { SmsHttpConfig } from './config.ts'
import type { HttpAnswer, HttpRequest, Vendor } from './vendor.ts'
import { custom } from './vendors/custom.ts'
import { messageBird } from './vendors/messagebird.ts'
import { twilio } from './vendors/twilio.ts'
import { vonage } from './vendors/vonage.ts'

export function openSmsHttp(config: SmsHttpConfig, outside: TextOutside): TextProvider {
  const vendor = vendorOf(config, outside)
  const server = serverOf(config.vendor.url)
  const patience = (signal: AbortSignal) =>
    AbortSignal.any([signal, AbortSignal.timeout(config.timeoutSeconds * 1000)])
  return {
    name: outside.name,
    channels: vendor.channels,
    async send(envelope, signal) {
      try {
        const { receiptUrl } = envelope
        const own = receiptUrl === null ? null : `${receiptUrl}/${outside.name}`
        const request = vendor.request({ ...envelope, receiptUrl: own })
        const answer = await ask(outside.fetch, request, patience(signal))
        return inServersName(vendor.outcome(answer), server)
      } catch (error) {
        return failure(error, server)
      }
    },
    async check(signal) {
      const answer = await ask(outside.fetch, vendor.check, patience(signal)).catch((cause: unknown) => {
        throw unreachable(server, cause)
      })
      // Whoever has no page to ask has answered at least.
      const answers = config.vendor.is === 'custom' && config.vendor.checkUrl === undefined
      const works = answers ? answer.status < 500 : answer.status >= 200 && answer.status < 300
      if (!works) throw unreachable(`${server}: answered ${String(answer.status)}`)
    },
    async close() {},
    ...(vendor.readReceipt === undefined ? {} : { readReceipt: vendor.readReceipt }),
  }
}

function vendorOf({ vendor, from }: SmsHttpConfig, { now }: TextOutside): Vendor {
  switch (vendor.is) {
    case 'twilio':
      return twilio(vendor, from)
    case 'vonage':
      return vonage(vendor, from)
    case 'messagebird':
      return messageBird(vendor, from, now)
    case 'custom':
      return custom(vendor, from)
  }
}

/** Codes and credentials go over it. */
function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname))
  if (url === null || !isSafe) {
    throw new Fault('config-invalid', {
      detail: 'sms-http: `url` begins with https://, or is on this machine',
    })
  }
  return url.host
}

/** Longer answers are not from such an API. */
const answerBytesMax = 64 * 1024

async function ask(
  fetch: TextOutside['fetch'],
  { url, ...request }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const response = await fetch(url, { ...request, signal })
  const chunks: Uint8Array[] = []
  let bytes = 0
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? []
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > answerBytesMax) break
    chunks.push(chunk)
  }
  return { status: response.status, body: jsonOf(Buffer.concat(chunks).toString('utf8')) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const inServersName = (delivery: Delivery, server: string): Delivery =>
  delivery.ok || delivery.detail === undefined
    ? delivery
    : { ...delivery, detail: `${server}: ${delivery.detail}` }

const unreachable = (detail: string, cause?: unknown) => new Fault('text-unreachable', { cause, detail })

/** Errors before anything was sent, as Node names them. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/
const aboutTrust = /^(ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|HOSTNAME_MISMATCH|DEPTH_ZERO_|SELF_SIGNED)|CERT/

/**
 * Once a connection stands, a request that gets no answer may have been taken. A redirect is an answer, which is not
 * followed.
 */
function failure(error: unknown, server: string): Delivery {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = codeOf(cause)
  if (aboutTrust.test(code)) {
    const detail = `${server}: the certificate is not trusted (${code})`
    return { ok: false, permanent: false, because: 'tls-failed', detail }
  }
  if (beforeSending.test(code)) {
    return { ok: false, permanent: false, because: 'unreachable', detail: `${server}: ${code}` }
  }
  if (cause instanceof Error && /redirect/.test(cause.message)) {
    return { ok: false, permanent: false, because: 'deferred', detail: `${server}: answered with a redirect` }
  }
  return { ok: false, permanent: false, because: 'outcome-unknown', detail: `${server}: no answer` }
}

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : ''
