import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 6962 section 2.1 (unchanged in RFC 9162): SHA-256, leaves and inner nodes in separate
 * domains, so that an inner node can never be passed off as a leaf. Sizes and indexes are exact integers up to
 * 2^53 - 1; nothing here uses 32-bit operators on them.
 */
export const hashBytes = 32

const digest = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer')

/** MTH({}) is the hash of the empty string. */
export const emptyRoot: Uint8Array = digest(new Uint8Array(0))

/** SHA-256(0x00 || entry) */
export function leafHash(entry: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(entry.length + 1)
  bytes[0] = 0
  bytes.set(entry, 1)
  return digest(bytes)
}

/** Filled and hashed without a pause between, millions of times in a verification. */
const node = new Uint8Array(1 + 2 * hashBytes)

/** SHA-256(0x01 || left || right) */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node[0] = 1
  node.set(left, 1)
  node.set(right, 1 + hashBytes)
  return digest(node)
}

/** The largest power of two smaller than `size`, which is at least 2. */
function splitPoint(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/**
 * MTH over nodes of one level. With leaf hashes it is the tree's root; with the hashes of equally large full
 * subtrees, of which only the last may be smaller, it is the root of what they span together.
 */
export function treeHash(nodes: readonly Uint8Array[], from = 0, to = nodes.length): Uint8Array {
  if (to === from) return emptyRoot
  const first = nodes[from]
  if (first === undefined) throw new RangeError('a node is missing')
  if (to - from === 1) return first
  const middle = from + splitPoint(to - from)
  return nodeHash(treeHash(nodes, from, middle), treeHash(nodes, middle, to))
}

/** The leaves from `start` up to, not including, `end`. */
export type LeafRange = readonly [start: number, end: number]

/** Which subtrees' hashes prove that leaf `index` is in the tree of `size` (RFC 6962 section 2.1.1, PATH). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError('the leaf is not in the tree')
  const path = (start: number, end: number): LeafRange[] => {
    if (end - start === 1) return []
    const middle = start + splitPoint(end - start)
    return index < middle ? [...path(start, middle), [middle, end]] : [...path(middle, end), [start, middle]]
  }
  return path(0, size)
}

/** Which subtrees' hashes prove that the tree of size `older` is a prefix of the newer (section 2.1.2, PROOF). */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  if (!(older >= 0 && older <= newer)) throw new RangeError('the older tree is larger than the newer')
  const path = (start: number, end: number, isOldRoot: boolean): LeafRange[] => {
    if (older === end) return isOldRoot ? [] : [[start, end]]
    const middle = start + splitPoint(end - start)
    return older <= middle
      ? [...path(start, middle, isOldRoot), [middle, end]]
      : [...path(middle, end, false), [start, middle]]
  }
  return older === 0 ? [] : path(0, newer, true)
}

const isOdd = (value: number): boolean => value % 2 === 1
const half = (value: number): number => Math.floor(value / 2)
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export interface InclusionClaim {
  index: number
  size: number
  root: Uint8Array
  leaf: Uint8Array
  proof: readonly Uint8Array[]
}

/** RFC 9162 section 2.1.3.2. */
export function inclusionHolds({ index, size, root, leaf, proof }: InclusionClaim): boolean {
  if (!(index >= 0 && index < size)) return false
  let node = index
  let last = size - 1
  let hashed = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (isOdd(node) || node === last) {
      hashed = nodeHash(sibling, hashed)
      while (!isOdd(node) && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hashed = nodeHash(hashed, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equal(hashed, root)
}

export interface ConsistencyClaim {
  older: number
  newer: number
  olderRoot: Uint8Array
  newerRoot: Uint8Array
  proof: readonly Uint8Array[]
}

/** RFC 9162 section 2.1.4.2; the empty tree is a prefix of every tree and needs an empty proof. */
export function consistencyHolds({ older, newer, olderRoot, newerRoot, proof }: ConsistencyClaim): boolean {
  if (older < 0 || older > newer) return false
  if (older === newer) return proof.length === 0 && equal(olderRoot, newerRoot)
  if (older === 0) return proof.length === 0 && equal(olderRoot, emptyRoot)
  const oldIsFull = Number.isInteger(Math.log2(older))
  const [start, ...rest] = oldIsFull ? [olderRoot, ...proof] : proof
  if (start === undefined || (oldIsFull && proof.length === 0)) return false
  return consistencyFold(start, rest, { older, newer, olderRoot, newerRoot })
}

function consistencyFold(
  start: Uint8Array,
  rest: readonly Uint8Array[],
  claim: Omit<ConsistencyClaim, 'proof'>,
): boolean {
  let node = claim.older - 1
  let last = claim.newer - 1
  while (isOdd(node)) {
    node = half(node)
    last = half(last)
  }
  let [old, young] = [start, start]
  for (const sibling of rest) {
    if (last === 0) return false
    if (isOdd(node) || node === last) {
      old = nodeHash(sibling, old)
      young = nodeHash(sibling, young)
      while (!isOdd(node) && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      young = nodeHash(young, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equal(old, claim.olderRoot) && equal(young, claim.newerRoot)
}
