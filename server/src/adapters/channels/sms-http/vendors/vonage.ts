import { createHmac } from 'node:crypto'
import type { Delivery, ReceiptRequest } from '../../../../core/messages/ports.ts'
import { gsm7 } from '../../../../core/messages/text-segments.ts'
import { constantTimeEqual } from '../../../../kernel/keys.ts'
import type { Secret } from '../../../../kernel/secret.ts'
import type { Vonage } from '../config.ts'
import {
  byStatus,
  deferred,
  digitsOf,
  type HttpAnswer,
  listAt,
  notThere,
  receiptOf,
  refused,
  textAt,
  unauthorized,
  type Vendor,
} from '../vendor.ts'

/** SMS API of Vonage (Nexmo): JSON both ways, one status a segment, prices in euros, receipts as POST with JSON. */
export function vonage({ key, secret, signingSecret, url }: Vonage, from: string): Vendor {
  const authorization = `Basic ${Buffer.from(`${key}:${secret.reveal()}`).toString('base64')}`
  return {
    channels: ['sms'],
    request: ({ id, to, text, receiptUrl, validSeconds }) => ({
      method: 'POST',
      url: `${url}/sms/json`,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ api_key: key, from: digitsOf(from), to: digitsOf(to), text, 'client-ref': id },
        type: gsm7(text) === null ? 'unicode' : 'text',
        // Milliseconds, and no less than twenty seconds.
        ttl: Math.max(20, validSeconds) * 1000,
        ...(receiptUrl === null ? {} : { callback: receiptUrl }),
      }),
    }),
    outcome,
    check: { method: 'GET', url: `${url}/account/get-balance`, headers: { authorization } },
    readReceipt(request) {
      const fields = fieldsOf(request)
      if (fields === null || !isSigned(fields, signingSecret)) return { is: 'refused' }
      return receiptOf(statuses, fields.get('status') ?? null)
    },
  }
}

function outcome(answer: HttpAnswer): Delivery {
  const parts = listAt(answer.body, 'messages')
  if (answer.status < 200 || answer.status >= 300 || parts.length === 0) return byStatus(answer)
  const failed = parts.map((part) => textAt(part, '/status')).find((status) => status !== '0')
  if (failed !== undefined) return failure(failed ?? 'none')
  const reference = textAt(parts[0], '/message-id')
  const price = parts.reduce<number>((sum, part) => sum + Number(textAt(part, '/message-price')), 0)
  return {
    ok: true,
    ...(reference === null ? {} : { reference }),
    ...(Number.isFinite(price) && price > 0
      ? { cost: { micros: Math.round(price * 1_000_000), currency: 'EUR' } }
      : {}),
  }
}

/** Barred or no longer in use; not routable or not on a list; credentials and signatures; everything else is ours or theirs. */
function failure(status: string): Delivery {
  const detail = `answered status ${/^\d{1,3}$/.test(status) ? status : 'unknown'}`
  if (['7', '33'].includes(status)) return refused
  if (['6', '15', '22', '29'].includes(status)) return notThere(detail)
  return ['4', '14', '32'].includes(status) ? unauthorized(detail) : deferred(detail)
}

const statuses = {
  delivered: 'delivered',
  expired: 'expired',
  failed: 'undelivered',
  rejected: 'rejected',
} as const

function fieldsOf({ body, query }: ReceiptRequest): ReadonlyMap<string, string> | null {
  if (body === '') return new Map(query)
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return null
    return new Map(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  } catch {
    return null
  }
}

/** HMAC-SHA-256 over the sorted fields, in which what separates them is replaced, as Vonage documents for `sig`. */
function isSigned(fields: ReadonlyMap<string, string>, secret: Secret | undefined): boolean {
  if (secret === undefined) return true
  const signed = [...fields]
    .filter(([name]) => name !== 'sig')
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`)
    .join('')
  const expected = createHmac('sha256', secret.reveal()).update(signed).digest('hex')
  return constantTimeEqual(Buffer.from(expected), Buffer.from((fields.get('sig') ?? '').toLowerCase()))
}
