/**
 * What `produce` gives, for `for await`. It gives the next item once the last one has been taken care of. Its signal
 * fires when the caller's does, and when nobody takes any more: the loop was left.
 */
export async function* handedOver<Item>(
  signal: AbortSignal,
  produce: (give: (item: Item) => Promise<void>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Item, undefined> {
  const left = new AbortController()
  let given = Promise.withResolvers<{ item: Item } | null>()
  let taken = Promise.withResolvers<undefined>()
  const work = produce(
    (item) => {
      taken = Promise.withResolvers()
      given.resolve({ item })
      return taken.promise
    },
    AbortSignal.any([signal, left.signal]),
  ).then(
    () => given.resolve(null),
    (error: unknown) => given.reject(error),
  )
  try {
    for (;;) {
      const next = await given.promise
      if (next === null) return
      given = Promise.withResolvers()
      yield next.item
      taken.resolve(undefined)
    }
  } finally {
    left.abort()
    // Either may be one that nobody waits for any more.
    given.promise.catch(() => {})
    taken.promise.catch(() => {})
    taken.reject(new Error('nobody takes any more'))
    await work
  }
}
