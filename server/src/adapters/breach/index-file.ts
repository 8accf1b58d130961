import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { BreachList } from '../../core/passwords/index.ts'
import { Fault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import { bucketHas, bucketLength } from './bucket.ts'
import {
  bucketsIn,
  checkSumOf,
  decodeHeader,
  decodeTableEntry,
  type Header,
  headerBytes,
  tableEntryBytes,
  tableEntryOffset,
} from './format.ts'
import { bucketsPerPartition, keyOf, placeOf, prefixOf } from './geometry.ts'
import { hashOf } from './hashes.ts'

interface Opened {
  file: FileHandle
  header: Header
  /** What tells this file from one that has taken its place. */
  stamp: string
}

interface IndexOptions {
  /** Told what keeps a new index from being taken up; the old one is asked on. */
  warn(text: string): void
}

/** How often the file is looked at again: a new index is taken up within this time, without a restart. */
const lookAgainMs = 10_000

/**
 * An index on disk, read by position: each look-up reads 16 bytes and one bucket, and nothing is kept in memory. A
 * password in the dump is always found. One that is not is found by mistake in about 5 of 100 million cases.
 */
export class IndexFile implements BreachList, AsyncDisposable {
  readonly name: string
  readonly #warn: IndexOptions['warn']
  #opened: Opened
  /** The file before this one, for as long as look-ups that had begun may go on in it. */
  #before: FileHandle | null = null
  #lookedAt = performance.now()

  private constructor(name: string, opened: Opened, warn: IndexOptions['warn']) {
    this.name = name
    this.#opened = opened
    this.#warn = warn
  }

  /** Throws a Fault `breach-list-damaged` that names the file when it is no index, or not a whole one. */
  static async open(path: string, { warn }: IndexOptions = { warn: () => undefined }): Promise<IndexFile> {
    const name = resolve(path)
    return new IndexFile(name, await openIndex(name), warn)
  }

  get header(): Header {
    return this.#opened.header
  }

  async has(password: Secret): Promise<boolean> {
    const opened = await this.#newest()
    return this.#find(await hashOf[opened.header.kind](password), opened)
  }

  /** Throws a Fault `breach-list-damaged` rather than to say that a hash is not in a list that can't be read. */
  async hasHash(hash: Uint8Array): Promise<boolean> {
    return this.#find(hash, await this.#newest())
  }

  /** Reads everything once. Throws a Fault `breach-list-damaged` at the first bucket that is not as it was written. */
  async verify(progress: (done: number, of: number) => void): Promise<void> {
    const opened = this.#opened
    const { geometry, entries } = opened.header
    const buckets = bucketsIn(geometry)
    let found = 0
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      found += (await this.#bucket(bucket, opened)).count
      progress(bucket + 1, buckets)
    }
    if (found !== entries) throw damaged(this.name, 'it has not as many entries as it says')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#before?.close()
    await this.#opened.file.close()
  }

  /** All of a look-up in one file, whatever takes its place meanwhile. */
  async #find(hash: Uint8Array, opened: Opened): Promise<boolean> {
    const { geometry } = opened.header
    const { partition, rest } = prefixOf(hash)
    const { bucket, value } = placeOf(keyOf(rest, geometry), geometry)
    const { bytes, count } = await this.#bucket(partition * bucketsPerPartition(geometry) + bucket, opened)
    return bucketHas(bytes, count, value)
  }

  async #bucket(bucket: number, { file, header }: Opened): Promise<{ bytes: Buffer; count: number }> {
    const place = await this.#read(file, tableEntryOffset(bucket), tableEntryBytes)
    const entry = decodeTableEntry(place, header)
    if (entry === null) throw damaged(this.name, `the place of bucket ${bucket} was changed`)
    const { offset, count, checkSum } = entry
    const bytes = await this.#read(file, offset, bucketLength(count, header.geometry.highBits))
    if (checkSumOf(bytes, { bucket, count }) !== checkSum) {
      throw damaged(this.name, `bucket ${bucket} was changed`)
    }
    return { bytes, count }
  }

  async #read(file: FileHandle, position: number, length: number): Promise<Buffer> {
    return readAt(file, { name: this.name, position, length })
  }

  async #newest(): Promise<Opened> {
    const now = performance.now()
    if (now - this.#lookedAt < lookAgainMs) return this.#opened
    this.#lookedAt = now
    const before = this.#before
    this.#before = null
    await before?.close()
    try {
      if (stampOf(await stat(this.name)) === this.#opened.stamp) return this.#opened
      const opened = await openIndex(this.name)
      this.#before = this.#opened.file
      this.#opened = opened
    } catch (error) {
      this.#warn(error instanceof Error ? error.message : String(error))
    }
    return this.#opened
  }
}

const stampOf = ({ dev, ino, size, mtimeMs }: Stats): string => [dev, ino, size, mtimeMs].join('/')

async function openIndex(path: string): Promise<Opened> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new Fault('breach-list-damaged', { cause, detail: `${path} can't be read` })
  })
  try {
    const stats = await file.stat()
    const { size } = stats
    const isLong = stats.isFile() && size >= headerBytes
    const header = isLong
      ? decodeHeader(await readAt(file, { name: path, position: 0, length: headerBytes }))
      : null
    if (header === null) throw damaged(path, 'it does not begin as one')
    if (header.length !== size) throw damaged(path, `it has ${size} bytes of ${header.length}`)
    return { file, header, stamp: stampOf(stats) }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readAt(
  file: FileHandle,
  { name, position, length }: { name: string; position: number; length: number },
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, position).catch((cause: unknown) => {
    throw new Fault('breach-list-damaged', { cause, detail: `${name} can't be read` })
  })
  if (bytesRead !== length) throw damaged(name, 'it ends too early')
  return bytes
}

const damaged = (path: string, why: string) =>
  new Fault('breach-list-damaged', {
    detail: `${path} is no breach index (${why}): make it again with \`rekey breach import\``,
  })
