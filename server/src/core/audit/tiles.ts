import { emptyRoot, hashBytes, type LeafRange, nodeHash, treeHash } from './merkle.ts'

/**
 * The tree cut into tiles of 256 hashes (C2SP tlog-tiles). The tile at level L and index N holds the hashes of
 * subtrees of 256^L leaves; only the last tile of a level may be narrower.
 */
export const tileWidth = 256

/** `x001/x234/067` for 1234067: three digits a folder, so that files and folders never collide. */
export function tileIndexPath(index: number): string {
  const parts = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    parts.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  }
  return parts.join('/')
}

/** Path of a tile (`level` a number) or of an entry bundle, relative to the log's folder. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  const partial = width === tileWidth ? '' : `.p/${width}`
  return `tile/${level}/${tileIndexPath(index)}${partial}`
}

/** How many hashes a tree of `size` has at a level. */
export const hashesAtLevel = (size: number, level: number): number => Math.floor(size / tileWidth ** level)

/** Every level that has at least one hash. */
export function levelsOf(size: number): number[] {
  const levels: number[] = []
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) levels.push(level)
  return levels
}

/** The right edge of a tree: for each level the hashes of its last, unfinished tile (0 to 255 of them). */
export interface TreeEdge {
  size: number
  unfinished: readonly (readonly Uint8Array[])[]
}

export const emptyEdge: TreeEdge = { size: 0, unfinished: [] }

/** A tile that is new or has grown. */
export interface Tile {
  level: number
  index: number
  hashes: readonly Uint8Array[]
}

/** Appends leaf hashes. The tiles returned are those to store; each is complete from its first hash. */
export function extendEdge(edge: TreeEdge, leaves: readonly Uint8Array[]): { edge: TreeEdge; tiles: Tile[] } {
  const tiles: Tile[] = []
  const unfinished: Uint8Array[][] = []
  let arriving = leaves
  for (let level = 0; level < edge.unfinished.length || arriving.length > 0; level += 1) {
    const row = [...(edge.unfinished[level] ?? []), ...arriving]
    const finished: Uint8Array[] = []
    let index = Math.floor(hashesAtLevel(edge.size, level) / tileWidth)
    let start = 0
    for (; row.length - start >= tileWidth; start += tileWidth) {
      const hashes = row.slice(start, start + tileWidth)
      tiles.push({ level, index, hashes })
      finished.push(treeHash(hashes))
      index += 1
    }
    const left = row.slice(start)
    if (left.length > 0 && arriving.length > 0) tiles.push({ level, index, hashes: left })
    unfinished.push(left)
    arriving = finished
  }
  return { edge: { size: edge.size + leaves.length, unfinished }, tiles }
}

/** The root of the whole tree from its right edge alone: what is left of the edge is in the upper levels. */
export function edgeRoot(edge: TreeEdge): Uint8Array {
  let root: Uint8Array | null = null
  for (const row of edge.unfinished) {
    if (row.length === 0 && root === null) continue
    root = treeHash(root === null ? row : [...row, root])
  }
  return root ?? emptyRoot
}

/** Where the unfinished tiles of a tree of `size` lie; levels whose last tile is full have none. */
export function edgeTiles(size: number): { level: number; index: number; width: number }[] {
  return levelsOf(size).map((level) => {
    const count = hashesAtLevel(size, level)
    return { level, index: Math.floor(count / tileWidth), width: count % tileWidth }
  })
}

/** Asks for `count` consecutive hashes of a level, none of which crosses a tile. */
export type HashReader = (level: number, start: number, count: number) => Promise<readonly Uint8Array[]>

/** The hash of any subtree of the tree, read from at most a few tiles. Proofs consist of such ranges. */
export async function rangeHash([start, end]: LeafRange, read: HashReader): Promise<Uint8Array> {
  const size = end - start
  if (size === 0) return emptyRoot
  const height = Math.floor(Math.log2(size))
  const largest = 2 ** height
  if (largest !== size) {
    const left = await rangeHash([start, start + largest], read)
    return nodeHash(left, await rangeHash([start + largest, end], read))
  }
  const level = Math.floor(height / 8)
  const unit = tileWidth ** level
  return treeHash(await read(level, start / unit, size / unit))
}

/** Cuts concatenated hashes apart; throws when they do not come out even. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % hashBytes !== 0) throw new RangeError('a tile is not a whole number of hashes')
  const hashes: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += hashBytes) hashes.push(bytes.subarray(at, at + hashBytes))
  return hashes
}
