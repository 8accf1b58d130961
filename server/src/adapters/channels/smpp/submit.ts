import type { TextEnvelope } from '../../../core/messages/ports.ts'
import { gsm7, segmentsOf } from '../../../core/messages/text-segments.ts'
import type { SmppConfig } from './config.ts'
import { cString, octets, tags, tlv } from './pdu.ts'

/** Type of number and numbering plan (SMPP 3.4 sections 5.2.5 and 5.2.6). */
const international = octets(1, 1)
const shortCode = octets(3, 0)
const alphanumeric = octets(5, 0)

/** A receipt is wanted for whatever becomes of it (section 5.2.17). */
const receiptWanted = 1
/** The body begins with a user data header (section 5.2.12). */
const withHeader = 0x40
/** What fits the one octet of a length. */
const shortMessageBytesMax = 254

/** The bodies of the `submit_sm` that carry a text (section 4.4.1); in order, and none of them without the others. */
export function bodiesOf(
  { to, text, validSeconds }: TextEnvelope,
  { from, longTexts }: Pick<SmppConfig, 'from' | 'longTexts'>,
  chance: number,
): readonly Uint8Array[] {
  const { alphabet, parts } = segmentsOf(text)
  const coded = (part: string) => gsm7(part) ?? Buffer.from(part, 'utf16le').swap16()
  const dataCoding = alphabet === 'gsm7' ? 0 : 8
  const body = (message: Uint8Array, { esmClass, extra }: { esmClass: number; extra: Uint8Array }) =>
    Buffer.concat([
      cString(''),
      ...addressOf(from),
      ...[international, cString(to.replace(/^\+/, ''))],
      octets(esmClass, 0, 0),
      ...[cString(''), cString(validity(validSeconds))],
      octets(receiptWanted, 0, dataCoding, 0, message.length),
      ...[message, extra],
    ])
  const nothing = octets()
  if (longTexts === 'payload' && parts.length > 1) {
    // Whole, but what is longer than the SMSC's own field goes as the optional parameter that is there for it.
    return [body(nothing, { esmClass: 0, extra: tlv(tags.messagePayload, coded(text)) })]
  }
  return parts.map((part, index) => {
    const header = parts.length === 1 ? nothing : octets(5, 0, 3, chance, parts.length, index + 1)
    const message = Buffer.concat([header, coded(part)])
    if (message.length > shortMessageBytesMax) throw new RangeError('a part is longer than a message')
    return body(message, { esmClass: parts.length === 1 ? 0 : withHeader, extra: nothing })
  })
}

function addressOf(from: string): Uint8Array[] {
  if (from.startsWith('+')) return [international, cString(from.slice(1))]
  return [/^\d+$/.test(from) ? shortCode : alphanumeric, cString(from)]
}

/** From now on, in the form that needs no common clock: `YYMMDDhhmmss000R` (section 7.1.1.2). */
function validity(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `000000${two(seconds / 3600)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`
}
