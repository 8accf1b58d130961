import type { SharedTally } from './ports.ts'
import { factorOf, rateOf, type Windowed } from './pressure.ts'

/** What is counted for whom: of one tenant, or of everybody (`*`). */
export interface Counted {
  tenant: string
  key: string
  windowSeconds: number
}

/** Counts over a minute or an hour, of this node at once and of the others a second later. */
export interface Tally {
  add(counted: Counted): void
  /** Within the window's length up to now. */
  rate(counted: Counted): number
  /** As in `factorOf`, with what was asked for before. */
  factor(counted: Counted, free: number): number
}

interface Entry extends Counted, Windowed {
  /** Number of the current window, counted from 1970, so that all nodes mean the same one. */
  window: number
  /** Counted here and not told to the others yet. */
  pending: number
  isTight: boolean
}

/** A flood from everywhere must not take all memory: what comes newly then is not counted by itself, only in the sums. */
const entriesMax = 50_000
const shareEveryMs = 1_000
/** What was seen less often here is not worth a row. */
const seenMin = 5

/**
 * Counting costs a request nothing: it happens in memory, and once a second a node tells the others what it has counted
 * and learns their sums, in one statement that nobody waits for.
 */
export function makeTally(deps: { now(): Date; shared: SharedTally; warn(error: unknown): void }): Tally {
  const entries = new Map<string, Entry>()
  let sharedAt = 0
  let clearedAt = 0
  let isSharing = false

  const nameOf = ({ tenant, key, windowSeconds }: Counted) => JSON.stringify([tenant, key, windowSeconds])
  const windowOf = ({ windowSeconds }: Counted, at: number) => Math.floor(at / (windowSeconds * 1_000))
  const make = (counted: Counted, at: number): Entry | null => {
    if (entries.size >= entriesMax) clear(at)
    if (entries.size >= entriesMax) return null
    const window = windowOf(counted, at)
    const made = { ...counted, window, current: 0, previous: 0, pending: 0, isTight: false }
    entries.set(nameOf(counted), made)
    return made
  }
  const find = (counted: Counted, at: number): Entry | null => {
    const entry = entries.get(nameOf(counted))
    if (entry === undefined) return null
    const window = windowOf(counted, at)
    if (entry.window !== window) {
      entry.previous = entry.window === window - 1 ? entry.current : 0
      entry.current = 0
      entry.pending = 0
      entry.window = window
    }
    return entry
  }
  const clear = (at: number) => {
    if (at - clearedAt < shareEveryMs) return
    clearedAt = at
    for (const [name, entry] of entries) if (entry.window + 1 < windowOf(entry, at)) entries.delete(name)
  }
  const share = async (at: number) => {
    const told = [...entries.values()].flatMap((entry) => {
      const { tenant, key, windowSeconds, window, pending } = entry
      if (pending === 0 || entry.current < seenMin) return []
      entry.pending = 0
      const endsAt = new Date((window + 2) * windowSeconds * 1_000)
      const of = { tenant, key: `${key}:${windowSeconds}:${window}`, count: pending, endsAt }
      return [{ entry, window, of }]
    })
    if (told.length === 0) return
    const sums = await deps.shared.add(told.map(({ of }) => of))
    for (const [at, { entry, window }] of told.entries()) {
      if (entry.window === window) entry.current = Math.max(entry.current, (sums[at] ?? 0) + entry.pending)
    }
    if (entries.size > entriesMax / 2) clear(at)
  }
  const shareNow = (at: number) => {
    if (isSharing || at - sharedAt < shareEveryMs) return
    sharedAt = at
    isSharing = true
    share(at)
      .catch(deps.warn)
      .finally(() => {
        isSharing = false
      })
  }
  const rate = (entry: Entry, at: number): number => {
    const length = entry.windowSeconds * 1_000
    return rateOf(entry, at / length - entry.window)
  }
  return {
    add(counted) {
      const at = deps.now().getTime()
      const entry = find(counted, at) ?? make(counted, at)
      if (entry !== null) {
        entry.current += 1
        entry.pending += 1
      }
      shareNow(at)
    },
    rate(counted) {
      const at = deps.now().getTime()
      const entry = find(counted, at)
      return entry === null ? 0 : rate(entry, at)
    },
    factor(counted, free) {
      const at = deps.now().getTime()
      const entry = find(counted, at)
      if (entry === null) return 0
      const factor = factorOf(rate(entry, at), free, entry.isTight)
      entry.isTight = factor > 0
      return factor
    },
  }
}
