import { lowBits } from './geometry.ts'

/**
 * The entries of one bucket, ascending and each once, in the code of Elias and Fano: the low 24 bits of each as three
 * bytes, then how many entries have each value of the high bits, in unary (a one for each entry, a zero to go on to
 * the next value). 24 bits and at most three more an entry.
 */
export function encodeBucket(values: readonly number[], highBits: number): Buffer {
  const bytes = Buffer.alloc(bucketLength(values.length, highBits))
  const highs = values.length * lowBytes
  for (const [index, value] of values.entries()) {
    bytes.writeUIntBE(value % lowRange, index * lowBytes, lowBytes)
    const bit = Math.floor(value / lowRange) + index
    const at = highs + (bit >> 3)
    bytes.writeUInt8(bytes.readUInt8(at) | (1 << (bit & 7)), at)
  }
  return bytes
}

export const bucketLength = (count: number, highBits: number): number =>
  count * lowBytes + Math.ceil((count + 2 ** highBits) / 8)

/** Whether a value is in the bucket of so many entries. */
export function bucketHas(bytes: Buffer, count: number, value: number): boolean {
  const high = Math.floor(value / lowRange)
  const low = value % lowRange
  let index = 0
  let zeros = 0
  for (let bit = count * lowBytes * 8; index < count && zeros <= high; bit += 1) {
    const isEntry = (bytes.readUInt8(bit >> 3) & (1 << (bit & 7))) !== 0
    if (!isEntry) zeros += 1
    else {
      if (zeros === high && bytes.readUIntBE(index * lowBytes, lowBytes) === low) return true
      index += 1
    }
  }
  return false
}

const lowBytes = lowBits / 8
const lowRange = 2 ** lowBits
