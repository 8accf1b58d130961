import type { Receipt } from '../../../core/messages/ports.ts'
import { readBody, tags } from './pdu.ts'

export interface NamedReceipt {
  reference: string
  receipt: Receipt
}

/** `message_state` (SMPP 3.4 section 5.2.28); the others say nothing for certain. */
const states: ReadonlyMap<number, Receipt['status']> = new Map([
  [2, 'delivered'],
  [3, 'expired'],
  [4, 'undelivered'],
  [5, 'undelivered'],
  [8, 'rejected'],
])

/** The same as a word of the text that most SMSCs write (appendix B). */
const words: ReadonlyMap<string, Receipt['status']> = new Map([
  ['DELIVRD', 'delivered'],
  ['EXPIRED', 'expired'],
  ['DELETED', 'undelivered'],
  ['UNDELIV', 'undelivered'],
  ['REJECTD', 'rejected'],
])

/**
 * What a `deliver_sm` says of a text (section 4.6.1); null when it is no receipt, tells of something on its way, or names
 * nothing. Optional parameters count before words. Throws a `RangeError` for what is no such body.
 */
export function readReceipt(body: Uint8Array, ids: 'as-sent' | 'decimal'): NamedReceipt | null {
  const reader = readBody(body)
  reader.text()
  for (let address = 0; address < 2; address += 1) {
    reader.bytes(2)
    reader.text()
  }
  const esmClass = reader.octet()
  reader.bytes(2)
  reader.text()
  reader.text()
  reader.bytes(4)
  const message = Buffer.from(reader.bytes(reader.octet())).toString('latin1')
  // Bits 5 to 2: a receipt of the SMSC (section 5.2.12).
  if ((esmClass & 0x3c) !== 0x04) return null
  const optional = reader.tlvs()
  const id = optional.get(tags.receiptedMessageId)
  const state = optional.get(tags.messageState)?.[0]
  const reference =
    id === undefined
      ? /\bid:([^\s]{1,65})/i.exec(message)?.[1]
      : Buffer.from(id).toString('latin1').replace(/\0.*$/, '')
  const word = /\bstat:([A-Z]{1,7})/i.exec(message)?.[1]?.toUpperCase()
  const status = state === undefined ? words.get(word ?? '') : states.get(state)
  if (reference === undefined || reference === '' || status === undefined) return null
  return {
    reference: ids === 'decimal' && /^\d{1,30}$/.test(reference) ? BigInt(reference).toString(16) : reference,
    receipt: { status },
  }
}

/** As `message_id` of an answer is kept, so that a receipt finds it. */
export const referenceOf = (body: Uint8Array, ids: 'as-sent' | 'decimal'): string => {
  const id = readBody(body).text()
  return ids === 'decimal' ? id.toLowerCase().replace(/^0+(?=.)/, '') : id
}
