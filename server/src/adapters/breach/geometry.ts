/** Which hash of a password a list holds. NTLM is MD4 of UTF-16LE (MS-NLMP section 3.3.1). */
export type HashKind = 'sha1' | 'ntlm'

export const hashBytes: Readonly<Record<HashKind, number>> = { sha1: 20, ntlm: 16 }

/**
 * A hash as far as the index knows it: its first byte chooses the partition, its next 53 bits are a whole number that a
 * double holds exactly. Hashes are uniform, so any of their bits are as good as others.
 */
export interface HashPrefix {
  partition: number
  rest: number
}

export const partitions = 256
export const restBits = 53
const partitionBits = 8
/** Bits of every entry that are stored as they are. */
export const lowBits = 24

export function prefixOf(hash: Uint8Array): HashPrefix {
  const bytes = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength)
  return { partition: bytes.readUInt8(0), rest: bytes.readUIntBE(1, 6) * 32 + (bytes.readUInt8(7) >> 3) }
}

/** How the bits of an entry are shared out between its place in the file and what is stored of it. */
export interface Geometry {
  /** Leading bits of a hash that are kept. */
  keyBits: number
  /** Leading bits that choose the bucket. */
  bucketBits: number
  /** Bits between these and the stored ones; their values are counted in the bucket. */
  highBits: number
}

/**
 * The shape of an index for so many hashes. A hash that is not in the list is found by mistake when its first `keyBits`
 * are those of one that is: with n entries in n / 2^keyBits of all cases, between 3 and 6 in 100 million. Buckets have
 * 128 to 256 entries, so that a look-up reads less than a kilobyte.
 */
export function geometryFor(hashes: number): Geometry {
  const magnitude = Math.floor(Math.log2(Math.max(hashes, 1)))
  const bucketBits = Math.min(Math.max(magnitude - 7, partitionBits), 28)
  const keyBits = Math.max(magnitude + 1, bucketBits) + lowBits
  if (keyBits > partitionBits + restBits)
    throw new RangeError(`${hashes} hashes are more than an index holds`)
  return { keyBits, bucketBits, highBits: keyBits - bucketBits - lowBits }
}

/** The share of hashes outside the list that are found all the same. */
export const falsePositiveRate = (entries: number, { keyBits }: Geometry): number => entries / 2 ** keyBits

export const bucketsPerPartition = ({ bucketBits }: Geometry): number => 2 ** (bucketBits - partitionBits)

/** What a partition's number becomes when only the bits that are kept remain of it. */
export const keyOf = (rest: number, { keyBits }: Geometry): number =>
  Math.floor(rest / 2 ** (restBits - (keyBits - partitionBits)))

/** Where a key lies within its partition, and what is left of it in its bucket. */
export function placeOf(key: number, { keyBits, bucketBits }: Geometry): { bucket: number; value: number } {
  const values = 2 ** (keyBits - bucketBits)
  return { bucket: Math.floor(key / values), value: key % values }
}
