import type { Terminal } from './io.ts'

/** Shows how far long work is: a line that is drawn again in a terminal, a line now and then elsewhere. */
export interface Progress {
  show(at: { what: string; done: number; of: number | null; note: string }): void
  /** Leaves the line that was drawn last, and goes on below it. */
  readonly end: () => void
}

const drawEveryMs = 100
const tellEveryMs = 10_000
const barWidth = 30

export function makeProgress(
  terminal: Terminal,
  milliseconds: () => number = () => performance.now(),
): Progress {
  const { draw } = terminal
  let next = draw === undefined ? milliseconds() + tellEveryMs : 0
  let drawn = ''
  return {
    show({ what, done, of, note }) {
      const now = milliseconds()
      const line = `${what} ${of === null ? '' : `${bar(done / of)} `}${note}`
      if (draw !== undefined) drawn = line
      if (now < next) return
      next = now + (draw === undefined ? tellEveryMs : drawEveryMs)
      if (draw === undefined) terminal.err(line)
      else draw(line)
    },
    end: () => {
      if (draw === undefined || drawn === '') return
      draw(drawn)
      terminal.err('')
      drawn = ''
    },
  }
}

function bar(share: number): string {
  const full = Math.min(Math.floor(share * barWidth), barWidth)
  const percent = `${Math.floor(Math.min(share, 1) * 100)}%`.padStart(4)
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]${percent}`
}
