/** A batch in which no job has ended for so long is held up: what it waits for is slow, and others may not be. */
const heldUpMs = 500

/** More than this held up at a time, and new jobs wait for one of them. */
const sparesMax = 12

/** One batch that a worker has under way. */
export interface Batch {
  progressed(): void
  ended(): void
}

/**
 * Workers that are there for as long as others are held up. A worker takes nothing new before its slowest job has ended,
 * and what is slow is usually one tenant's directory. They are hired and not kept, because every worker of a queue looks
 * for jobs whenever there is one.
 */
export function makeSpares(deps: { hire(): Promise<string>; dismiss(worker: string): Promise<void> }) {
  const hired: string[] = []
  let heldUp = 0
  let settling: Promise<unknown> = Promise.resolve()
  let isOver = false
  const settle = async (): Promise<void> => {
    while (!isOver && hired.length < Math.min(heldUp, sparesMax)) hired.push(await deps.hire())
    for (const worker of hired.splice(heldUp)) await deps.dismiss(worker)
  }
  const change = (by: 1 | -1): void => {
    heldUp += by
    // What can't be hired now is hired with the next batch that is held up.
    settling = settling.then(settle).catch(() => undefined)
  }
  return {
    watch(): Batch {
      let isHeldUp = false
      const timer = setTimeout(() => {
        isHeldUp = true
        change(1)
      }, heldUpMs).unref()
      return {
        progressed() {
          if (!isHeldUp) timer.refresh()
        },
        ended() {
          clearTimeout(timer)
          if (isHeldUp) change(-1)
        },
      }
    },
    /** Nobody is hired any more. */
    async stop(): Promise<void> {
      isOver = true
      await settling
    },
  }
}
