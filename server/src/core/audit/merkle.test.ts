import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyHolds,
  consistencyRanges,
  emptyRoot,
  inclusionHolds,
  inclusionRanges,
  leafHash,
  treeHash,
} from './merkle.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => Buffer.from(text, 'hex')

/** The leaves and roots that implementations of RFC 6962 share as their known answers, since the first of them. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const hashes = leaves.map((leaf) => leafHash(bytes(leaf)))
const proofFor = (ranges: ReturnType<typeof inclusionRanges>, nodes: readonly Uint8Array[]) =>
  ranges.map(([start, end]) => treeHash(nodes.slice(start, end)))

describe('the Merkle tree', () => {
  it.each(roots.map((root, size) => ({ size, root })))(
    'of $size leaves has the known root',
    ({ size, root }) => {
      expect(hex(treeHash(hashes.slice(0, size)))).toBe(root)
    },
  )

  it('proves leaf 5 of 8 with the hashes that RFC 6962 asks for', () => {
    const proof = proofFor(inclusionRanges(5, 8), hashes)

    expect(proof.map(hex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('proves that 6 leaves are a prefix of 8 with the hashes that RFC 6962 asks for', () => {
    const proof = proofFor(consistencyRanges(6, 8), hashes)

    expect(proof.map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('proves every leaf of every size, and no other leaf', () => {
    const nodes = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from([index])))

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, first, second) => {
        const [index, other] = [first % size, second % size]
        const tree = nodes.slice(0, size)
        const proof = proofFor(inclusionRanges(index, size), tree)
        const claim = { index, size, root: treeHash(tree), leaf: tree[index] ?? emptyRoot, proof }

        expect(inclusionHolds(claim)).toBe(true)
        expect(inclusionHolds({ ...claim, leaf: tree[other] ?? emptyRoot })).toBe(index === other)
        expect(inclusionHolds({ ...claim, index: other })).toBe(index === other)
        expect(inclusionHolds({ ...claim, proof: [...proof, emptyRoot] })).toBe(false)
        expect(inclusionHolds({ ...claim, proof: proof.slice(1) })).toBe(size === 1)
      }),
    )
  })

  it('proves every prefix of every size, and nothing that is not one', () => {
    const nodes = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from([index])))

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (newer, first, second) => {
        const older = first % (newer + 1)
        const tree = nodes.slice(0, newer)
        const proof = proofFor(consistencyRanges(older, newer), tree)
        const roots = { olderRoot: treeHash(tree.slice(0, older)), newerRoot: treeHash(tree) }
        const claim = { older, newer, ...roots, proof }
        const rewritten = tree.with(second % newer, emptyRoot)
        const newerRoot = treeHash(rewritten)
        const rewrittenProof = proofFor(consistencyRanges(older, newer), rewritten)
        const stillPrefix = second % newer >= older

        expect(consistencyHolds(claim)).toBe(true)
        expect(consistencyHolds({ ...claim, newerRoot, proof: rewrittenProof })).toBe(stillPrefix)
        expect(consistencyHolds({ ...claim, proof: [...proof, emptyRoot] })).toBe(false)
      }),
    )
  })
})
