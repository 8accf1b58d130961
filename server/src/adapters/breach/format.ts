import { crc32 } from 'node:zlib'
import { bucketLength } from './bucket.ts'
import { bucketsPerPartition, type Geometry, type HashKind, partitions } from './geometry.ts'

/**
 * The file: a header of 64 bytes, a table with 16 bytes a bucket, then the buckets one after the other. Numbers are
 * little-endian. Every bucket has a check sum over its bytes, its number and its count, and so does the header: what a
 * disk or a copy changed is noticed when it is read, and never taken for "not in the list".
 */
export interface Header {
  kind: HashKind
  geometry: Geometry
  entries: number
  /** Of the whole file, in bytes. */
  length: number
  createdAt: Date
}

export interface TableEntry {
  offset: number
  count: number
  checkSum: number
}

export const headerBytes = 64
export const tableEntryBytes = 16
const magic = 'rekey breach 1\n\0'
const kinds: readonly HashKind[] = ['sha1', 'ntlm']

export const bucketsIn = (geometry: Geometry): number => partitions * bucketsPerPartition(geometry)

/** Where the first bucket begins. */
export const bodyOffset = (geometry: Geometry): number => headerBytes + bucketsIn(geometry) * tableEntryBytes

export const tableEntryOffset = (bucket: number): number => headerBytes + bucket * tableEntryBytes

export function encodeHeader({ kind, geometry, entries, length, createdAt }: Header): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt8(kinds.indexOf(kind), 16)
  bytes.writeUInt8(geometry.keyBits, 17)
  bytes.writeUInt8(geometry.bucketBits, 18)
  bytes.writeUInt8(geometry.highBits, 19)
  bytes.writeDoubleLE(entries, 24)
  bytes.writeDoubleLE(length, 32)
  bytes.writeDoubleLE(createdAt.getTime(), 40)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, headerBytes - 4)), headerBytes - 4)
  return bytes
}

/** Null when the bytes are no header of this version, or not as they were written. */
export function decodeHeader(bytes: Buffer): Header | null {
  if (bytes.length !== headerBytes || bytes.toString('latin1', 0, magic.length) !== magic) return null
  if (crc32(bytes.subarray(0, headerBytes - 4)) !== bytes.readUInt32LE(headerBytes - 4)) return null
  const kind = kinds[bytes.readUInt8(16)]
  if (kind === undefined) return null
  return {
    kind,
    geometry: {
      keyBits: bytes.readUInt8(17),
      bucketBits: bytes.readUInt8(18),
      highBits: bytes.readUInt8(19),
    },
    entries: bytes.readDoubleLE(24),
    length: bytes.readDoubleLE(32),
    createdAt: new Date(bytes.readDoubleLE(40)),
  }
}

export function encodeTableEntry({ offset, count, checkSum }: TableEntry): Buffer {
  const bytes = Buffer.alloc(tableEntryBytes)
  bytes.writeDoubleLE(offset, 0)
  bytes.writeUInt32LE(count, 8)
  bytes.writeUInt32LE(checkSum, 12)
  return bytes
}

/** Null when no bucket of this file can lie there. */
export function decodeTableEntry(bytes: Buffer, { geometry, entries, length }: Header): TableEntry | null {
  const entry = {
    offset: bytes.readDoubleLE(0),
    count: bytes.readUInt32LE(8),
    checkSum: bytes.readUInt32LE(12),
  }
  const isWithin =
    Number.isSafeInteger(entry.offset) &&
    entry.count <= entries &&
    entry.offset >= bodyOffset(geometry) &&
    entry.offset + bucketLength(entry.count, geometry.highBits) <= length
  return isWithin ? entry : null
}

/** What a damaged byte changes wherever it is: in the bucket, in its count or in the place it was looked for. */
export function checkSumOf(bytes: Buffer, at: { bucket: number; count: number }): number {
  const place = Buffer.alloc(8)
  place.writeUInt32LE(at.bucket, 0)
  place.writeUInt32LE(at.count, 4)
  return crc32(bytes, crc32(place))
}
