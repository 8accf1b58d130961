/** Texts that came and wait for their turn. */
export interface Inbox {
  /** False when so much waits that somebody pours it in: then nothing more is taken. */
  push(text: string): boolean
  /** So many characters may wait from now on. */
  widen(charactersMax: number): void
  /** No more will come. */
  end(): void
  /** The next one; null when there will be none, or the signal fires. One call at a time. */
  next(signal?: AbortSignal): Promise<string | null>
}

export function makeInbox(charactersMax: number): Inbox {
  const waiting: string[] = []
  let most = charactersMax
  let characters = 0
  let ended = false
  let wake = () => {}
  return {
    push(text) {
      if (ended || characters + text.length > most) return false
      waiting.push(text)
      characters += text.length
      wake()
      return true
    },
    widen(wider) {
      most = wider
    },
    end() {
      ended = true
      wake()
    },
    async next(signal) {
      for (;;) {
        const text = waiting.shift()
        if (text !== undefined) {
          characters -= text.length
          return text
        }
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
