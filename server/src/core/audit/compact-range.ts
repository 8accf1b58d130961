import { emptyRoot, nodeHash } from './merkle.ts'

/**
 * A growing Merkle tree of which only the roots of its perfect subtrees are kept: at most one per bit of the size.
 * Verification reads millions of leaves and needs the root at many sizes; this costs one hash a leaf and, for a
 * root, one a bit.
 */
export interface CompactRange {
  readonly size: number
  push(leaf: Uint8Array): void
  root(): Uint8Array
}

/** `onSubtree` hears of every perfect subtree when its last leaf arrives; `height` 1 spans two leaves. */
export function makeCompactRange(onSubtree?: (height: number, hash: Uint8Array) => void): CompactRange {
  /** The subtree of height h, or undefined where the size's bit h is 0. */
  const subtrees: (Uint8Array | undefined)[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    push: (leaf) => {
      let hash = leaf
      let height = 0
      for (let left = subtrees[0]; left !== undefined; left = subtrees[height]) {
        subtrees[height] = undefined
        hash = nodeHash(left, hash)
        height += 1
        onSubtree?.(height, hash)
      }
      subtrees[height] = hash
      size += 1
    },
    root: () => {
      let root: Uint8Array | undefined
      for (const subtree of subtrees) {
        if (subtree !== undefined) root = root === undefined ? subtree : nodeHash(subtree, root)
      }
      return root ?? emptyRoot
    },
  }
}
