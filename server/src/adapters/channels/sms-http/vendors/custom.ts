import type { Delivery, ReceiptRequest, TextEnvelope } from '../../../../core/messages/ports.ts'
import { constantTimeEqual } from '../../../../kernel/keys.ts'
import type { Custom } from '../config.ts'
import {
  byStatus,
  deferred,
  digitsOf,
  type HttpAnswer,
  receiptOf,
  refused,
  textAt,
  type Vendor,
} from '../vendor.ts'

/** Any other vendor: what it is sent, and how its answers are read, stands in the configuration. */
export function custom(config: Custom, from: string): Vendor {
  const { receipts } = config
  const headers = Object.fromEntries(
    config.headers.map(({ name, prefix = '', secret }) => [name.toLowerCase(), prefix + secret.reveal()]),
  )
  const type = config.as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const inBody = config.as === 'json' ? inJson : encodeURIComponent
  return {
    channels: config.voice ? ['sms', 'voice'] : ['sms'],
    request: (envelope) => ({
      method: 'POST',
      url: filled(config.url, { envelope, from }, encodeURIComponent),
      headers: { 'content-type': type, ...headers },
      body: filled(config.body, { envelope, from }, inBody),
    }),
    outcome: (answer) => outcome(answer, config.answer),
    check: { method: 'GET', url: config.checkUrl ?? new URL(config.url).origin, headers },
    ...(receipts === undefined ? {} : { readReceipt: (request) => read(request, receipts) }),
  }
}

/** What stands between the quotes of a JSON text. */
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1)

function filled(
  template: string,
  { envelope, from }: { envelope: TextEnvelope; from: string },
  escape: (value: string) => string,
): string {
  const { to, text, id, language, channel, validSeconds, receiptUrl } = envelope
  const values: Readonly<Record<string, string>> = {
    ...{ to, digits: digitsOf(to), from, text, id, language, channel },
    validSeconds: String(validSeconds),
    receiptUrl: receiptUrl ?? '',
  }
  // In one go: what a value holds is no placeholder.
  return template.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === undefined ? whole : escape(value)
  })
}

function outcome(answer: HttpAnswer, { sentAt, sent, refused: never }: Custom['answer']): Delivery {
  const word = sentAt === undefined ? null : textAt(answer.body, sentAt)
  if (word !== null && never.includes(word)) return refused
  if (answer.status < 200 || answer.status >= 300) return byStatus(answer)
  return sentAt === undefined || (word !== null && sent.includes(word))
    ? { ok: true }
    : deferred('answered something else than `sent`')
}

function read(
  request: ReceiptRequest,
  receipts: NonNullable<Custom['receipts']>,
): ReturnType<typeof receiptOf> {
  const { header, secret, statusAt } = receipts
  const shown = Buffer.from(request.header(header.toLowerCase()) ?? '')
  if (!constantTimeEqual(Buffer.from(secret.reveal()), shown)) return { is: 'refused' }
  const words = (['delivered', 'undelivered', 'expired', 'rejected'] as const).flatMap((status) =>
    receipts[status].map((word) => [word, status] as const),
  )
  return receiptOf(Object.fromEntries(words), textAt(jsonOf(request.body), statusAt))
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
