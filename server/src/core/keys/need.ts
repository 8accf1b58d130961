import type { KnownKey, RingName, RingRecord } from './ports.ts'

/** What keeps a key in its ring. */
export type Need =
  | 'active'
  /** Its moment has not come, or some node does not know it yet. */
  | 'coming'
  /** Written with until a moment ago: what is on its way, or kept outside the database, may need it. */
  | 'young'
  /** Something still lies under it, was derived from it, or has not been handed over by it. */
  | 'used'

export interface KeyState extends KnownKey {
  ring: RingName
  need: Need | null
  /** Null for one that was never written with. */
  activeAt: Date | null
  retiredAt: Date | null
  /** How many things still need it; null where nobody counted. */
  use: number | null
}

/**
 * A flow lives for 24 h at most (while an approval is pending), and short-lived state may be kept outside the database,
 * where nobody counts it.
 */
const youngMs = 25 * 3_600_000

/** Why each key of a ring must stay; null for one that nothing needs any more. Oldest first, as they come. */
export function statesOf(
  ring: RingName,
  keys: readonly KnownKey[],
  { records, use, now }: { records: readonly RingRecord[]; use: ReadonlyMap<string, number>; now: Date },
): readonly KeyState[] {
  const own = records.filter((record) => record.ring === ring)
  const active = own.find(({ retiredAt }) => retiredAt === null) ?? null
  const activeAtIndex = keys.findIndex(({ id }) => id === active?.id)
  return keys.map((key, index) => {
    const record = own.find(({ id }) => id === key.id)
    const retiredAt = record === undefined ? null : record.retiredAt
    const facts = { activeAt: record?.activeAt ?? null, retiredAt, use: use.get(key.id) ?? null }
    const need = needOf({ isActive: key.id === active?.id, isComing: index > activeAtIndex, ...facts })
    return { id: key.id, from: key.from, ring, need, ...facts }
  })

  function needOf(
    key: Pick<KeyState, 'retiredAt' | 'use'> & { isActive: boolean; isComing: boolean },
  ): Need | null {
    if (key.isActive) return 'active'
    // Without a key that is written with nothing is known yet, and nothing may go.
    if (active === null || (key.isComing && key.retiredAt === null)) return 'coming'
    const since = key.retiredAt ?? active.activeAt
    if (now.getTime() - since.getTime() < youngMs) return 'young'
    return key.use === 0 ? null : 'used'
  }
}

/** Whether the next key is to be added: the newest one, used or not, is so many days old. */
export const rotationIsDue = (newest: KnownKey, everyDays: number, now: Date): boolean =>
  now.getTime() - newest.from.getTime() >= everyDays * 86_400_000
