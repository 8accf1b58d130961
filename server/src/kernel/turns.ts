/** Somebody's signal fired before it was their turn: nothing was done. */
export class NoTurnCame extends Error {
  constructor(cause: unknown) {
    super('no turn came', { cause })
    this.name = 'NoTurnCame'
  }
}

export type TakeTurn = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>

/**
 * Lets so many work at a time; the others wait in line until their signal fires.
 *
 * @throws NoTurnCame when it does
 */
export function makeTurns(atOnce: number): TakeTurn {
  const line: (() => void)[] = []
  let free = atOnce

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        line.splice(line.indexOf(begin), 1)
        reject(new NoTurnCame(signal.reason))
      }
      signal.addEventListener('abort', leave, { once: true })
      line.push(begin)
    })

  return async (signal, work) => {
    if (signal.aborted) throw new NoTurnCame(signal.reason)
    if (free > 0) free -= 1
    else await turn(signal)
    try {
      return await work()
    } finally {
      // Handed on without being free in between, so that nobody who comes now goes before those in line.
      const next = line.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
