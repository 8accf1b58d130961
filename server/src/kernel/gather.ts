import { AsyncLocalStorage } from 'node:async_hooks'

export interface GatherOptions<Item, Result> {
  /**
   * Does all of them: one result an item, in their order.
   *
   * @throws NothingDone when certainly none was done and doing them one by one makes sense; after any other error
   *   nothing is done again.
   */
  together(items: readonly Item[]): Promise<readonly Result[]>
  /** Items with the same word are never done together. */
  apart?(item: Item): string
  /** Items in one go, and goes under way at the same time. */
  itemsMax: number
  goesMax: number
}

/**
 * None of the items was done, and the connection is still good: what is to blame may be one of them. Its `cause` is
 * what the caller of a single item is told. Whoever does the work says so, because an error alone doesn't tell: after
 * a commit without an answer nobody knows whether it happened.
 */
export class NothingDone extends Error {
  constructor(cause: unknown) {
    super('nothing was done', { cause })
    this.name = 'NothingDone'
  }
}

/**
 * Lets calls share a transaction, and with it the flush that a commit waits for: what arrives in one turn of the event
 * loop, or while others are under way, is done in one go. A call that arrives alone is not held up, so an idle service
 * answers as fast as without this, and a busy one does more with each flush. When a go ends with `NothingDone`, its
 * items are done again one by one: the one that can't be done takes no neighbour with it. Any other error is
 * everybody's at once, also of those whose turn had not come: a connection that was lost, a commit without an answer.
 */
export function makeGather<Item, Result>(
  options: GatherOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  // A go belongs to none of its callers: what runs in it must not be taken for a part of the first one's request.
  const apart = AsyncLocalStorage.snapshot()
  let goes = 0

  const doThem = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    const results = await options.together(taken.map(({ item }) => item))
    taken.forEach(({ resolve }, at) => {
      resolve(results[at] as Result)
    })
  }
  const settle = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      await doThem(taken)
    } catch (error) {
      if (error instanceof NothingDone && taken.length > 1) await oneByOne(taken)
      else rejectAll(taken, error)
    }
  }
  const oneByOne = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    for (const [at, one] of taken.entries()) {
      try {
        await doThem([one])
      } catch (error) {
        if (!(error instanceof NothingDone)) {
          rejectAll(taken.slice(at), error)
          return
        }
        one.reject(error.cause)
      }
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

function rejectAll(taken: readonly { reject(error: unknown): void }[], error: unknown): void {
  for (const { reject } of taken) reject(error instanceof NothingDone ? error.cause : error)
}
