/** Why somebody had no turn. `gave-up`: their own signal fired. */
export type NoTurn = 'gave-up' | 'line-full' | 'waited-too-long'

/** It was not somebody's turn in time: nothing was done. */
export class NoTurnCame extends Error {
  readonly because: NoTurn

  constructor(because: NoTurn, cause?: unknown) {
    super('no turn came', { cause })
    this.name = 'NoTurnCame'
    this.because = because
  }
}

export type TakeTurn = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>

export interface LineState {
  working: number
  waiting: number
  /** Since when the one who is next has waited; null when nobody waits. */
  waitingSince: Date | null
}

export interface Line {
  /** @throws NoTurnCame */
  take: TakeTurn
  state(): LineState
}

/**
 * Lets so many work at a time; the others wait in line until it is their turn or their signal fires. A line with a
 * `waitingMax` turns away whoever finds it full, and one with a `patience` whoever has waited until that signal.
 */
export function makeLine(
  { atOnce, waitingMax = Number.POSITIVE_INFINITY }: { atOnce: number; waitingMax?: number },
  deps: { now(): Date; patience?(): AbortSignal },
): Line {
  const line: { since: Date; begin(): void }[] = []
  let working = 0

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const patience = deps.patience?.()
      const until = patience === undefined ? signal : AbortSignal.any([signal, patience])
      const place = {
        since: deps.now(),
        begin() {
          until.removeEventListener('abort', leave)
          working += 1
          resolve()
        },
      }
      const leave = () => {
        line.splice(line.indexOf(place), 1)
        reject(new NoTurnCame(signal.aborted ? 'gave-up' : 'waited-too-long', until.reason))
      }
      until.addEventListener('abort', leave, { once: true })
      line.push(place)
    })

  return {
    async take(signal, work) {
      if (signal.aborted) throw new NoTurnCame('gave-up', signal.reason)
      if (working < atOnce) working += 1
      else if (line.length < waitingMax) await turn(signal)
      else throw new NoTurnCame('line-full')
      try {
        return await work()
      } finally {
        working -= 1
        // In the same step, so that nobody who comes now goes before those in line.
        line.shift()?.begin()
      }
    },
    state: () => ({ working, waiting: line.length, waitingSince: line[0]?.since ?? null }),
  }
}

/** A line that turns nobody away and is not looked at. */
export const makeTurns = (atOnce: number): TakeTurn => makeLine({ atOnce }, { now: () => unseen }).take

const unseen = new Date(0)
