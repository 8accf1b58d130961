/** Texts that came and wait for their turn. */
export interface Inbox {
  /** False when so many wait that somebody pours them in: then no more are taken. */
  push(text: string): boolean
  /** No more will come. */
  end(): void
  /** The next one; null when there will be none, or the signal fires. One call at a time. */
  next(signal?: AbortSignal): Promise<string | null>
}

export function makeInbox(waitingMax: number): Inbox {
  const waiting: string[] = []
  let ended = false
  let wake = () => {}
  return {
    push(text) {
      if (ended || waiting.length >= waitingMax) return false
      waiting.push(text)
      wake()
      return true
    },
    end() {
      ended = true
      wake()
    },
    async next(signal) {
      for (;;) {
        const text = waiting.shift()
        if (text !== undefined) return text
        if (ended || signal?.aborted === true) return null
        const woken = Promise.withResolvers<undefined>()
        wake = () => woken.resolve(undefined)
        signal?.addEventListener('abort', wake, { once: true })
        await woken.promise
        signal?.removeEventListener('abort', wake)
      }
    },
  }
}
