import { chownSync, closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** That two never replace one file at the same time is the caller's to see to. */
export interface Replacement {
  /** Rights of the new file. */
  mode: number
  /** Null: whoever runs this. */
  owner: { uid: number; gid: number } | null
}

/**
 * Replaces a file: whoever reads it, at any time and after a power cut, has the old text or the new one, whole. Throws
 * what the file system says, and leaves nothing beside it then.
 */
export function replaceFile(path: string, text: string, { mode, owner }: Replacement): void {
  const draft = `${path}.new`
  try {
    // What a crash left.
    rmSync(draft, { force: true })
    writeFileSync(draft, text, { mode, flag: 'wx', flush: true })
    if (owner !== null) chownSync(draft, owner.uid, owner.gid)
    renameSync(draft, path)
    flushFolder(dirname(path))
  } finally {
    rmSync(draft, { force: true })
  }
}

/** A name in a folder lasts once the folder is on the disk as well. */
export function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
