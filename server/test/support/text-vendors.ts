import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SmsHttpConfig } from '../../src/adapters/channels/sms-http/config.ts'
import { smsHttp } from '../../src/adapters/channels/sms-http/index.ts'
import type { ReceiptRequest } from '../../src/core/messages/ports.ts'
import { guardedFetch } from '../../src/kernel/guarded-fetch.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { ReceivedText, TextFate, TextServer } from './text-server.ts'

interface Asked {
  path: string
  authorization: string
  body: string
}

interface Answer {
  status: number
  body: unknown
}

type Words = 'delivered' | 'undelivered' | 'on-its-way'

/** How one vendor's API behaves, as far as it is documented; written apart from what is tested. */
interface VendorModel {
  vendor(url: string, secret: Secret): SmsHttpConfig['vendor']
  isKnown(asked: Asked): boolean
  isCheck(asked: Asked): boolean
  read(asked: Asked): ReceivedText & { callback: string }
  answers: Record<Exclude<TextFate, 'silent'> | 'stranger', Answer>
  receipt(callback: string, word: Words, secret: string): Omit<ReceiptRequest, 'url'> & { url: string }
}

const rightSecret = 'a right secret'
const now = () => new Date('2026-03-01T12:00:00Z')

const request = (
  url: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string },
): ReceiptRequest => ({
  ...{ url, body, query: new URL(url).searchParams },
  header: (name) => headers[name],
})

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body))
const jsonOf = (body: string) => JSON.parse(body) as Record<string, unknown>

const twilio: VendorModel = {
  vendor: (url, token) => ({ is: 'twilio', account: 'AC1', token, url }),
  isKnown: ({ authorization }) => authorization === basic(`AC1:${rightSecret}`),
  isCheck: ({ path }) => path === '/2010-04-01/Accounts/AC1.json',
  read({ path, body }) {
    const { To = '', From = '', Body = '', StatusCallback = '' } = formOf(body)
    if (path !== '/2010-04-01/Accounts/AC1/Messages.json') throw new Error(path)
    return { to: To, from: From, text: Body, callback: StatusCallback }
  },
  answers: {
    taken: { status: 201, body: { sid: 'SM1', status: 'queued', price: null } },
    never: { status: 400, body: { code: 21211, message: "The 'To' number is not valid", status: 400 } },
    later: { status: 429, body: { code: 20429, message: 'Too Many Requests', status: 429 } },
    stranger: { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } },
  },
  receipt(callback, word, secret) {
    const status = { delivered: 'delivered', undelivered: 'undelivered', 'on-its-way': 'sent' }[word]
    const fields = { To: '+4520123456', MessageStatus: status, MessageSid: 'SM1', AccountSid: 'AC1' }
    const sorted = `AccountSidAC1MessageSidSM1MessageStatus${status}To+4520123456`
    const signature = createHmac('sha1', secret)
      .update(callback + sorted)
      .digest('base64')
    const headers = { 'x-twilio-signature': signature }
    return request(callback, { headers, body: new URLSearchParams(fields).toString() })
  },
}

const vonage: VendorModel = {
  vendor: (url, secret) => ({ is: 'vonage', key: 'k1', secret, signingSecret: secret, url }),
  isKnown: ({ authorization }) => authorization === basic(`k1:${rightSecret}`),
  isCheck: ({ path }) => path === '/account/get-balance',
  read({ path, body }) {
    const { to, from, text, callback } = jsonOf(body)
    if (path !== '/sms/json') throw new Error(path)
    return { to: `+${String(to)}`, from: `+${String(from)}`, text: String(text), callback: String(callback) }
  },
  answers: {
    taken: {
      status: 200,
      body: {
        'message-count': '1',
        messages: [{ status: '0', 'message-id': 'v1', 'message-price': '0.0333' }],
      },
    },
    never: {
      status: 200,
      body: { 'message-count': '1', messages: [{ status: '7', 'error-text': 'Barred' }] },
    },
    later: {
      status: 200,
      body: { 'message-count': '1', messages: [{ status: '1', 'error-text': 'Throttled' }] },
    },
    stranger: { status: 200, body: { 'message-count': '1', messages: [{ status: '4' }] } },
  },
  receipt(callback, word, secret) {
    const status = { delivered: 'delivered', undelivered: 'failed', 'on-its-way': 'buffered' }[word]
    const fields = { messageId: 'v1', msisdn: '4520123456', nonce: 'a=b&c', status, timestamp: '1772366400' }
    const signed = `&messageId=v1&msisdn=4520123456&nonce=a_b_c&status=${status}&timestamp=1772366400`
    const sig = createHmac('sha256', secret).update(signed).digest('hex').toUpperCase()
    return request(callback, { body: JSON.stringify({ ...fields, sig }) })
  },
}

