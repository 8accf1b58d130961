import type { KnownKey, RingSeen } from './ports.ts'

export interface Choice {
  /** The key that all nodes write with from now on; null: this node is in no position to say. */
  use: string | null
  /** The key that all write with, when this node does not have it: what others make now can't be read here. */
  missing: string | null
  /** A newer key whose moment has come, and the nodes that do not know it yet. */
  waiting: { id: string; nodes: readonly string[] } | null
  /** True when what is written with from now on had been replaced by a newer key before. */
  returns: boolean
}

/**
 * Which key of a ring is written with: the newest whose moment has come and that **every** node can read. So no
 * node ever makes what another one can't read, whatever the order in which rings reach them; one that is
 * switched off does not count.
 */
export function chooseKey(keys: readonly KnownKey[], { now, active, retired, others }: RingSeen): Choice {
  const isOurs = keys.some(({ id }) => id === active)
  // One that nobody has any more was replaced while everything stood still; nobody writes with it.
  const missing = isOurs ? null : others.some(({ ids }) => ids.includes(active ?? '')) ? active : null
  if (missing !== null) return { use: null, missing, waiting: null, returns: false }
  const due = keys.filter(({ from }) => from <= now)
  const candidates = (due.length === 0 ? keys.slice(0, 1) : due).toReversed()
  const without = (id: string) => others.filter(({ ids }) => !ids.includes(id)).map(({ node }) => node)
  const use = candidates.find(({ id }) => id === active || without(id).length === 0)?.id ?? null
  const newest = candidates[0]?.id ?? null
  const isWaiting = newest !== null && newest !== use
  const returns = use !== null && use !== active && retired.includes(use)
  return { use, missing, waiting: isWaiting ? { id: newest, nodes: without(newest) } : null, returns }
}
