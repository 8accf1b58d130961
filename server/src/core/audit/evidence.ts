import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts'
import { type CompactRange, makeCompactRange } from './compact-range.ts'
import type { LogKeys } from './handover.ts'

/** A checkpoint that a copy of the log is compared with. */
export interface Evidence extends SignedCheckpoint {
  /** Where it lies, for a person: `witness.checkpoints line 12`. */
  where: string
  /** Held outside, where whoever changed the log could not change it. */
  outside: boolean
}

/** `unreached`: the copy ends before the checkpoint's size. */
export type Comparison = 'agrees' | 'contradicts' | 'unreached'

/** Compares the roots of a tree, while it grows, with every checkpoint that is met on the way. */
export interface EvidenceCheck {
  readonly range: CompactRange
  push(leaf: Uint8Array): void
  results(): { evidence: Evidence; comparison: Comparison }[]
}

export function makeEvidenceCheck(
  evidence: readonly Evidence[],
  onSubtree?: (height: number, hash: Uint8Array) => void,
): EvidenceCheck {
  const bySize = evidence.toSorted((a, b) => a.size - b.size)
  const range = makeCompactRange(onSubtree)
  const met: { evidence: Evidence; comparison: Comparison }[] = []
  const compareAtThisSize = () => {
    for (let next = bySize[met.length]; next?.size === range.size; next = bySize[met.length]) {
      met.push({ evidence: next, comparison: hasRoot(next, range.root()) ? 'agrees' : 'contradicts' })
    }
  }
  compareAtThisSize()
  return {
    range,
    push: (leaf) => {
      range.push(leaf)
      if (bySize[met.length]?.size === range.size) compareAtThisSize()
    },
    results: () => [
      ...met,
      ...bySize.slice(met.length).map((later) => ({ evidence: later, comparison: 'unreached' as const })),
    ],
  }
}

const hasRoot = (checkpoint: Checkpoint, root: Uint8Array): boolean =>
  Buffer.compare(checkpoint.root, root) === 0

export interface Judgement {
  /** The largest outside checkpoint that agrees and is genuine: everything before its size is proven. */
  proof: Evidence | null
  /** The largest size, below that of `against`, at which a genuine checkpoint agrees, wherever it lies. */
  agreedSize: number
  /** The smallest genuine checkpoint that contradicts; without one, the largest that is not reached. */
  against: { evidence: Evidence; comparison: 'contradicts' | 'unreached' } | null
  /** Disagreeing ones that the log's key never signed: they prove nothing, but somebody put them there. */
  forged: Evidence[]
}

/**
 * Signatures are only checked where the answer hangs on them. A log sealed every second has 30 million checkpoints a
 * year, and those that agree and are not the largest add nothing.
 */
export function judge(
  results: ReturnType<EvidenceCheck['results']>,
  { isGenuine }: Pick<LogKeys, 'isGenuine'>,
): Judgement {
  const agreeing = results.filter(({ comparison }) => comparison === 'agrees').map(({ evidence }) => evidence)
  const proof = agreeing.findLast((one) => one.outside && isGenuine(one)) ?? null
  const forged: Evidence[] = []
  let against: Judgement['against'] = null
  for (const { evidence, comparison } of results) {
    if (comparison === 'agrees') continue
    if (isGenuine(evidence)) {
      against = { evidence, comparison }
      // How far the log once went is told by the largest checkpoint that the copy does not reach.
      const furthest = comparison === 'unreached' && results.findLast((one) => isGenuine(one.evidence))
      if (furthest !== false && furthest !== undefined) against = { evidence: furthest.evidence, comparison }
      break
    }
    forged.push(evidence)
  }
  const before = against?.evidence.size ?? Number.POSITIVE_INFINITY
  const agreed = agreeing.findLast((one) => one.size < before && isGenuine(one))
  return { proof, agreedSize: agreed?.size ?? 0, against, forged }
}
