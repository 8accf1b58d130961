import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

/** One file of the repository, with its path from the root and forward slashes. */
export interface TreeFile {
  path: string
  text: string
}

/** Nothing in these is written by us. */
export const foreign = new Set(['node_modules', 'dist', '.git', '.cache', '.rekey', 'coverage'])

/** All text files below a folder, sorted by path. Files that are not text come with an empty text. */
export function readTree(folder = root): TreeFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => foreign.has(part)))
    .toSorted()
    .map((path) => ({ path, text: textOf(join(folder, path)) }))
}

function textOf(path: string): string {
  const bytes = readFileSync(path)
  return bytes.subarray(0, 8000).includes(0) ? '' : bytes.toString('utf8')
}