const messageBird: VendorModel = {
  vendor: (url, accessKey) => ({ is: 'messagebird', accessKey, signingKey: accessKey, url }),
  isKnown: ({ authorization }) => authorization === `AccessKey ${rightSecret}`,
  isCheck: ({ path }) => path === '/balance',
  read({ path, body }) {
    const { recipients, originator, body: text, reportUrl } = jsonOf(body)
    if (path !== '/messages') throw new Error(path)
    const to = `+${String((recipients as string[])[0])}`
    return { to, from: `+${String(originator)}`, text: String(text), callback: String(reportUrl) }
  },
  answers: {
    taken: { status: 201, body: { id: 'mb1', recipients: { items: [{ status: 'sent' }] } } },
    never: {
      status: 422,
      body: { errors: [{ code: 9, description: 'no (correct) recipients found', parameter: 'recipients' }] },
    },
    later: {
      status: 429,
      body: { errors: [{ code: 101, description: 'too many requests', parameter: null }] },
    },
    stranger: { status: 401, body: { errors: [{ code: 2, parameter: 'access_key' }] } },
  },
  receipt(callback, word, secret) {
    const status = { delivered: 'delivered', undelivered: 'delivery_failed', 'on-its-way': 'buffered' }[word]
    const url = `${callback}?id=mb1&status=${status}&recipient=4520123456`
    const seconds = now().getTime() / 1000
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const url_hash = createHash('sha256').update(url).digest('hex')
    const claims = { iss: 'MessageBird', nbf: seconds - 1, exp: seconds + 60, jti: 'j1', url_hash }
    const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
    const signature = createHmac('sha256', secret).update(said).digest('base64url')
    return request(url, { headers: { 'messagebird-signature-jwt': `${said}.${signature}` } })
  },
}

const custom: VendorModel = {
  vendor: (url, secret) => ({
    ...{ is: 'custom', url: `${url}/send?to={digits}`, as: 'json', voice: false, checkUrl: `${url}/ping` },
    body: '{"message":{"to":"{to}","from":"{from}","text":"{text}"},"report":"{receiptUrl}"}',
    headers: [{ name: 'Authorization', prefix: 'Bearer ', secret }],
    answer: { sentAt: '/results/0/state', sent: ['OK'], refused: ['BAD_NUMBER'] },
    receipts: {
      ...{ header: 'X-Secret', secret, statusAt: '/event/0' },
      ...{ delivered: ['DONE'], undelivered: ['FAILED'], expired: [], rejected: [] },
    },
  }),
  isKnown: ({ authorization }) => authorization === `Bearer ${rightSecret}`,
  isCheck: ({ path }) => path === '/ping',
  read({ path, body }) {
    const { message, report } = jsonOf(body)
    if (path !== '/send?to=4520123456') throw new Error(path)
    return { ...(message as ReceivedText), callback: String(report) }
  },
  answers: {
    taken: { status: 200, body: { results: [{ state: 'OK' }] } },
    never: { status: 400, body: { results: [{ state: 'BAD_NUMBER' }] } },
    later: { status: 200, body: { results: [{ state: 'BUSY' }] } },
    stranger: { status: 403, body: 'no' },
  },
  receipt(callback, word, secret) {
    const state = { delivered: 'DONE', undelivered: 'FAILED', 'on-its-way': 'ROUTED' }[word]
    return request(callback, { headers: { 'x-secret': secret }, body: JSON.stringify({ event: [state] }) })
  },
}

export const vendorModels = { twilio, vonage, messagebird: messageBird, custom }

export interface TextVendor extends TextServer {
  /** Nothing works there, not even the check. */
  isDown: boolean
  /** As the configuration names it. */
  settings: { kind: 'sms-http' } & SmsHttpConfig
  /** What its servers would leave at the address that came with the latest text. */
  receipt(word: Words, secret?: string): ReceiptRequest
}

/** A vendor on a port of this machine. */
export async function aTextVendor(model: VendorModel): Promise<TextVendor> {
  const received: (ReceivedText & { callback: string })[] = []
  const state = { next: 'taken' as TextFate, isDown: false }
  const answer = async (asked: IncomingMessage, reply: ServerResponse) => {
    asked.setEncoding('utf8')
    let body = ''
    for await (const chunk of asked) body += String(chunk)
    const { url: path = '', headers } = asked
    const what = { path, body, authorization: headers.authorization ?? '' }
    const say = ({ status, body: said }: Answer) =>
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
    if (state.isDown) return say({ status: 503, body: {} })
    if (!model.isKnown(what))
      return say(model.isCheck(what) ? { status: 401, body: {} } : model.answers.stranger)
    if (model.isCheck(what)) return say({ status: 200, body: {} })
    if (state.next === 'silent') return asked.socket.destroy()
    if (state.next === 'taken') received.push(model.read(what))
    return say(model.answers[state.next])
  }
  const server = createServer((asked, reply) => void answer(asked, reply))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const open: TextServer['open'] = ({ wrongSecret = false } = {}) =>
    smsHttp.open(
      {
        from: '+4570123456',
        vendor: model.vendor(url, new Secret(wrongSecret ? 'a wrong secret' : rightSecret)),
        timeoutSeconds: 5,
      },
      {
        ...{ name: 'gateway', now, randomBytes: (count) => new Uint8Array(count), fetch: guardedFetch },
        received: () => Promise.reject(new Error('receipts come over HTTP')),
      },
    )
  const receipt = (word: Words, secret = rightSecret) =>
    model.receipt(received.at(-1)?.callback ?? '', word, secret)
  const tell = async (word: Words, secret: string) => {
    const read = open().readReceipt?.(receipt(word, secret))
    return read?.is === 'receipt' ? read.receipt.status : read?.is === 'refused' ? 'refused' : null
  }
  return Object.assign(state, {
    ...{ received, open, receipt },
    settings: {
      ...{ kind: 'sms-http' as const, from: '+4570123456', timeoutSeconds: 5 },
      vendor: model.vendor(url, new Secret(rightSecret)),
    },
    tell: (word: Words) => tell(word, rightSecret),
    forge: () => tell('delivered', 'a wrong secret'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
