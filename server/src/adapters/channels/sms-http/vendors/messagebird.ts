import { createHash, createHmac } from 'node:crypto'
import type { Delivery, ReceiptRequest } from '../../../../core/messages/ports.ts'
import { constantTimeEqual } from '../../../../kernel/keys.ts'
import type { MessageBird } from '../config.ts'
import {
  byStatus,
  deferred,
  digitsOf,
  type HttpAnswer,
  listAt,
  receiptOf,
  refused,
  textAt,
  unauthorized,
  type Vendor,
} from '../vendor.ts'

/** REST API of MessageBird (Bird): JSON both ways, receipts as GET with a signed token in a header. */
export function messageBird(
  { accessKey, signingKey, url }: MessageBird,
  from: string,
  now: () => Date,
): Vendor {
  const headers = { authorization: `AccessKey ${accessKey.reveal()}` }
  return {
    channels: ['sms', 'voice'],
    request({ id, to, channel, text, language, receiptUrl, validSeconds }) {
      const common = { recipients: [digitsOf(to)], originator: digitsOf(from), body: text, reference: id }
      const callback = receiptUrl === null ? {} : { reportUrl: receiptUrl }
      return {
        method: 'POST',
        url: `${url}/${channel === 'sms' ? 'messages' : 'voicemessages'}`,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(
          channel === 'sms'
            ? { ...common, ...callback, datacoding: 'auto', validity: validSeconds }
            : { ...common, ...callback, language: voiceOf(language), ifMachine: 'continue' },
        ),
      }
    },
    outcome,
    check: { method: 'GET', url: `${url}/balance`, headers },
    readReceipt: (request) =>
      signingKey === undefined || isSigned(request, signingKey.reveal(), now())
        ? receiptOf(statuses, request.query.get('status'))
        : { is: 'refused' },
  }
}

function outcome(answer: HttpAnswer): Delivery {
  const { status, body } = answer
  if (status >= 200 && status < 300) {
    const reference = textAt(body, '/id')
    return { ok: true, ...(reference === null ? {} : { reference }) }
  }
  const [first] = listAt(body, 'errors')
  const code = textAt(first, '/code')
  const detail = `answered ${String(status)}${code === null ? '' : `, code ${code}`}`
  if (code === '2') return unauthorized(detail)
  if (['9', '10'].includes(code ?? '') && textAt(first, '/parameter') === 'recipients') return refused
  return code === '25' ? deferred(detail) : byStatus(answer, detail)
}

const statuses = {
  delivered: 'delivered',
  delivery_failed: 'undelivered',
  expired: 'expired',
  answered: 'delivered',
  failed: 'undelivered',
  busy: 'undelivered',
} as const

/** A JSON web token (RFC 7519, HS256) with digests of the address and the body, as MessageBird documents it. */
function isSigned({ url, header, body }: ReceiptRequest, key: string, now: Date): boolean {
  const [head = '', claims = '', signature = ''] = (header('messagebird-signature-jwt') ?? '').split('.')
  const expected = createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url')
  if (!constantTimeEqual(Buffer.from(expected), Buffer.from(signature))) return false
  const said = claimsOf(claims)
  const seconds = now.getTime() / 1000
  return (
    textAt(claimsOf(head), '/alg') === 'HS256' &&
    textAt(said, '/url_hash') === sha256(url) &&
    (body === '' || textAt(said, '/payload_hash') === sha256(body)) &&
    Number(textAt(said, '/nbf') ?? 0) <= seconds + skewSeconds &&
    Number(textAt(said, '/exp') ?? 0) >= seconds - skewSeconds
  )
}

/** Clocks differ. */
const skewSeconds = 60

function claimsOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const voiceOf = (language: string): string =>
  ({ de: 'de-de', fr: 'fr-fr', es: 'es-es', ja: 'ja-jp', ar: 'ar-eg' })[language] ?? 'en-gb'
