import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCompactRange } from './compact-range.ts'
import { consistencyHolds, consistencyRanges, emptyRoot, leafHash, treeHash } from './merkle.ts'
import {
  edgeRoot,
  edgeTiles,
  emptyEdge,
  extendEdge,
  levelsOf,
  rangeHash,
  type TreeEdge,
  tilePath,
} from './tiles.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const leavesMax = 70_000
const leaves = Array.from({ length: leavesMax }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)))

/** Appends in the given portions and keeps the newest state of every tile, as a store would. */
function grown(portions: readonly number[]) {
  const stored = new Map<string, readonly Uint8Array[]>()
  let edge: TreeEdge = emptyEdge
  for (const portion of portions) {
    const step = extendEdge(edge, leaves.slice(edge.size, edge.size + portion))
    for (const { level, index, hashes } of step.tiles) stored.set(`${level}/${index}`, hashes)
    edge = step.edge
  }
  return { edge, stored }
}

describe('tiles', () => {
  it('are named as C2SP tlog-tiles says', () => {
    expect(tilePath(0, 1_234_067, 256)).toBe('tile/0/x001/x234/067')
    expect(tilePath(3, 0, 7)).toBe('tile/3/000.p/7')
    expect(tilePath('entries', 999, 256)).toBe('tile/entries/999')
    expect(tilePath('entries', 1000, 1)).toBe('tile/entries/x001/000.p/1')
  })

  it('of a tree of 70,000 are the specification’s example', () => {
    const { stored } = grown([70_000])
    const widths = (level: number) =>
      [...stored].filter(([id]) => id.startsWith(`${level}/`)).map(([, h]) => h.length)

    expect(widths(0)).toEqual([...Array<number>(273).fill(256), 112])
    expect(widths(1)).toEqual([256, 17])
    expect(widths(2)).toEqual([1])
    expect(levelsOf(70_000)).toEqual([0, 1, 2])
    expect(levelsOf(256)).toEqual([0, 1])
  })

  it('give the root of RFC 6962 however the leaves arrive', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 12 })

    fc.assert(
      fc.property(portions, (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0)
        const { edge, stored } = grown(sizes)
        const range = makeCompactRange()
        for (const leaf of leaves.slice(0, total)) range.push(leaf)

        expect(hex(edgeRoot(edge))).toBe(hex(treeHash(leaves.slice(0, total))))
        expect(hex(range.root())).toBe(hex(edgeRoot(edge)))
        const fromTiles = edgeTiles(total).map(({ level, index, width }) => {
          const hashes = width === 0 ? [] : (stored.get(`${level}/${index}`) ?? [])
          return hashes.map(hex)
        })
        expect(fromTiles).toEqual(edge.unfinished.map((row) => row.map(hex)))
      }),
      { numRuns: 40 },
    )
  })

  it('prove consistency across tile borders', async () => {
    const { stored } = grown([66_000])
    const read = async (level: number, start: number, count: number) =>
      (stored.get(`${level}/${Math.floor(start / 256)}`) ?? []).slice(start % 256, (start % 256) + count)
    const olderSizes = [1, 255, 256, 257, 65_535, 65_536, 65_537, 65_999]

    for (const older of olderSizes) {
      const proof = await Promise.all(consistencyRanges(older, 66_000).map((range) => rangeHash(range, read)))
      const [olderRoot, newerRoot] = [treeHash(leaves.slice(0, older)), treeHash(leaves.slice(0, 66_000))]

      expect(consistencyHolds({ older, newer: 66_000, olderRoot, newerRoot, proof })).toBe(true)
      expect(consistencyHolds({ older, newer: 66_000, olderRoot: emptyRoot, newerRoot, proof })).toBe(false)
    }
  })
})
