import { createHmac } from 'node:crypto'
import type { Delivery, ReceiptRequest, TextEnvelope } from '../../../../core/messages/ports.ts'
import { constantTimeEqual } from '../../../../kernel/keys.ts'
import type { Twilio } from '../config.ts'
import {
  byStatus,
  type HttpAnswer,
  type HttpRequest,
  notThere,
  receiptOf,
  refused,
  textAt,
  unauthorized,
  type Vendor,
} from '../vendor.ts'

/**
 * Programmable Messaging and Voice of Twilio, version 2010-04-01: form-encoded requests, JSON answers, error codes in
 * `code`, receipts signed with the account's token.
 */
export function twilio({ account, token, url }: Twilio, from: string): Vendor {
  const at = `${url}/2010-04-01/Accounts/${encodeURIComponent(account)}`
  const headers = {
    authorization: `Basic ${Buffer.from(`${account}:${token.reveal()}`).toString('base64')}`,
  }
  const post = (path: string, form: Record<string, string>): HttpRequest => ({
    method: 'POST',
    url: `${at}/${path}`,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  return {
    channels: ['sms', 'voice'],
    request(envelope) {
      const { to, channel, text, receiptUrl, validSeconds } = envelope
      const callback = receiptUrl === null ? {} : { StatusCallback: receiptUrl }
      if (channel === 'voice') {
        return post('Calls.json', { To: to, From: from, Twiml: twimlOf(envelope), ...callback })
      }
      const sender = /^MG[0-9a-f]{32}$/.test(from) ? { MessagingServiceSid: from } : { From: from }
      return post('Messages.json', {
        ...{ To: to, Body: text, ValidityPeriod: String(validSeconds) },
        ...{ ...sender, ...callback },
      })
    },
    outcome,
    check: { method: 'GET', url: `${at}.json`, headers },
    readReceipt(request) {
      const form = new URLSearchParams(request.body)
      return isSigned(request, form, token.reveal())
        ? receiptOf(statuses, form.get('MessageStatus') ?? form.get('CallStatus'))
        : { is: 'refused' }
    },
  }
}

/** Not valid, no mobile number, unsubscribed, unreachable by any way of theirs. */
const numberIsAtFault = new Set(['21211', '21217', '21610', '21614'])
/** No permission for that country, no way there from this sender. */
const cannotReach = new Set(['21408', '21612', '21215', '13227'])

function outcome(answer: HttpAnswer): Delivery {
  const { status, body } = answer
  if (status >= 200 && status < 300) {
    const sid = textAt(body, '/sid')
    return { ok: true, ...(sid === null ? {} : { reference: sid }) }
  }
  const code = textAt(body, '/code')
  const detail = `answered ${String(status)}${code === null ? '' : `, code ${code}`}`
  if (code !== null && numberIsAtFault.has(code)) return refused
  if (code !== null && cannotReach.has(code)) return notThere(detail)
  return code === '20003' ? unauthorized(detail) : byStatus(answer, detail)
}

const statuses = {
  delivered: 'delivered',
  undelivered: 'undelivered',
  failed: 'rejected',
  completed: 'delivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  canceled: 'undelivered',
} as const

/** HMAC-SHA1 over the address and the sorted fields, as Twilio documents for `X-Twilio-Signature`. */
function isSigned({ url, header }: ReceiptRequest, form: URLSearchParams, token: string): boolean {
  const fields = [...form].toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  const signed = url + fields.map(([name, value]) => name + value).join('')
  const expected = createHmac('sha1', token).update(signed).digest('base64')
  return constantTimeEqual(Buffer.from(expected), Buffer.from(header('x-twilio-signature') ?? ''))
}

const twimlOf = ({ language, text }: TextEnvelope): string =>
  `<Response><Pause length="1"/><Say language="${voiceOf(language)}">${xml(text)}</Say></Response>`

/** Voices have the language of a country. */
const voiceOf = (language: string): string =>
  ({ de: 'de-DE', fr: 'fr-FR', es: 'es-ES', ja: 'ja-JP', ar: 'arb' })[language] ?? 'en-GB'

const xml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
