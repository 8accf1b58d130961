/** Where a command writes. Results go to `out`; progress and errors go to `err`, so that results can be piped. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Draws a line in place of the one that was drawn last. Absent where lines can't be drawn again. */
  draw?(line: string): void
}

export const systemTerminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY
    ? { draw: (line: string) => process.stderr.write(`\r\u001b[2K${line.slice(0, process.stderr.columns)}`) }
    : {}),
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
