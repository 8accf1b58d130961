import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Outcome, readMessage } from '../../core/agents/index.ts'
import type { Journal } from '../../core/agents/ports.ts'
import { flushFolder } from '../../kernel/durable-file.ts'
import { Fault } from '../../kernel/fault.ts'

interface Known {
  outcome: Outcome | null
  at: number
}

/** How far back an order can be asked for, and counts. */
const hourMs = 3_600_000
const rememberedMs = 24 * hourMs

/**
 * The journal of an agent: one JSON object a line, a file a day (UTC), only ever appended to. A line is on disk before
 * what it says is done, so whoever looks after a crash knows of every write that was begun. The last line of a file that
 * was cut off in the middle is of an order that was not begun: nothing is done before its line is whole.
 *
 * @throws Fault `config-invalid` when the folder can't be used, or a line in it was changed
 */
export function openJournal(folder: string, { now }: { now(): Date }): Journal & { close(): Promise<void> } {
  const { known, torn } = readBack(folder, now())
  let file: { day: string; handle: FileHandle } | null = null
  let broken: Error | null = null
  let turn: Promise<unknown> = Promise.resolve()
  /** Lines that wait for the next flush; one flush is for all of them. */
  let waiting: string[] = torn ? ['\n\n'] : []
  let flushing: Promise<void> | null = null

  const handleFor = async (day: string): Promise<FileHandle> => {
    if (file?.day === day) return file.handle
    const next = await open(join(folder, `${day}.jsonl`), 'a', 0o600)
    flushFolder(folder)
    await file?.handle.close()
    file = { day, handle: next }
    return next
  }
  const flush = async () => {
    const lines = waiting
    waiting = []
    flushing = null
    if (broken !== null) throw broken
    try {
      const handle = await handleFor(now().toISOString().slice(0, 10))
      await handle.appendFile(lines.join(''), 'utf8')
      await handle.sync()
    } catch (error) {
      // What is on disk now nobody knows, so nothing is begun any more (fsync can't be asked twice).
      broken = error instanceof Error ? error : new Error('unknown')
      throw broken
    }
  }
  const append = (line: object): Promise<void> => {
    waiting.push(`${JSON.stringify(line)}\n`)
    if (flushing === null) {
      flushing = turn.then(flush)
      turn = flushing.catch(() => undefined)
    }
    return flushing
  }
  const forget = () => {
    const longAgo = now().getTime() - rememberedMs
    for (const [order, { at }] of known) {
      if (at >= longAgo) return
      known.delete(order)
    }
  }

  return {
    async begin({ order, operation, key, username, at }) {
      forget()
      known.set(order, { outcome: null, at: at.getTime() })
      await append({ at: at.toISOString(), order, is: 'begun', operation, key, username })
    },
    async end({ order, at, outcome }) {
      const entry = known.get(order)
      if (entry !== undefined) entry.outcome = outcome
      await append({ at: at.toISOString(), order, is: 'ended', outcome })
    },
    async note({ order, operation, key, username, at, because }) {
      await append({ at: at.toISOString(), order, is: 'refused', operation, key, username, because })
    },
    find: (order) => known.get(order) ?? null,
    begunSince(moment) {
      let count = 0
      for (const { at } of known.values()) if (at > moment.getTime()) count += 1
      return count
    },
    async close() {
      await turn
      await file?.handle.close()
      file = null
    },
  }
}

function readBack(folder: string, now: Date): { known: Map<string, Known>; torn: boolean } {
  const known = new Map<string, Known>()
  let torn = false
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const [today, yesterday] = [now, new Date(now.getTime() - rememberedMs)].map((day) =>
      day.toISOString().slice(0, 10),
    )
    const names = readdirSync(folder).filter(
      (name) => name === `${yesterday}.jsonl` || name === `${today}.jsonl`,
    )
    for (const name of names.toSorted()) {
      const text = readFileSync(join(folder, name), 'utf8')
      torn = name === `${today}.jsonl` && text !== '' && !text.endsWith('\n')
      const lines = text.split('\n')
      for (const [at, line] of lines.entries()) {
        remember(known, line, { place: `${name}, line ${at + 1}`, isTorn: isTorn(lines, at) })
      }
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('config-invalid', { cause, detail: `the journal in ${folder} can't be read` })
  }
  return { known, torn }
}

const Line = Type.Union([
  Type.Object({ at: Type.String(), order: Type.String(), is: Type.Literal('begun') }),
  Type.Object({ order: Type.String(), is: Type.Literal('ended'), outcome: Outcome }),
  Type.Object({ order: Type.String(), is: Type.Literal('refused') }),
])

/** Cut off at the end of a file, or before the empty line that a start after that puts there. */
const isTorn = (lines: readonly string[], at: number): boolean =>
  at === lines.length - 1 || lines[at + 1] === ''

function remember(
  known: Map<string, Known>,
  text: string,
  { place, isTorn }: { place: string; isTorn: boolean },
): void {
  if (text === '') return
  const line = readMessage(Line, text)
  if (line === null) {
    // A power cut in the middle of a line; anything else is somebody's who has been at it.
    if (isTorn) return
    throw new Fault('config-invalid', { detail: `the journal has a line that is none of its own: ${place}` })
  }
  if (line.is === 'begun') known.set(line.order, { outcome: null, at: Date.parse(line.at) })
  const entry = known.get(line.order)
  if (line.is === 'ended' && entry !== undefined) entry.outcome = line.outcome
}
