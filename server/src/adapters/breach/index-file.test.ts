import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isFault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import { hashOf } from './hashes.ts'
import { type ImportOptions, importDump } from './import-dump.ts'
import { IndexFile } from './index-file.ts'

const home = mkdtempSync(join(tmpdir(), 'rekey-breach-'))
afterAll(() => {
  rmSync(home, { recursive: true })
})
const now = () => new Date('2026-01-01T00:00:00Z')
const at = (name: string) => join(home, name)
const sha1 = (text: string) => createHash('sha1').update(text).digest()
const quiet = { now, progress: () => undefined }

/** Lines in no order, some of them twice. */
function dumpOf(name: string, count: number): string {
  const lines: string[] = []
  for (let number = 0; number < count; number += 1) {
    lines.push(`${sha1(`${name} ${number}`).toString('hex').toUpperCase()}:${number % 7}\r\n`)
    if (number % 5 === 0) lines.push(`${sha1(`${name} ${number}`).toString('hex')}\r\n`)
  }
  writeFileSync(at(name), lines.join(''))
  return at(name)
}

const make = async (name: string, count: number, options: Partial<ImportOptions> = {}) =>
  importDump({ dump: { path: dumpOf(name, count) }, index: at(`${name}.index`), ...quiet, ...options })

describe('an index', () => {
  beforeAll(() => make('people', 20_000))

  it('holds every password of its dump, once, and no other', async () => {
    await using index = await IndexFile.open(at('people.index'))

    expect(index.header).toMatchObject({ kind: 'sha1', entries: 20_000 })
    for (let number = 0; number < 20_000; number += 1) {
      if (!(await index.hasHash(sha1(`people ${number}`)))) throw new Error(`${number} is missing`)
    }
    expect(await index.has(new Secret('people 17'))).toBe(true)
    // Of 20,000 others a mistake is expected in one run of a thousand.
    let found = 0
    for (let number = 0; number < 20_000; number += 1) {
      if (await index.hasHash(sha1(`nobody ${number}`))) found += 1
    }
    expect(found).toBe(0)
    await index.verify(() => undefined)
  })

  it('can be made of NTLM hashes, and is then asked by them', async () => {
    // MS-NLMP section 4.2.2.1.2 (NTOWFv1 of "Password").
    expect(Buffer.from(await hashOf.ntlm(new Secret('Password'))).toString('hex')).toBe(
      'a4f49c406510bdcab6824ee7c30fd852',
    )
    writeFileSync(at('ntlm'), 'A4F49C406510BDCAB6824EE7C30FD852:9\n')
    const imported = await importDump({ dump: { path: at('ntlm') }, index: at('ntlm.index'), ...quiet })
    await using index = await IndexFile.open(at('ntlm.index'))

    expect(imported).toMatchObject({ kind: 'ntlm', entries: 1 })
    expect(await index.has(new Secret('Password'))).toBe(true)
    expect(await index.has(new Secret('password'))).toBe(false)
  })

  it('is never believed after a byte of it was changed', async () => {
    await make('few', 300)
    const whole = readFileSync(at('few.index'))
    const asked = Array.from({ length: 300 }, (_, number) => sha1(`few ${number}`))
    const step = 13
    let noticed = 0
    for (let byte = 0; byte < whole.length; byte += step) {
      const changed = Buffer.from(whole)
      changed.writeUInt8(changed.readUInt8(byte) ^ (1 << (byte % 8)), byte)
      writeFileSync(at('changed.index'), changed)
      const found = await lookUpAll(asked)
      expect(found).not.toContain(false)
      if (found.includes('damaged')) noticed += 1
    }
    // Only the places of empty buckets, which nobody looks into here, may be changed unseen.
    expect(noticed).toBeGreaterThan(whole.length / step / 4)
  })

  async function lookUpAll(hashes: readonly Buffer[]): Promise<(boolean | 'damaged')[]> {
    try {
      await using index = await IndexFile.open(at('changed.index'))
      return await Promise.all(hashes.map((hash) => index.hasHash(hash).catch(damaged)))
    } catch (error) {
      return [damaged(error)]
    }
  }
  const damaged = (error: unknown) => {
    if (isFault(error, 'breach-list-damaged')) return 'damaged' as const
    throw error
  }

  it('is refused by name when it is cut off, empty, missing or something else', async () => {
    const whole = readFileSync(at('people.index'))
    writeFileSync(at('cut.index'), whole)
    for (const length of [whole.length - 1, 64, 63, 0]) {
      truncateSync(at('cut.index'), length)
      await expect(IndexFile.open(at('cut.index'))).rejects.toThrow(/breach-list-damaged: .*cut\.index/)
    }
    writeFileSync(at('cut.index'), 'x'.repeat(500))
    await expect(IndexFile.open(at('cut.index'))).rejects.toThrow(/cut\.index is no breach index/)
    await expect(IndexFile.open(at('missing.index'))).rejects.toThrow(/missing\.index can't be read/)
  })

  it('is taken up by a service that runs when a new one takes its place', async () => {
    await make('old', 100)
    await make('new', 100)
    await using index = await IndexFile.open(at('old.index'))
    const asking = [sha1('old 1'), sha1('new 1')]
    const found = () => Promise.all(asking.map((hash) => index.hasHash(hash)))
    expect(await found()).toEqual([true, false])

    renameSync(at('new.index'), at('old.index'))
    expect(await found()).toEqual([true, false])
    const later = performance.now() + 11_000
    vi.spyOn(performance, 'now').mockReturnValue(later)
    await index.hasHash(sha1('anything'))

    expect(await found()).toEqual([false, true])
    vi.restoreAllMocks()
  })

  it('of another hash takes its place without a password going unnoticed', async () => {
    await make('by-sha1', 10)
    writeFileSync(at('by-ntlm'), 'A4F49C406510BDCAB6824EE7C30FD852:9\n')
    await importDump({ dump: { path: at('by-ntlm') }, index: at('by-ntlm.index'), ...quiet })
    await using index = await IndexFile.open(at('by-sha1.index'))

    renameSync(at('by-ntlm.index'), at('by-sha1.index'))
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000)

    expect(await index.has(new Secret('Password'))).toBe(true)
    vi.restoreAllMocks()
  })

  it('that is damaged takes no place: the old one is asked on, and whoever runs it is told', async () => {
    await make('good', 10)
    const told: string[] = []
    await using index = await IndexFile.open(at('good.index'), { warn: (text) => told.push(text) })
    writeFileSync(at('good.new'), 'nonsense')

    renameSync(at('good.new'), at('good.index'))
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000)

    expect(await index.hasHash(sha1('good 1'))).toBe(true)
    expect(told).toEqual([expect.stringMatching(/good\.index is no breach index/)])
    vi.restoreAllMocks()
  })
})

