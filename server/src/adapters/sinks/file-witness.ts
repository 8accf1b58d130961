import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { readCheckpoints, type SignedCheckpoint, type Witness } from '../../core/audit/index.ts'
import { Fault } from '../../kernel/fault.ts'

export interface FileWitnessOptions {
  /** One file a log is kept here. Put it on a medium that the database's administrators can't rewrite. */
  folder: string
  everyMs?: number
}

/** Checkpoints are a few hundred bytes, so this holds the last ones for sure. */
const tailBytes = 64 * 1024

export const witnessFileName = (origin: string): string => `${encodeURIComponent(origin)}.checkpoints`

/** Appends checkpoints to a file per log and never rewrites one. It can be asked, so it reveals a database set back. */
export function makeFileWitness({ folder, everyMs = 1_000 }: FileWitnessOptions): Witness {
  const pathOf = (origin: string) => join(folder, witnessFileName(origin))
  return {
    name: 'file',
    everyMs,
    newest: (origin) =>
      orUnreachable(async () => {
        const read = readCheckpoints(await readTail(pathOf(origin)))
        return read.held.findLast((held) => held.origin === origin) ?? null
      }),
    hold: (checkpoint) =>
      orUnreachable(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await append(pathOf(checkpoint.origin), checkpoint)
      }),
  }
}

async function orUnreachable<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (cause) {
    throw new Fault('witness-unreachable', { detail: 'the witness file can not be read or written', cause })
  }
}

async function readTail(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY)
    const { size } = await file.stat()
    const tail = Buffer.alloc(Math.min(size, tailBytes))
    await file.read(tail, 0, tail.length, size - tail.length)
    return tail.toString('utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

async function append(path: string, checkpoint: SignedCheckpoint): Promise<void> {
  const tail = await readTail(path)
  const { O_APPEND, O_CREAT, O_WRONLY } = constants
  await using file = await open(path, O_APPEND | O_CREAT | O_WRONLY, 0o600)
  // Notes are apart by a blank line; one more when a write was cut off by a crash, so that it spoils only itself.
  const separator = tail === '' ? '' : tail.endsWith('\n') ? '\n' : '\n\n'
  await file.appendFile(`${separator}${checkpoint.note}`)
  await file.sync()
}
