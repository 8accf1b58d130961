import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Fault } from '../../../kernel/fault.ts'
import { type Roster, readRoster } from './roster.ts'

export interface RosterFile {
  /** The people as the file has them now; those of the last time when it can't be taken as it is now. */
  people(): Promise<Roster>
  /** Throws what is wrong with the file as it is now. */
  check(): Promise<void>
}

/** What came of reading it once: the people of the last good file, and what is wrong with this one. */
interface Seen {
  /** Tells one state of the file from another. */
  stamp: string
  roster: Roster | null
  fault: Fault | null
}

/**
 * A roster that is read again when it changes. A file that is broken while the service runs must not take away what
 * everybody else of the tenant can do, so the people of the last good one are kept, and an operator is told once.
 *
 * Throws `directory-misconfigured`, also for a file that everybody may write: it says where mails go.
 */
export function makeRosterFile(path: string, { warn }: { warn(because: string): void }): RosterFile {
  let seen: Seen | null = null
  let reading: Promise<Seen> | null = null

  const read = async (stamp: string): Promise<Seen> => {
    const before = seen?.roster ?? null
    const now = await readRoster(linesIn(path)).then(
      (roster): Seen => ({ stamp, roster, fault: null }),
      (error: unknown): Seen => {
        const fault = error instanceof Fault ? error : unreadable(path, error)
        if (before !== null) warn(fault.detail ?? fault.code)
        return { stamp, roster: before, fault }
      },
    )
    seen = now
    return now
  }

  const current = async (): Promise<Seen> => {
    const stamp = await stampOf(path)
    if (seen !== null && seen.stamp === stamp) return seen
    reading ??= read(stamp).finally(() => {
      reading = null
    })
    return reading
  }

  return {
    async people() {
      const { roster, fault } = await current()
      if (roster !== null) return roster
      throw fault ?? unreadable(path, null)
    },
    async check() {
      const { fault } = await current()
      if (fault !== null) throw fault
    },
  }
}

/** Inode, size and time: whoever replaces a file by another of the same second and length changes the first. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, mode } = await stat(path, { bigint: true })
    return [ino, size, mtimeNs, mode].join()
  } catch {
    return 'absent'
  }
}

async function* linesIn(path: string): AsyncGenerator<string> {
  const { mode } = await stat(path)
  if ((mode & 0o002) !== 0) {
    const detail = `${path} can be changed by everybody, and says where mails go: chmod o-w`
    throw new Fault('directory-misconfigured', { detail })
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    yield decoder.decode(chunk, { stream: true })
  }
  yield decoder.decode()
}

function unreadable(path: string, cause: unknown): Fault {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  const why =
    cause instanceof TypeError && code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? 'is not UTF-8 text'
      : code === 'ENOENT'
        ? 'does not exist'
        : `can't be read${typeof code === 'string' ? ` (${code})` : ''}`
  return new Fault('directory-misconfigured', { cause, detail: `${path} ${why}` })
}
