import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Where a command writes. Results go to `out`; progress and errors go to `err`, so that results can be piped. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Draws a line in place of the one that was drawn last. Absent where lines can't be drawn again. */
  draw?(line: string): void
  /** Asks whoever sits there; null when they leave instead. Absent where nobody does. */
  ask?(question: string, options: { hidden: boolean }): Promise<string | null>
}

export const systemTerminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY
    ? { draw: (line: string) => process.stderr.write(`\r\u001b[2K${line.slice(0, process.stderr.columns)}`) }
    : {}),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
}

/** What is typed in answer to a hidden question is not echoed. */
async function ask(question: string, { hidden }: { hidden: boolean }): Promise<string | null> {
  const echo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!hidden) process.stderr.write(chunk)
      done()
    },
  })
  // Before the question: what is typed too early would be echoed by the terminal itself.
  const line = createInterface({ input: process.stdin, output: echo, terminal: true })
  line.once('SIGINT', () => line.close())
  process.stderr.write(question)
  try {
    const left = once(line, 'close').then(() => null)
    return await Promise.race([once(line, 'line').then(([answer]) => String(answer)), left])
  } finally {
    line.close()
    if (hidden) process.stderr.write('\n')
  }
}

/** What a command ends with; also the exit code of the process. */
export const exitCodes = {
  ok: 0,
  /** The thing that was looked at is not as it should be: mistakes in a configuration, a changed audit log. */
  wrong: 1,
  /** The command could not do its work: a missing file, an unknown option, a database that does not answer. */
  failed: 2,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
