import { eventOf } from './entry.ts'
import { type Evidence, type EvidenceCheck, makeEvidenceCheck } from './evidence.ts'
import { type Finding, finding, type Suspect } from './findings.ts'
import { hashBytes, leafHash } from './merkle.ts'
import type { CopiedEntry, CopiedTile, LogCopy } from './ports.ts'
import { hashesAtLevel, levelsOf, tileWidth } from './tiles.ts'

/** More rows than this are counted, not listed; a person does not read further. */
const suspectsMax = 50_000

export interface Compared {
  rows: number
  /** Leaf hashes in the stored tree. */
  hashes: number
  results: ReturnType<EvidenceCheck['results']>
  suspects: Suspect[]
  columns: { leaf: number; event: string | null }[]
  /** What is wrong with the upper levels of the stored tree. */
  tiles: Finding[]
  unlisted: number
}

/** Told of every row in its place, on the way. */
type LookAtRow = (leaf: number, entry: Uint8Array) => void

/** Reads rows and tree side by side, once. */
export async function compareCopy(
  copy: LogCopy,
  evidence: readonly Evidence[],
  { progress = () => {}, see }: { progress?: ((leaves: number) => void) | undefined; see: LookAtRow },
): Promise<Compared> {
  const upper: Uint8Array[][] = []
  const check = makeEvidenceCheck(evidence, (height, hash) => {
    if (height % 8 !== 0) return
    const level = height / 8
    const row = upper[level] ?? []
    row.push(hash)
    upper[level] = row
  })
  const tree = makeTreeReader(copy.tiles())
  const rows = makeRowReader(copy.entries())
  const found: Pick<Compared, 'suspects' | 'columns' | 'unlisted'> = {
    suspects: [],
    columns: [],
    unlisted: 0,
  }
  const suspect = (one: Suspect) => {
    if (found.suspects.length < suspectsMax) found.suspects.push(one)
    else found.unlisted += 1
  }
  for (let leaf = 0; ; ) {
    if (tree.needsMore(leaf)) await tree.load(leaf)
    if (rows.needsMore()) {
      progress(rows.count)
      await rows.load()
    }
    const expected = tree.at(leaf)
    const row = rows.peek()
    if (expected === undefined && row === undefined) break
    if (row !== undefined && (row.leaf < leaf || (expected === undefined && row.leaf > leaf))) {
      suspect({ leaf: row.leaf, expected: null, actual: actualOf(row, leafHash(row.entry)) })
      rows.next()
      continue
    }
    if (expected !== undefined) check.push(expected ?? missingHash)
    compareRow({ leaf, expected: expected ?? null, row: row?.leaf === leaf ? row : null }, found, suspect)
    if (row?.leaf === leaf) {
      see(leaf, row.entry)
      rows.next()
    }
    leaf += 1
  }
  progress(rows.count)
  const tiles = await upperFindings({ tree, upper, size: check.range.size })
  return { ...found, rows: rows.count, hashes: check.range.size, results: check.results(), tiles }
}

/** Stands for a hash that a missing tile would have held: no entry hashes to it. */
const missingHash = new Uint8Array(hashBytes)

function compareRow(
  { leaf, expected, row }: { leaf: number; expected: Uint8Array | null; row: CopiedEntry | null },
  found: Pick<Compared, 'columns'>,
  suspect: (one: Suspect) => void,
): void {
  if (row === null) return suspect({ leaf, expected, actual: null })
  const hash = leafHash(row.entry)
  if (expected === null || Buffer.compare(hash, expected) !== 0) {
    suspect({ leaf, expected, actual: actualOf(row, hash) })
  } else if (!row.columnsAgree && found.columns.length < suspectsMax) {
    found.columns.push({ leaf, event: eventOf(row.entry) })
  }
}

const actualOf = (row: CopiedEntry, hash: Uint8Array): Suspect['actual'] => ({
  hash,
  event: eventOf(row.entry),
})

interface TreeReader {
  needsMore(leaf: number): boolean
  load(leaf: number): Promise<void>
  /** The stored hash; null inside a hole; undefined after the end of level 0. */
  at(leaf: number): Uint8Array | null | undefined
  /** The tiles above level 0, once level 0 is read. */
  upperTiles(): AsyncIterable<CopiedTile>
}

function makeTreeReader(tiles: AsyncIterable<CopiedTile>): TreeReader {
  const iterator = tiles[Symbol.asyncIterator]()
  let start = 0
  let hashes: Uint8Array = new Uint8Array(0)
  let following: CopiedTile | null = null
  let ended = false
  const end = () => start + Math.floor(hashes.length / hashBytes)
  return {
    needsMore: (leaf) => !ended && leaf >= end(),
    load: async (leaf) => {
      while (!ended && leaf >= end()) {
        const next = await iterator.next()
        if (next.done === true || next.value.level !== 0) {
          following = next.done === true ? null : next.value
          ended = true
        } else if (next.value.index * tileWidth >= end()) {
          start = next.value.index * tileWidth
          hashes = next.value.hashes
        }
      }
    },
    at: (leaf) => {
      if (leaf >= end()) return undefined
      return leaf < start ? null : hashes.subarray((leaf - start) * hashBytes, (leaf - start + 1) * hashBytes)
    },
    async *upperTiles() {
      if (following === null) return
      yield following
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value
    },
  }
}

function makeRowReader(entries: AsyncIterable<readonly CopiedEntry[]>) {
  const iterator = entries[Symbol.asyncIterator]()
  let batch: readonly CopiedEntry[] = []
  let position = 0
  let count = 0
  let ended = false
  return {
    get count() {
      return count
    },
    needsMore: () => !ended && position >= batch.length,
    load: async () => {
      while (!ended && position >= batch.length) {
        const next = await iterator.next()
        ended = next.done === true
        batch = next.done === true ? [] : next.value
        position = 0
      }
    },
    peek: () => batch[position],
    next: () => {
      position += 1
      count += 1
    },
  }
}

/** Levels above 0 follow from level 0: every tile must be there, exactly as wide and with exactly those hashes. */
async function upperFindings({
  tree,
  upper,
  size,
}: {
  tree: TreeReader
  upper: readonly (readonly Uint8Array[])[]
  size: number
}): Promise<Finding[]> {
  const wanted = new Map<string, Uint8Array>()
  for (const level of levelsOf(size).slice(1)) {
    for (let at = 0; at < hashesAtLevel(size, level); at += tileWidth) {
      const hashes = upper[level]?.slice(at, at + tileWidth) ?? []
      wanted.set(`${level}/${at / tileWidth}`, Buffer.concat(hashes))
    }
  }
  const findings: Finding[] = []
  for await (const tile of tree.upperTiles()) {
    const name = `${tile.level}/${tile.index}`
    const expected = wanted.get(name)
    if (expected === undefined || Buffer.compare(expected, tile.hashes) !== 0) {
      findings.push(finding('tile-changed', { detail: `tile ${name}` }))
    }
    wanted.delete(name)
  }
  return [
    ...findings,
    ...[...wanted.keys()].map((name) => finding('tile-changed', { detail: `tile ${name} is missing` })),
  ]
}
