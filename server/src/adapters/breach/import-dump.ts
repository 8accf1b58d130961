import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../../kernel/fault.ts'
import { DumpReader } from './dump.ts'
import { falsePositiveRate, geometryFor, type HashKind, partitions } from './geometry.ts'
import { dumpFile, forgetKept, keep, readKept } from './import-state.ts'
import { IndexWriter } from './index-writer.ts'
import { PartitionFiles } from './partition-files.ts'

/** How far an import is. `of` is null when nobody knows how much there will be. */
export interface ImportProgress {
  step: 'reading' | 'writing'
  done: number
  of: number | null
  hashes: number
}

export interface ImportOptions {
  /** A file, or what comes over a pipe; that can't be taken up again where it stopped. */
  dump: { path: string } | { pipe: AsyncIterable<Buffer> }
  /** Where the index goes. */
  index: string
  now(): Date
  progress(at: ImportProgress): void
  /** Bytes between two points from which an import can go on. */
  keepEvery?: number
  /** Bytes that are read at a time. */
  pieceBytes?: number
}

export interface Imported {
  kind: HashKind
  lines: number
  entries: number
  bytes: number
  falsePositiveRate: number
  /** Lines that an earlier, interrupted import had read. */
  resumedAt: number
}

/**
 * Makes an index of a dump. First every hash goes to the file of its partition, then the partitions are sorted and
 * written one after the other. An import that was interrupted while reading goes on where it was, if the dump is still
 * the same file.
 *
 * Throws a Fault `breach-dump-unreadable`; then the old index, if there is one, is untouched.
 */
export async function importDump(options: ImportOptions): Promise<Imported> {
  const { dump, now, progress, keepEvery = 512 * 1024 * 1024 } = options
  const index = resolve(options.index)
  const folder = importFolder(index)
  const source = 'path' in dump ? dumpFile(dump.path) : null
  const kept = source === null ? null : readKept(folder, source)
  const name = source?.path ?? 'the dump'
  using cleaning = new DisposableStack()
  const reader = new DumpReader(name, kept ?? { kind: null, position: 0, lines: 0 })
  const resumedAt = reader.lines
  if (kept === null) forgetKept(folder)
  using files = new PartitionFiles(folder, kept?.lengths ?? [])
  // What came over a pipe can't be taken up again.
  if (source === null) cleaning.defer(() => files.remove())

  const take = (partition: number, rest: number) => {
    files.add(partition, rest)
  }
  let keptAt = reader.position
  for await (const piece of piecesOf(options, reader.position)) {
    reader.read(piece, take)
    const { position: done, lines: hashes } = reader
    progress({ step: 'reading', done, of: source?.size ?? null, hashes })
    if (source !== null && done - keptAt >= keepEvery) {
      const { kind, position, lines } = reader
      keep(folder, { source, kind, position, lines, lengths: files.settle() })
      keptAt = done
    }
  }
  const size = reader.position + reader.held
  if (source !== null && size !== source.size) {
    const detail = `${name} has ${size} bytes and had ${source.size}: it is still being written`
    throw new Fault('breach-dump-unreadable', { detail })
  }
  reader.end(take)
  const { kind, lines } = reader
  if (kind === null) throw new Fault('breach-dump-unreadable', { detail: `${name} is empty` })
  files.settle()
  const written = writeIndex(index, { kind, lines, files, now, progress })
  files.remove()
  return { kind, lines, resumedAt, ...written }
}

/** What an import keeps while it is under way. */
export const importFolder = (index: string): string => `${resolve(index)}.import`

function piecesOf(
  { dump, pieceBytes = 4 * 1024 * 1024 }: ImportOptions,
  from: number,
): AsyncIterable<Buffer> {
  if ('pipe' in dump) return dump.pipe
  return createReadStream(dump.path, { start: from, highWaterMark: pieceBytes }) as AsyncIterable<Buffer>
}

function writeIndex(
  index: string,
  what: { kind: HashKind; lines: number; files: PartitionFiles } & Pick<ImportOptions, 'now' | 'progress'>,
): Pick<Imported, 'entries' | 'bytes' | 'falsePositiveRate'> {
  const { kind, lines, files, now, progress } = what
  const geometry = geometryFor(lines)
  using writer = new IndexWriter(index, { kind, geometry })
  for (let partition = 0; partition < partitions; partition += 1) {
    writer.add(partition, files.sorted(partition))
    progress({ step: 'writing', done: partition + 1, of: partitions, hashes: lines })
  }
  const { entries, bytes } = writer.finish(now())
  return { entries, bytes, falsePositiveRate: falsePositiveRate(entries, geometry) }
}
