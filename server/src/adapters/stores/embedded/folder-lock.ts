import { spawnSync } from 'node:child_process'
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../../kernel/fault.ts'
import { childEnvironment } from './child-environment.ts'

/** What the holder of a folder writes down, for error messages and for tidying up after it. */
export interface LockNote {
  pid: number
  /** A folder outside that belongs to this one and is useless once the holder is gone. */
  socketFolder: string | null
}

export interface FolderLock {
  /** What the holder before us left, or null on a fresh folder. */
  left: LockNote | null
  note(note: LockNote): void
  /** May be called more than once. */
  release(): void
}

/**
 * Takes a folder for this process alone. The lock is a `flock` and not a file with a process id in it: the kernel
 * drops it with the process, whatever ends it, so it can never be stale, and process ids that are used again (or
 * that mean something else in another container) can't fool it.
 *
 * @throws Fault `database-in-use` when another process has the folder.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  const file = process.platform === 'darwin' ? openLockedOnDarwin(path) : openAndLock(path)
  if (file === null) {
    const holder = readNote(path)?.pid
    throw new Fault('database-in-use', {
      detail:
        `another Rekey${holder === undefined ? '' : ` (process ${holder})`} is running on ${folder}; ` +
        'stop it, or choose another folder',
    })
  }
  let held = true
  return {
    left: readNote(path),
    note: (note) => {
      ftruncateSync(file)
      writeSync(file, `${JSON.stringify(note)}\n`, 0)
    },
    release: () => {
      if (held) closeSync(file)
      held = false
    },
  }
}

/**
 * Node has no `flock`. A flock belongs to the open file, not to the process that asked for it, so flock(1) can
 * take it on a file handed to it and leave: it stays with our handle. Node opens files close-on-exec, so neither
 * PostgreSQL nor any other child inherits the lock and outlives us with it.
 */
function openAndLock(path: string): number | null {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const taken = spawnSync('flock', ['-x', '-n', '3'], {
    env: childEnvironment,
    stdio: ['ignore', 'ignore', 'pipe', file],
    encoding: 'utf8',
  })
  if (taken.status === 0) return file
  closeSync(file)
  // flock(1) documents exit status 1 for "somebody else has it".
  if (taken.status === 1) return null
  throw new Fault('database-unavailable', {
    cause: taken.error ?? new Error(taken.stderr.trim()),
    detail: 'the folder could not be locked: flock (package util-linux) is needed on the PATH',
  })
}

/** Darwin takes the flock in open(2) itself: O_EXLOCK, and O_NONBLOCK to be refused rather than to wait. */
function openLockedOnDarwin(path: string): number | null {
  const exclusiveLock = 0x20
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusiveLock, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw error
  }
}

/** The note is for people and for tidying up; nothing is decided by it, so an unreadable one counts as none. */
function readNote(path: string): LockNote | null {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockNote>
    if (typeof note.pid !== 'number') return null
    return { pid: note.pid, socketFolder: typeof note.socketFolder === 'string' ? note.socketFolder : null }
  } catch {
    return null
  }
}
