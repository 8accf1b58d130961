import { readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { replaceFile } from '../../kernel/durable-file.ts'
import { Fault } from '../../kernel/fault.ts'
import { type HashKind, partitions } from './geometry.ts'

/** A dump as far as an import that goes on later can tell it from another one. */
export interface DumpFile {
  path: string
  size: number
  changedAt: number
}

/** Up to where a dump was read, and how much of each partition was on the disk by then. */
export interface Kept {
  source: DumpFile
  kind: HashKind | null
  position: number
  lines: number
  lengths: readonly number[]
}

/** Throws a Fault `breach-dump-unreadable` when there is no such file. */
export function dumpFile(path: string): DumpFile {
  try {
    const { size, mtimeMs } = statSync(path)
    return { path: resolve(path), size, changedAt: mtimeMs }
  } catch (cause) {
    throw new Fault('breach-dump-unreadable', { cause, detail: `${path} can't be read` })
  }
}

/** Nothing that is written from here on may be taken for what an earlier import kept. */
export const forgetKept = (folder: string): void => {
  rmSync(join(folder, stateName), { force: true })
}

/** Only after what it promises is on the disk. */
export function keep(folder: string, kept: Kept): void {
  replaceFile(join(folder, stateName), JSON.stringify(kept), { mode: 0o600, owner: null })
}

/** Null when nothing was kept, or of another dump. */
export function readKept(folder: string, source: DumpFile): Kept | null {
  const kept = stateIn(folder)
  if (kept === null) return null
  const isSame = (['path', 'size', 'changedAt'] as const).every((fact) => kept.source[fact] === source[fact])
  const isThere = Array.from({ length: partitions }).every(
    (_, partition) => lengthOf(join(folder, `${partition}.hashes`)) >= (kept.lengths[partition] ?? 0),
  )
  return isSame && isThere ? kept : null
}

const stateName = 'state.json'

function stateIn(folder: string): Kept | null {
  try {
    return JSON.parse(readFileSync(join(folder, stateName), 'utf8')) as Kept
  } catch {
    // Missing or cut off: the import begins at the beginning, which is slower and never wrong.
    return null
  }
}

const lengthOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
