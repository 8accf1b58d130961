import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importDump } from '../server/src/adapters/breach/import-dump.ts'
import { IndexFile } from '../server/src/adapters/breach/index-file.ts'
import { print } from './harness/rows.ts'

/**
 * The index of lost passwords: how fast a dump is read, how large the index is, how long a look-up takes, and how often
 * a hash that is in no dump is found. Beside the import, in the same run: the same file read and its lines counted.
 * REKEY_BENCH_HASHES says how many hashes the dump has.
 */
const hashes = Number(process.env['REKEY_BENCH_HASHES'] ?? 5_000_000)
const rounds = 5
const lookUps = 20_000

const folder = await mkdtemp(join(tmpdir(), 'rekey-bench-'))
try {
  const dump = join(folder, 'dump.txt')
  const index = join(folder, 'dump.index')
  await writeDump(dump)
  const countedAt = performance.now()
  await countLines(dump)
  const counted = (performance.now() - countedAt) / 1_000
  const began = performance.now()
  const imported = await importDump({
    dump: { path: dump },
    index,
    now: () => new Date(),
    progress: () => {},
  })
  const seconds = (performance.now() - began) / 1_000
  print({
    what: `breach import, ${hashes.toLocaleString('en')} hashes`,
    values: [hashes / seconds],
    unit: '/s',
    beside: { what: 'lines that are only counted', values: [hashes / counted] },
    note: `${seconds.toFixed(0)} s for ${((await stat(dump)).size / 1e9).toFixed(2)} GB`,
  })
  print({
    what: 'breach index, size',
    values: [imported.bytes / imported.entries],
    unit: 'B/hash',
    aim: { atMost: 4 },
    note: `${(imported.bytes / 1e6).toFixed(0)} MB`,
  })
  await using opened = await IndexFile.open(index)
  const times: number[] = []
  let found = 0
  for (let round = 0; round < rounds; round += 1) {
    const asked = Array.from({ length: lookUps }, () => randomBytes(20))
    const from = performance.now()
    for (const hash of asked) if (await opened.hasHash(hash)) found += 1
    times.push(((performance.now() - from) / lookUps) * 1_000)
  }
  print({ what: 'breach look-up, one after the other', values: times, unit: 'µs' })
  const many = Number(process.env['REKEY_BENCH_STRANGERS'] ?? rounds * lookUps)
  let mistakes = found
  for (let done = rounds * lookUps; done < many; done += 1_000) {
    const some = Array.from({ length: 1_000 }, () => opened.hasHash(randomBytes(20)))
    mistakes += (await Promise.all(some)).filter((isFound) => isFound).length
  }
  print({
    what: `breach index, mistakes in ${many.toLocaleString('en')} strangers`,
    values: [mistakes],
    unit: '',
    note: `expected ${(many * imported.falsePositiveRate).toFixed(2)} (one in ${Math.round(1 / imported.falsePositiveRate).toLocaleString('en')})`,
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function writeDump(path: string): Promise<void> {
  const file = createWriteStream(path)
  const atOnce = 20_000
  for (let done = 0; done < hashes; done += atOnce) {
    const lines: string[] = []
    for (let at = done; at < Math.min(done + atOnce, hashes); at += 1) {
      lines.push(
        createHash('sha1').update(`synthetic ${at}`).digest('hex').toUpperCase(),
        ':',
        String(at % 100),
        '\r\n',
      )
    }
    if (!file.write(lines.join(''))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  for await (const piece of createReadStream(path, {
    highWaterMark: 4 * 1024 * 1024,
  }) as AsyncIterable<Buffer>) {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1
  }
  return lines
}