describe('an import', () => {
  it('goes on where it was interrupted, with the same index in the end', async () => {
    await make('again', 30_000)
    const inOneGo = readFileSync(at('again.index'))
    rmSync(at('again.index'))
    const stop = new Error('interrupted')
    let pieces = 0
    const interrupted = importDump({
      dump: { path: at('again') },
      index: at('again.index'),
      now,
      keepEvery: 100_000,
      pieceBytes: 50_000,
      progress() {
        pieces += 1
        if (pieces === 12) throw stop
      },
    })
    await expect(interrupted).rejects.toThrow(stop)

    const again = await importDump({ dump: { path: at('again') }, index: at('again.index'), ...quiet })

    expect(again.resumedAt).toBeGreaterThan(10_000)
    expect(again.lines).toBe(36_000)
    expect(readFileSync(at('again.index')).equals(inOneGo)).toBe(true)
  })

  it('begins at the beginning when the dump is another one', async () => {
    const interrupt = () => {
      throw new Error('interrupted')
    }
    const options = { keepEvery: 1, pieceBytes: 10_000, now }
    const path = dumpOf('other', 2_000)
    let pieces = 0
    const progress = () => {
      pieces += 1
      if (pieces === 3) interrupt()
    }
    await expect(importDump({ dump: { path }, index: at('o.index'), ...options, progress })).rejects.toThrow()
    writeFileSync(path, `${sha1('only').toString('hex')}\n`)

    const imported = await importDump({ dump: { path }, index: at('o.index'), ...quiet })

    expect(imported).toMatchObject({ resumedAt: 0, entries: 1 })
  })

  it('goes on with nothing that another import has written over', async () => {
    // All of one partition, so that a few thousand are enough to be written to its file.
    const hashOfOne = (text: string) => Buffer.concat([Buffer.alloc(1), sha1(text).subarray(1)])
    const dump = (name: string, count: number) => {
      const lines = Array.from({ length: count }, (_, number) =>
        hashOfOne(`${name} ${number}`).toString('hex'),
      )
      writeFileSync(at(name), `${lines.join('\n')}\n`)
      return { path: at(name) }
    }
    const first = dump('first', 5_000)
    const second = dump('second', 9_000)
    const index = at('over.index')
    const interruptedAfter = (pieces: number) => ({
      index,
      now,
      pieceBytes: 20_000,
      progress() {
        pieces -= 1
        if (pieces === 0) throw new Error('interrupted')
      },
    })
    await expect(importDump({ ...interruptedAfter(6), dump: first, keepEvery: 1 })).rejects.toThrow(
      'interrupted',
    )
    await expect(importDump({ ...interruptedAfter(18), dump: second })).rejects.toThrow('interrupted')

    const imported = await importDump({ dump: first, index, ...quiet })

    await using opened = await IndexFile.open(index)
    expect(imported).toMatchObject({ resumedAt: 0, entries: 5_000 })
    for (let number = 0; number < 5_000; number += 1) {
      expect(await opened.hasHash(hashOfOne(`first ${number}`))).toBe(true)
    }
    expect(await opened.hasHash(hashOfOne('second 1'))).toBe(false)
  })

  it('of a dump that is still being written is refused', async () => {
    const path = dumpOf('growing', 5_000)
    let isFirst = true
    const grow = () => {
      if (isFirst) appendFileSync(path, `${sha1('late').toString('hex')}\n`)
      isFirst = false
    }

    await expect(
      importDump({ dump: { path }, index: at('growing.index'), now, pieceBytes: 10_000, progress: grow }),
    ).rejects.toThrow(/still being written/)
  })

  it('leaves the old index alone until the new one is whole', async () => {
    await make('kept', 50)
    const before = readFileSync(at('kept.index'))
    writeFileSync(at('bad'), `${sha1('a').toString('hex')}\nno hash\n`)

    await expect(
      importDump({ dump: { path: at('bad') }, index: at('kept.index'), ...quiet }),
    ).rejects.toThrow(/line 2 of .*bad is no sha1 hash/)
    await expect(
      importDump({ dump: { path: at('nowhere') }, index: at('kept.index'), ...quiet }),
    ).rejects.toThrow(/nowhere can't be read/)
    writeFileSync(at('empty'), '\n\n')
    await expect(
      importDump({ dump: { path: at('empty') }, index: at('kept.index'), ...quiet }),
    ).rejects.toThrow(/empty is empty/)

    expect(readFileSync(at('kept.index')).equals(before)).toBe(true)
  })
})
