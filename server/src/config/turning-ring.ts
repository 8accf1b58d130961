import type { KnownKey, TurningRing } from '../core/keys/index.ts'
import type { Outside } from '../kernel/outside.ts'

/** A ring that is read anew while the process runs. */
export interface LoadedRing<Entry extends KnownKey> extends TurningRing {
  /** All keys, oldest first, those that can only be read with included. */
  entries(): readonly Entry[]
  current(): Entry
  find(id: string): Entry | undefined
}

/** So many milliseconds are between two looks for a key that is not there: names that strangers make up cost nothing. */
const lookAgainMs = 1_000

/**
 * `read` gives the keys oldest first, and throws a Fault when there are none to be had. Until nodes have agreed on a key
 * the newest whose moment has come is written with.
 */
export function makeLoadedRing<Entry extends KnownKey>(
  read: () => readonly Entry[],
  { outside, canWrite }: { outside: Pick<Outside, 'now'>; canWrite(entry: Entry): boolean },
): LoadedRing<Entry> {
  let entries = read()
  let used: string | null = null
  let lookedAt = outside.now().getTime()

  const byId = (id: string) => entries.find((entry) => entry.id === id)
  const current = (): Entry => {
    const agreed = used === null ? undefined : byId(used)
    if (agreed !== undefined && canWrite(agreed)) return agreed
    const writable = entries.filter(canWrite)
    const entry = writable.findLast(({ from }) => from <= outside.now()) ?? writable[0]
    if (entry === undefined) throw new RangeError('a ring is never empty')
    return entry
  }
  // Kept until somebody says otherwise: within one turn of the event loop the ring must not turn by the clock.
  used = current().id
  const reload = () => {
    lookedAt = outside.now().getTime()
    const known = new Map(entries.map((entry) => [entry.id, entry]))
    // What was derived from a key is remembered with the object, so a key that stays is the same object.
    entries = read().map((entry) => {
      const before = known.get(entry.id)
      return before !== undefined && canWrite(before) === canWrite(entry)
        ? Object.assign(before, entry)
        : entry
    })
  }
  return {
    keys: () => entries.filter(canWrite),
    entries: () => entries,
    active: () => current().id,
    current,
    use: (id) => {
      if (byId(id) !== undefined) used = id
    },
    reload,
    find(id) {
      const found = byId(id)
      if (found !== undefined || Math.abs(outside.now().getTime() - lookedAt) < lookAgainMs) return found
      try {
        reload()
      } catch {
        // The next regular look says what is wrong; for now the key is not there.
        lookedAt = outside.now().getTime()
      }
      return byId(id)
    },
  }
}
