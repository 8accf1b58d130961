import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import { makeProgress } from './progress.ts'

/** What the command line asks of the lists of lost passwords. */
export interface BreachTools {
  importDump(options: {
    /** A file; null for standard input. */
    dump: string | null
    index: string
    progress(at: { step: 'reading' | 'writing'; done: number; of: number | null; hashes: number }): void
  }): Promise<ImportedDump>
  openIndex(path: string): Promise<OpenedIndex>
}

export interface ImportedDump {
  kind: string
  lines: number
  entries: number
  bytes: number
  falsePositiveRate: number
  resumedAt: number
}

export interface OpenedIndex extends AsyncDisposable {
  header: { kind: string; entries: number; length: number; createdAt: Date }
  hasHash(hash: Uint8Array): Promise<boolean>
  verify(progress: (done: number, of: number) => void): Promise<void>
}

interface Said {
  tools: BreachTools
  json: boolean
  terminal: Terminal
}

/** `rekey breach import`: makes an index of a dump of hashes, and takes the place of the old one with it. */
export async function breachImport(
  { dump, index }: { dump: string; index: string },
  { tools, json, terminal }: Said,
): Promise<ExitCode> {
  const progress = makeProgress(terminal)
  const began = performance.now()
  const imported = await tools
    .importDump({
      dump: dump === '-' ? null : dump,
      index,
      progress: ({ step, done, of, hashes }) => {
        progress.show({ what: step, done, of, note: `${count(hashes)} hashes` })
      },
    })
    .finally(progress.end)
  const seconds = (performance.now() - began) / 1_000
  if (json) {
    terminal.out(JSON.stringify({ ok: true, index, ...imported, seconds }, null, 2))
    return exitCodes.ok
  }
  const { entries, kind, bytes, resumedAt, lines, falsePositiveRate } = imported
  if (resumedAt > 0) terminal.err(`Went on after ${count(resumedAt)} lines that were read before.`)
  terminal.out(
    `${index}: ${count(entries)} ${kind} hashes from ${count(lines)} lines in ${seconds.toFixed(1)} s, ` +
      `${size(bytes)} (${(bytes / Math.max(entries, 1)).toFixed(2)} bytes each).`,
  )
  terminal.out(
    `A password that is not in it is found by mistake once in ${count(Math.round(1 / falsePositiveRate))}; one that is in it, always.`,
  )
  return exitCodes.ok
}

/** `rekey breach check`: reads a whole index and says whether it is as it was written. */
export async function breachCheck(index: string, { tools, json, terminal }: Said): Promise<ExitCode> {
  await using opened = await tools.openIndex(index)
  const progress = makeProgress(terminal)
  await opened
    .verify((done, of) => {
      progress.show({ what: 'checking', done, of, note: `${count(done)} buckets` })
    })
    .finally(progress.end)
  const { kind, entries, length, createdAt } = opened.header
  if (json) {
    terminal.out(JSON.stringify({ ok: true, index, kind, entries, bytes: length, createdAt }, null, 2))
  } else {
    terminal.out(
      `${index} is whole: ${count(entries)} ${kind} hashes, ${size(length)}, made ${createdAt.toISOString()}.`,
    )
  }
  return exitCodes.ok
}

/** `rekey breach find`: whether a hash is in an index. A password is never taken on a command line. */
export async function breachFind(
  { index, hash }: { index: string; hash: string },
  { tools, json, terminal }: Said,
): Promise<ExitCode> {
  await using opened = await tools.openIndex(index)
  const { kind } = opened.header
  const digits = kind === 'sha1' ? 40 : 32
  if (!/^[0-9a-f]+$/i.test(hash) || hash.length !== digits) {
    terminal.err(`This index holds ${kind} hashes: give it one, in ${digits} hexadecimal digits.`)
    return exitCodes.failed
  }
  const found = await opened.hasHash(Buffer.from(hash, 'hex'))
  terminal.out(json ? JSON.stringify({ ok: true, found }, null, 2) : found ? 'listed' : 'not listed')
  return exitCodes.ok
}

const count = (number: number): string => number.toLocaleString('en')

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
