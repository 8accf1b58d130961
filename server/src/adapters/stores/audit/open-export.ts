import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type CopiedEntry, type CopiedTile, type LogCopy, tileWidth } from '../../../core/audit/index.ts'
import { checkpointFile, verifierKeyFile } from './export.ts'

/** An export as it lies in a folder. */
export interface ExportFolder {
  /** What the export says its keys are, oldest first; to be compared with what is known from elsewhere. */
  verifierKeys: readonly string[]
  copy(origin: string): LogCopy
}

interface TileFile {
  level: number | 'entries'
  index: number
  width: number
  path: string
}

/**
 * Opens an export to be verified. Nothing in it is trusted: a file that is missing, too long or cut is a gap in the
 * copy, and what can't be read at all is told in `damage`. Null when the folder holds no export at all.
 */
export async function openExport(folder: string): Promise<ExportFolder | null> {
  const note = await readText(join(folder, checkpointFile))
  const files = await tileFiles(folder)
  if (note === null && files.length === 0) return null
  const keys = (await readText(join(folder, verifierKeyFile))) ?? ''
  const verifierKeys = keys.split('\n').filter((line) => line !== '')
  return { verifierKeys, copy: (origin) => folderCopy({ origin, note, files }) }
}

function folderCopy({
  origin,
  note,
  files,
}: {
  origin: string
  note: string | null
  files: readonly TileFile[]
}): LogCopy {
  const damage: string[] = []
  return {
    origin,
    damage,
    entries: () => {
      damage.length = 0
      return readEntries(files.filter(isBundle), damage)
    },
    tiles: () => readTiles(files.filter((file) => !isBundle(file))),
    async *checkpoints() {
      if (note !== null) yield note
    },
  }
}

const isBundle = ({ level }: TileFile): boolean => level === 'entries'

const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Missing and unreadable are the same to a verifier: there is nothing to compare with.
    return null
  }
}

/** Of a full and a partial tile of the same place the full one counts (C2SP tlog-tiles lets logs keep both). */
async function tileFiles(folder: string): Promise<TileFile[]> {
  const found = new Map<string, TileFile>()
  const entries = await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const file = parseTilePath(relative(folder, path).split(sep).join('/'), path)
    if (file === null) continue
    const place = `${file.level}/${file.index}`
    if ((found.get(place)?.width ?? 0) < file.width) found.set(place, file)
  }
  const order = ({ level }: TileFile) => (level === 'entries' ? -1 : level)
  return [...found.values()].sort((a, b) => order(a) - order(b) || a.index - b.index)
}

function parseTilePath(name: string, path: string): TileFile | null {
  const match = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
    name,
  )
  const [, level, index, width] = match ?? []
  if (level === undefined || index === undefined) return null
  return {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
    path,
  }
}

async function* readTiles(files: readonly TileFile[]): AsyncGenerator<CopiedTile> {
  for (const { level, index, path } of files) {
    if (level !== 'entries') yield { level, index, hashes: await readFile(path) }
  }
}

async function* readEntries(files: readonly TileFile[], damage: string[]): AsyncGenerator<CopiedEntry[]> {
  for (const { index, width, path } of files) {
    const entries = parseBundle(await readFile(path), index * tileWidth)
    const whole = entries.length === width
    if (!whole)
      damage.push(`entry bundle ${index} holds ${entries.length} readable entries instead of ${width}`)
    yield entries
  }
}

/** What follows a length that does not fit is not read. */
function parseBundle(bytes: Buffer, start: number): CopiedEntry[] {
  const entries: CopiedEntry[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at)
    if (end > bytes.length) break
    entries.push({ leaf: start + entries.length, entry: bytes.subarray(at + 2, end), columnsAgree: true })
    at = end
  }
  return entries
}
