/**
 * objectGUID as text. Its octets are a structure of the little-endian kind: the first three parts lie with their low
 * byte first (MS-DTYP, section 2.3.4.2), the others as they are written.
 */
export function guidText(octets: Buffer): string | null {
  if (octets.length !== 16) return null
  const hex = reordered(octets).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Null for what is no GUID, or not written as `guidText` writes it: a key has one spelling. */
export function guidOctets(text: string): Buffer | null {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
    ? reordered(Buffer.from(text.replaceAll('-', ''), 'hex'))
    : null
}

const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
const reordered = (octets: Buffer): Buffer => Buffer.from(order.map((index) => octets.readUInt8(index)))

/** MS-DTYP, section 2.4.2.2: revision, count of parts, authority (big-endian), parts (little-endian). */
export function sidText(octets: Buffer): string | null {
  const count = octets.length < 8 ? -1 : octets.readUInt8(1)
  if (octets.length !== 8 + 4 * count) return null
  const parts = Array.from({ length: count }, (_, index) => octets.readUInt32LE(8 + 4 * index))
  return ['S', octets.readUInt8(0), octets.readUIntBE(2, 6), ...parts].join('-')
}

/** Its length in octets, where it begins in a larger structure; null when it would not fit. */
export function sidLength(octets: Buffer): number | null {
  const length = octets.length < 8 ? Number.POSITIVE_INFINITY : 8 + 4 * octets.readUInt8(1)
  return length <= octets.length ? length : null
}

/** The relative identifier of a SID of some domain (`S-1-5-21-…`); null for others. */
export const ridOf = (sid: string): string | null => /^S-1-5-21(?:-\d+){3}-(\d+)$/.exec(sid)?.[1] ?? null

/** 100 ns since 1601 (MS-DTYP, section 2.3.3). Null for what is no number. */
export function fileTime(text: string | undefined): bigint | null {
  return text !== undefined && /^-?\d{1,19}$/.test(text) ? BigInt(text) : null
}

/** "Never", beside 0 (MS-ADA1, accountExpires). */
const never = 0x7fff_ffff_ffff_ffffn
const epoch = 116_444_736_000_000_000n

/** To the second; null for 0, for "never" and for what no calendar has. */
export function dateOf(time: bigint | null): Date | null {
  if (time === null || time <= 0n || time === never) return null
  const date = new Date(Number((time - epoch) / 10_000_000n) * 1000)
  return Number.isNaN(date.getTime()) ? null : date
}

/** Lengths of time are negative; 0 and the least number there is mean that there is none (MS-ADTS 3.1.1.4.5.27). */
export function secondsOf(time: bigint | null): number | null {
  return time === null || time >= 0n || time === -never - 1n ? null : Number(-time / 10_000_000n)
}
