/** Least bytes of a key that derives or encrypts: 256 bits (NIST SP 800-57 part 1, section 5.6.1). */
export const keyBytesMin = 32

/**
 * Bytes of a key written as hex, base64 or base64url; null when the text is none of them. Hex is tried first:
 * a text of hex digits only is never meant as base64.
 */
export function keyBytes(text: string): Uint8Array | null {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  return bytes.toString('base64').replace(/=+$/, '') === plain ? bytes : null
}

/** Why bytes can't be a key somebody drew at random, as the end of a sentence; null when they may be one. */
export function weakness(bytes: Uint8Array): string | null {
  if (bytes.length < keyBytesMin) {
    return `is too short: ${bytes.length.toString()} bytes instead of ${keyBytesMin.toString()} or more`
  }
  // 32 random bytes have fewer than 16 different values with a probability below 1e-9.
  if (new Set(bytes.subarray(0, keyBytesMin)).size < 16) return 'is not random: its bytes repeat'
  const steps = new Set(bytes.subarray(1, keyBytesMin).map((byte, index) => byte - (bytes[index] ?? 0)))
  if (steps.size < 8) return 'is not random: its bytes count up or down'
  // Somebody typed a phrase and encoded it; 32 random bytes are all printable with a probability below 1e-13.
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is not random: it spells a text'
  return null
}
