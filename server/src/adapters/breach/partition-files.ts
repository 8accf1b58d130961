import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { partitions } from './geometry.ts'

/** Of the process that has the folder; see `breachTools`. */
const lockName = 'lock'
/** Numbers that are held in memory for each partition before they are written. */
const held = 4_096

/**
 * A file for each partition, with the numbers of its hashes as they came. A dump of any size and order is sorted a
 * partition at a time, in memory that does not grow with the others.
 */
export class PartitionFiles implements Disposable {
  readonly #folder: string
  readonly #files: readonly number[]
  readonly #buffers = Array.from({ length: partitions }, () => new Float64Array(held))
  readonly #filled = new Uint32Array(partitions)
  readonly #lengths: number[]
  #isOpen = true

  /** `lengths`: what an earlier import had written for certain; the rest is cut off. */
  constructor(folder: string, lengths: readonly number[]) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.#lengths = Array.from({ length: partitions }, (_, partition) => lengths[partition] ?? 0)
    this.#files = this.#lengths.map((length, partition) => {
      const file = openSync(join(folder, `${partition}.hashes`), length === 0 ? 'w+' : 'r+')
      ftruncateSync(file, length)
      return file
    })
  }

  add(partition: number, rest: number): void {
    const buffer = this.#buffers[partition]
    const filled = this.#filled[partition]
    if (buffer === undefined || filled === undefined) throw new RangeError('no such partition')
    buffer[filled] = rest
    this.#filled[partition] = filled + 1
    if (filled + 1 === held) this.#write(partition)
  }

  /** Everything that was added is on the disk when this returns; gives the length of each file in bytes. */
  settle(): readonly number[] {
    for (let partition = 0; partition < partitions; partition += 1) this.#write(partition)
    for (const file of this.#files) fsyncSync(file)
    return [...this.#lengths]
  }

  /** The numbers of one partition, ascending. */
  sorted(partition: number): Float64Array {
    const numbers = new Float64Array((this.#lengths[partition] ?? 0) / Float64Array.BYTES_PER_ELEMENT)
    const bytes = new Uint8Array(numbers.buffer)
    let at = 0
    while (at < bytes.length) {
      const read = readSync(this.#files[partition] ?? -1, bytes, at, bytes.length - at, at)
      if (read === 0) throw new RangeError('a partition is shorter than what was written to it')
      at += read
    }
    return numbers.sort()
  }

  /** The folder stays: whoever waits for its lock must not wait for one that nobody can find any more. */
  remove(): void {
    this[Symbol.dispose]()
    for (const name of readdirSync(this.#folder)) {
      if (name !== lockName) rmSync(join(this.#folder, name), { force: true })
    }
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    for (const file of this.#files) closeSync(file)
  }

  #write(partition: number): void {
    const numbers = this.#buffers[partition]?.subarray(0, this.#filled[partition])
    if (numbers === undefined || numbers.length === 0) return
    const bytes = new Uint8Array(numbers.buffer, 0, numbers.byteLength)
    const length = this.#lengths[partition] ?? 0
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#files[partition] ?? -1, bytes, at, bytes.length - at, length + at)
    }
    this.#lengths[partition] = length + bytes.length
    this.#filled[partition] = 0
  }
}
