import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { flushFolder } from '../../kernel/durable-file.ts'
import { encodeBucket } from './bucket.ts'
import { bodyOffset, checkSumOf, encodeHeader, encodeTableEntry, tableEntryOffset } from './format.ts'
import { bucketsPerPartition, type Geometry, type HashKind, keyOf, placeOf } from './geometry.ts'

/**
 * Writes an index beside its place and moves it there when it is whole: a service that reads the old one goes on, and a
 * file that was cut off never has the name of a whole one.
 */
export class IndexWriter implements Disposable {
  readonly #path: string
  readonly #part: string
  readonly #file: number
  readonly #kind: HashKind
  readonly #geometry: Geometry
  #offset: number
  #entries = 0

  constructor(path: string, { kind, geometry }: { kind: HashKind; geometry: Geometry }) {
    this.#path = path
    this.#part = `${path}.part`
    this.#file = openSync(this.#part, 'w', 0o644)
    this.#kind = kind
    this.#geometry = geometry
    this.#offset = bodyOffset(geometry)
  }

  /** The partitions in their order; the numbers of each ascending, any of them several times. */
  add(partition: number, numbers: Float64Array): void {
    const buckets = bucketsPerPartition(this.#geometry)
    const table: Buffer[] = []
    const bodies: Buffer[] = []
    const next = { at: 0 }
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const values = this.#valuesOf(bucket, numbers, next)
      const bytes = encodeBucket(values, this.#geometry.highBits)
      const count = values.length
      const checkSum = checkSumOf(bytes, { bucket: partition * buckets + bucket, count })
      table.push(encodeTableEntry({ offset: this.#offset, count, checkSum }))
      bodies.push(bytes)
      this.#offset += bytes.length
      this.#entries += count
    }
    const body = Buffer.concat(bodies)
    this.#write(body, this.#offset - body.length)
    this.#write(Buffer.concat(table), tableEntryOffset(partition * buckets))
  }

  /** Puts the index in its place. */
  finish(createdAt: Date): { entries: number; bytes: number } {
    const written = { entries: this.#entries, length: this.#offset }
    this.#write(encodeHeader({ kind: this.#kind, geometry: this.#geometry, createdAt, ...written }), 0)
    fsyncSync(this.#file)
    renameSync(this.#part, this.#path)
    flushFolder(dirname(this.#path))
    return { entries: written.entries, bytes: written.length }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
    rmSync(this.#part, { force: true })
  }

  /** The values of one bucket, each once. */
  #valuesOf(bucket: number, numbers: Float64Array, next: { at: number }): number[] {
    const values: number[] = []
    for (; next.at < numbers.length; next.at += 1) {
      const place = placeOf(keyOf(numbers[next.at] ?? 0, this.#geometry), this.#geometry)
      if (place.bucket !== bucket) break
      if (place.value !== values.at(-1)) values.push(place.value)
    }
    return values
  }

  #write(bytes: Buffer, position: number): void {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#file, bytes, at, bytes.length - at, position + at)
    }
  }
}
