import { readFile, stat } from 'node:fs/promises'
import { Fault } from '../../kernel/fault.ts'

/** A text file of entries, one a line, that is read again when it has changed. */
export interface ListFile<List> {
  /** As it was when it was last read as a whole. */
  current(): List
  /** Reads it again if it is another one. A file that can't be read leaves what there is, and is told. */
  refresh(): Promise<void>
}

/** Takes one line without comment and space around it; false when it is none of its kind. */
export type TakeLine = (line: string) => boolean

const bytesMax = 64 * 1024 * 1024

/**
 * @param begin makes an empty list: what takes its lines, and what it is in the end.
 * @throws Fault `config-invalid` that names file and line.
 */
export async function openListFile<List>(
  path: string,
  begin: () => { take: TakeLine; end(): List },
  warn: (error: unknown) => void,
): Promise<ListFile<List>> {
  let { list, stamp } = await read(path, begin)
  return {
    current: () => list,
    async refresh() {
      try {
        if ((await stampOf(path)) !== stamp) ({ list, stamp } = await read(path, begin))
      } catch (error) {
        warn(error)
      }
    },
  }
}

async function read<List>(
  path: string,
  begin: () => { take: TakeLine; end(): List },
): Promise<{ list: List; stamp: string }> {
  try {
    const stamp = await stampOf(path)
    const { take, end } = begin()
    const lines = (await readFile(path, 'utf8')).split(/\r?\n/)
    for (const [index, line] of lines.entries()) {
      const text = line.replace(/[#;].*$/, '').trim()
      if (text !== '' && !take(text)) throw new Error(`line ${index + 1} is no entry of this list`)
    }
    return { list: end(), stamp }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it can’t be read'
    throw new Fault('config-invalid', { cause, detail: `${path}: ${why}` })
  }
}

/** What tells one version of a file from another: it may be written in place, or put in the place of the old one. */
async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path)
  if (size > bytesMax) throw new Error('it is larger than any list')
  return `${ino} ${size} ${mtimeMs}`
}
