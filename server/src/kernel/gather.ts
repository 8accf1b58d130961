import { AsyncLocalStorage } from 'node:async_hooks'

export interface GatherOptions<Item, Result> {
  /** Does all of them or, when it throws, none: one result an item, in their order. */
  together(items: readonly Item[]): Promise<readonly Result[]>
  /** Items with the same word are never done together. */
  apart?(item: Item): string
  /** Items in one go, and goes under way at the same time. */
  itemsMax: number
  goesMax: number
}

/**
 * Lets calls share a transaction, and with it the flush that a commit waits for: what arrives in one turn of the event
 * loop, or while others are under way, is done in one go. A call that arrives alone is not held up, so an idle service
 * answers as fast as without this, and a busy one does more with each flush. When a go fails, its items are done again one by one: the
 * one that can't be done takes no neighbour with it. When the connection fails, that is everybody's: after a commit
 * that got no answer nobody knows whether it happened, so nothing is done again.
 */
export function makeGather<Item, Result>(
  options: GatherOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  // A go belongs to none of its callers: what runs in it must not be taken for a part of the first one's request.
  const apart = AsyncLocalStorage.snapshot()
  let goes = 0

  const settle = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.together(taken.map(({ item }) => item))
      taken.forEach(({ resolve }, at) => {
        resolve(results[at] as Result)
      })
    } catch (error) {
      if (taken.length === 1 || isConnectionLoss(error)) for (const { reject } of taken) reject(error)
      else for (const one of taken) await settle([one])
    }
  }
  const go = async (): Promise<void> => {
    while (waiting.length > 0) await settle(take(waiting, options))
    goes -= 1
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (goes >= options.goesMax) return
      goes += 1
      apart(() => setImmediate(() => void go()))
    })
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/** The oldest that may be done together; the others keep their places. */
function take<Item, Result>(
  waiting: Waiting<Item, Result>[],
  { apart, itemsMax }: GatherOptions<Item, Result>,
): Waiting<Item, Result>[] {
  if (apart === undefined) return waiting.splice(0, itemsMax)
  const words = new Set<string>()
  const taken: Waiting<Item, Result>[] = []
  const left: Waiting<Item, Result>[] = []
  for (const one of waiting) {
    const word = apart(one.item)
    const fits = taken.length < itemsMax && !words.has(word)
    words.add(word)
    ;(fits ? taken : left).push(one)
  }
  waiting.splice(0, waiting.length, ...left)
  return taken
}

/** PostgreSQL gone or going, or no connection to be had: SQLSTATE classes 08, 53 and 57P, and the sockets' own codes. */
function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return (
    (typeof code === 'string' && /^(08|53|57P)|^E[A-Z]+$/.test(code)) ||
    /connection (timeout|terminated)|timeout exceeded/i.test(String(message))
  )
}
