import type { Outside } from './outside.ts'

/** Crockford's base 32 without I, L, O and U: what people can read over the telephone. */
const crockford = '0123456789abcdefghjkmnpqrstvwxyz'

/** Five bits per character; the last character is padded with zero bits. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer & 0x1f) << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += crockford.charAt((buffer >> bits) & 0x1f)
    }
  }
  return bits === 0 ? text : text + crockford.charAt((buffer << (5 - bits)) & 0x1f)
}

/**
 * A new public id: 48 bits of milliseconds, then 80 random bits, so that ids sort by time (as in RFC 9562's
 * UUID version 7). Ids are public; nothing may be unlocked by knowing one.
 */
export function newId(outside: Outside): string {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(outside.now().getTime()) << 16n)
  bytes.set(outside.randomBytes(10), 6)
  return base32(bytes)
}
