import type { Socket } from 'node:net'

/** Ends a connection at once, whatever its driver is waiting for. */
export interface Lifeline {
  readonly isOver: boolean
  end(error: Error): void
  /** Settles like the work, or rejects when the connection ends before. Nothing is kept of work that has settled. */
  whileOpen<Result>(work: Promise<Result>): Promise<Result>
}

export function makeLifeline(socket: Socket): Lifeline {
  const waiting = new Set<(error: Error) => void>()
  let over: Error | null = null
  return {
    get isOver() {
      return over !== null
    },
    end(error) {
      over ??= error
      socket.destroy()
      for (const reject of waiting) reject(over)
    },
    async whileOpen(work) {
      // What is rejected later, when nobody listens any more, is the same end once more.
      work.catch(() => {})
      if (over !== null) throw over
      const cut = Promise.withResolvers<never>()
      waiting.add(cut.reject)
      try {
        return await Promise.race([work, cut.promise])
      } finally {
        waiting.delete(cut.reject)
      }
    },
  }
}
