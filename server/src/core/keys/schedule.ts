import { rotationIsDue, statesOf } from './need.ts'
import type { KeyMeeting, KeyUse, KnownKey, RingName, TurningRing } from './ports.ts'

/** A ring that gets its next key by schedule. */
export interface ScheduledRing {
  name: RingName
  ring: Pick<TurningRing, 'keys'>
  everyDays: number
  /** Adds the next key where the ring is kept; null when another node was faster than this one, which saw `after`. */
  add(from: Date, after: string): KnownKey | null
  /** Takes keys out of where the ring is kept. */
  drop(ids: readonly string[]): void
}

export interface KeyScheduleDeps {
  rings: readonly ScheduledRing[]
  meeting: Pick<KeyMeeting, 'nodes' | 'records'>
  countUse(): Promise<KeyUse>
  now(): Date
  added(ring: RingName, key: string): void
  dropped(ring: RingName, keys: readonly string[]): void
}

/** The next key comes this long before it is written with, so that it is in every node's ring by then. */
const graceMs = 5 * 60_000

/** Adds the next key to rings whose newest one is old enough, and takes out what nothing needs any more. */
export const makeKeySchedule =
  ({ rings, meeting, countUse, now, added, dropped }: KeyScheduleDeps) =>
  async (): Promise<void> => {
    for (const { name, ring, everyDays, add } of rings) {
      const newest = ring.keys().at(-1)
      if (newest === undefined || !rotationIsDue(newest, everyDays, now())) continue
      // Nodes that do not share the file would each draw a key of their own.
      if (!(await allKnow(meeting, name, newest.id))) continue
      const key = add(new Date(now().getTime() + graceMs), newest.id)
      if (key !== null) added(name, key.id)
    }
    const use = await countUse()
    const records = await meeting.records()
    for (const { name, ring, drop } of rings) {
      const states = statesOf(name, ring.keys(), { records, use: use[name], now: now() })
      const unneeded = states.filter(({ need }) => need === null).map(({ id }) => id)
      if (unneeded.length === 0) continue
      drop(unneeded)
      dropped(name, unneeded)
    }
  }

async function allKnow(meeting: Pick<KeyMeeting, 'nodes'>, ring: RingName, key: string): Promise<boolean> {
  const nodes = await meeting.nodes()
  return nodes.every((node) => node.ring !== ring || node.ids.includes(key))
}
