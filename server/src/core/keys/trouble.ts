import type { RingName } from './ports.ts'

export type KeyTrouble =
  /** The place a ring is kept in can't be read, or holds what is no ring; the ring stays as it was. */
  | { is: 'unreadable'; ring: RingName; because: string }
  /** All others write with a key that is not in this node's ring. */
  | { is: 'missing'; ring: RingName; key: string }
  /** A newer key is not written with, because these nodes do not know it. */
  | { is: 'waiting'; ring: RingName; key: string; nodes: readonly string[] }
  /** A key that a newer one had replaced is written with again, because no running node has the newer one. */
  | { is: 'returned'; ring: RingName; key: string }

/** What an operator is told about it. */
export function troubleText(trouble: KeyTrouble): string {
  switch (trouble.is) {
    case 'unreadable':
      return `the ${trouble.ring} keys can't be read anew, so they stay as they were`
    case 'missing':
      return `other nodes write with a ${trouble.ring} key that this node does not have: give it the same ring; until then it is not ready`
    case 'waiting':
      return `a new ${trouble.ring} key is not written with yet, because other nodes do not have it: give them the same ring`
    case 'returned':
      return `an older ${trouble.ring} key is written with again, which a newer one had replaced: if an old ring file was put back, put the newest back or rotate`
  }
}
