import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../../../kernel/fault.ts'
import type { Binaries } from './binaries.ts'
import { childEnvironment } from './child-environment.ts'
import type { RunAs } from './run-as.ts'
import { administratorRole } from './settings.ts'

export interface Cluster {
  /** The data folder, seen from here. */
  data: string
  binaries: Binaries
  runAs: RunAs
}

/**
 * How the database's processes are told where the data is. A root-owned 0700 folder above it must not be in the
 * way of the user they run as, so root puts them *into* the folder (the working directory is entered before the
 * user is changed) and they name it by where they stand. Rights along the path are only checked when a path is
 * walked, so the data can lie in any folder root can reach, nothing has to be opened up, and deleting the folder
 * deletes the data.
 */
export const dataArgument = ({ data, runAs }: Cluster): string =>
  runAs.stepDown ? '/proc/self/cwd' : fs.realpathSync(data)

/** What every process of the database is started with. */
export const spawnOptions = ({ runAs }: Cluster, cwd: string) => ({
  cwd,
  env: childEnvironment,
  ...(runAs.stepDown ? { uid: runAs.uid, gid: runAs.gid } : {}),
})

/**
 * Makes the data folder unless it is there. It is made under another name, flushed to disk and renamed, so a
 * folder that bears the right name is complete, whenever the machine may have stopped.
 *
 * @returns true when it was made now.
 * @throws Fault `database-unavailable` for data of another major version and for folders that are not ours.
 */
export async function prepareCluster(cluster: Cluster): Promise<boolean> {
  const { data, runAs } = cluster
  if (fs.existsSync(join(data, 'PG_VERSION'))) {
    checkVersion(cluster)
    if (runAs.stepDown && fs.statSync(data).uid !== runAs.uid) giveTo(data, runAs)
    return false
  }
  if (fs.existsSync(data) && fs.readdirSync(data).length > 0) {
    throw new Fault('database-unavailable', {
      detail: `${data} is neither empty nor a database: move it away, or choose another folder`,
    })
  }
  const draft = `${data}.new`
  fs.rmSync(draft, { recursive: true, force: true })
  fs.mkdirSync(draft, { mode: 0o700 })
  if (runAs.stepDown) fs.chownSync(draft, runAs.uid, runAs.gid)
  await initialise(cluster, draft)
  fs.renameSync(draft, data)
  flush(dirname(data))
  return true
}

function checkVersion({ data, binaries }: Cluster): void {
  const found = fs.readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found === String(binaries.major)) return
  throw new Fault('database-unavailable', {
    detail:
      `${data} was written by PostgreSQL ${found} and this Rekey brings PostgreSQL ${binaries.major}: ` +
      'export with the Rekey that wrote it and import here, or go back to that version',
  })
}

/** The rights of a whole tree, for data that another user's Rekey (or another container's) wrote. */
function giveTo(path: string, runAs: RunAs): void {
  fs.lchownSync(path, runAs.uid, runAs.gid)
  if (!fs.lstatSync(path).isDirectory()) return
  for (const name of fs.readdirSync(path)) giveTo(join(path, name), runAs)
}

/**
 * Collation and character classes come from PostgreSQL itself: those of the operating system change with its
 * updates and silently break indexes. `initdb` flushes what it wrote before it ends.
 */
async function initialise(cluster: Cluster, draft: string): Promise<void> {
  const { binaries } = cluster
  const options = ['--username', administratorRole, '--auth', 'peer', '--encoding', 'UTF8', '--locale', 'C']
  options.push('--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--data-checksums')
  // Segments of 4 instead of 16 MiB: a quiet database keeps two of them.
  options.push('--wal-segsize', '4', '--no-instructions')
  // One flush of the file system instead of a thousand of single files, each of which waits for every other
  // writer on the disk: measured up to three times faster on a busy one.
  if (process.platform === 'linux') options.push('--sync-method', 'syncfs')
  options.push('--pgdata')
  const child = spawn(
    join(binaries.root, 'bin', 'initdb'),
    [...options, dataArgument({ ...cluster, data: draft })],
    { ...spawnOptions(cluster, draft), stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((cause: unknown) => {
    throw new Fault('database-unavailable', { cause, detail: 'initdb could not be started' })
  })
  if (code === 0) return
  throw new Fault('database-unavailable', {
    cause: new Error(said.join('').trim()),
    detail: `PostgreSQL could not create its data folder ${cluster.data}`,
  })
}

function flush(folder: string): void {
  const handle = fs.openSync(folder, fs.constants.O_RDONLY)
  fs.fsyncSync(handle)
  fs.closeSync(handle)
}
