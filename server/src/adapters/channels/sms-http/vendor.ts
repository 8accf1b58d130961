import type {
  Delivery,
  ReadReceipt,
  Receipt,
  ReceiptRequest,
  TextChannel,
  TextEnvelope,
} from '../../../core/messages/ports.ts'

export interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
}

export interface HttpAnswer {
  status: number
  /** Null when it is no JSON. */
  body: unknown
}

/** One wire format. It knows no network. */
export interface Vendor {
  channels: readonly TextChannel[]
  request(envelope: TextEnvelope): HttpRequest
  outcome(answer: HttpAnswer): Delivery
  /** Asks whether the account can be used, without a text; answered by 2xx. */
  check: HttpRequest
  readReceipt?(request: ReceiptRequest): ReadReceipt
}

/** The text at a place (RFC 6901); numbers as they are written. Null where there is none. */
export function textAt(value: unknown, pointer: string): string | null {
  let here = value
  for (const key of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return null
    const entry: [string, unknown] | undefined = Object.entries(here).find(([name]) => name === key)
    here = entry?.[1]
  }
  return typeof here === 'string' ? here : typeof here === 'number' ? String(here) : null
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const list: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return Array.isArray(list) ? list : []
}

/** This number will never get it, whoever carries it. */
export const refused: Delivery = { ok: false, permanent: true, because: 'refused' }

/** Not now, or not this way; another provider may have it. */
export const deferred = (detail: string): Delivery => ({
  ok: false,
  permanent: false,
  because: 'deferred',
  detail,
})

/** As `deferred`, about one number or country: it says nothing against the provider. */
export const notThere = (detail: string): Delivery => ({
  ok: false,
  permanent: false,
  because: 'deferred',
  blames: 'mailbox',
  detail,
})

export const unauthorized = (detail: string): Delivery => ({
  ok: false,
  permanent: false,
  because: 'authentication-failed',
  detail,
})

/** What a status without anything better says. */
export const byStatus = ({ status }: HttpAnswer, detail = `answered ${String(status)}`): Delivery =>
  status === 401 || status === 403 ? unauthorized(detail) : deferred(detail)

/** A status word of a vendor; one that is not among them says nothing for certain yet. */
export const receiptOf = (
  words: Readonly<Record<string, Receipt['status']>>,
  word: string | null,
): ReadReceipt => {
  const status = word === null || !Object.hasOwn(words, word) ? undefined : words[word]
  return status === undefined ? { is: 'nothing' } : { is: 'receipt', receipt: { status } }
}

export const digitsOf = (number: string): string => number.replace(/^\+/, '')
