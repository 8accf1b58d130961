import { mkdir, open, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type CopiedEntry,
  entryBytesMax,
  type LogCopy,
  parseCheckpoint,
  type SignedCheckpoint,
  tilePath,
  tileWidth,
} from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'

export const checkpointFile = 'checkpoint'
/** The public keys, one a line, the oldest first. Who verifies takes them from elsewhere; these are for convenience. */
export const verifierKeyFile = 'log.vkey'

export interface Exported {
  size: number
  files: number
}

/**
 * Writes a log as the static files of C2SP tlog-tiles: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
 * The folder must be empty or not there. The checkpoint comes last, so an export that was cut off has none and is not
 * mistaken for a whole one. Throws `audit-log-broken` when rows are missing.
 */
export async function writeExport(
  copy: LogCopy,
  { folder, keysAt }: { folder: string; keysAt(newest: SignedCheckpoint): readonly string[] },
): Promise<Exported> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) {
    throw new RangeError(`${folder} is not empty: export into a folder that is, or is not there yet`)
  }
  const newest = await newestNote(copy)
  let files = 2
  for await (const { level, index, hashes } of copy.tiles()) {
    await write(join(folder, tilePath(level, index, hashes.length / 32)), hashes)
    files += 1
  }
  let size = 0
  for await (const bundle of bundles(copy.entries())) {
    const index = Math.floor(size / tileWidth)
    await write(join(folder, tilePath('entries', index, bundle.length)), encodeBundle(bundle))
    size += bundle.length
    files += 1
  }
  if (size !== newest.size) throw new Fault('audit-log-broken', { detail: `${size} rows of ${newest.size}` })
  await writeFile(join(folder, verifierKeyFile), `${keysAt(newest).join('\n')}\n`)
  await writeDurably(join(folder, checkpointFile), newest.note)
  return { size, files }
}

async function newestNote(copy: LogCopy): Promise<SignedCheckpoint> {
  let newest: string | null = null
  for await (const note of copy.checkpoints()) newest = note
  const checkpoint = newest === null ? null : parseCheckpoint(newest)
  if (checkpoint === null) throw new RangeError('nothing has been sealed yet')
  return checkpoint
}

async function* bundles(pages: AsyncIterable<readonly CopiedEntry[]>): AsyncGenerator<CopiedEntry[]> {
  let bundle: CopiedEntry[] = []
  let next = 0
  for await (const page of pages) {
    for (const entry of page) {
      if (entry.leaf !== next) throw new Fault('audit-log-broken', { detail: `row ${next} is missing` })
      next += 1
      bundle.push(entry)
      if (bundle.length === tileWidth) {
        yield bundle
        bundle = []
      }
    }
  }
  if (bundle.length > 0) yield bundle
}

/** Each entry after its length in 16 bits, big-endian. */
function encodeBundle(entries: readonly CopiedEntry[]): Buffer {
  const parts = entries.flatMap(({ entry, leaf }) => {
    if (entry.length > entryBytesMax)
      throw new Fault('audit-log-broken', { detail: `row ${leaf} is too long` })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(entry.length)
    return [length, entry]
  })
  return Buffer.concat(parts)
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx')
  await file.writeFile(text)
  await file.sync()
}
