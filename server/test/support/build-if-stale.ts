import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Builds the server when a source is newer than the last build. Run under a lock (`flock`), because the files of
 * one test run ask for it from several processes at once.
 */
const root = join(import.meta.dirname, '../../..')
const inputs = ['server/src', 'server/package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.ts']

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** A folder's own time counts too: it changes when a file in it disappears. Tests are no part of the build. */
function newest(path: string): number {
  if (!statSync(path).isDirectory()) return changedAt(path)
  const names = readdirSync(path).filter((name) => !/\.test\.tsx?$/.test(name))
  return Math.max(changedAt(path), ...names.map((name) => newest(join(path, name))))
}

const sources = Math.max(...inputs.map((input) => newest(join(root, input))))
if (sources > changedAt(join(root, 'server/dist/.built'))) await import('../../../tools/build.ts')
