import { chooseKey } from './choose.ts'
import { type KeyMeeting, type RingName, ringNames, type TurningRing } from './ports.ts'
import type { KeyTrouble } from './trouble.ts'

export interface KeyKeeping {
  /**
   * Reads the rings anew and agrees with the other nodes on what to write with. Call it every few seconds. The rings
   * that turned.
   */
  round(): Promise<readonly RingName[]>
  /** False while others make what this node can't read: it should get no requests. */
  isComplete(): boolean
  leave(): Promise<void>
}

export interface KeyKeepingDeps {
  node: string
  rings: Readonly<Record<RingName, TurningRing>>
  meeting: Pick<KeyMeeting, 'meet' | 'leave'>
  /** Told when another key is written with, by its id. */
  turned(ring: RingName, key: string): void
  /** Told once for every trouble, and again when it comes back. */
  warn(trouble: KeyTrouble): void
}

export function makeKeyKeeping({ node, rings, meeting, turned, warn }: KeyKeepingDeps): KeyKeeping {
  let troubles = new Set<string>()
  let complete = true

  return {
    isComplete: () => complete,
    leave: () => meeting.leave(node),
    async round() {
      const found: KeyTrouble[] = []
      for (const ring of ringNames) {
        const because = reload(rings[ring])
        if (because !== null) found.push({ is: 'unreadable', ring, because })
      }
      const choices = new Map<RingName, string>()
      await meeting.meet(node, idsOf(rings), (ring, seen) => {
        const { use, missing, waiting, returns } = chooseKey(rings[ring].keys(), seen)
        if (missing !== null) found.push({ is: 'missing', ring, key: missing })
        if (waiting !== null) found.push({ is: 'waiting', ring, key: waiting.id, nodes: waiting.nodes })
        if (use !== null && returns) found.push({ is: 'returned', ring, key: use })
        if (use !== null) choices.set(ring, use)
        return use
      })
      // After the commit: before it, another node might not have been told of the key at all.
      const turning = [...choices].filter(([ring, use]) => rings[ring].active() !== use)
      for (const [ring, use] of turning) {
        rings[ring].use(use)
        turned(ring, use)
      }
      complete = !found.some(({ is }) => is === 'missing')
      for (const trouble of found) if (!troubles.has(nameOf(trouble))) warn(trouble)
      troubles = new Set(found.map(nameOf))
      return turning.map(([ring]) => ring)
    },
  }
}

const nameOf = (trouble: KeyTrouble): string => JSON.stringify(trouble)

function reload(ring: TurningRing): string | null {
  try {
    ring.reload()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown'
  }
}

const idsOf = (rings: KeyKeepingDeps['rings']): Record<RingName, readonly string[]> => ({
  token: rings.token.keys().map(({ id }) => id),
  data: rings.data.keys().map(({ id }) => id),
  audit: rings.audit.keys().map(({ id }) => id),
})
