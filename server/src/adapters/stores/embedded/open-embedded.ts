import { accessSync, chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { Fault, isFault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { findBinaries } from './binaries.ts'
import { prepareCluster } from './cluster.ts'
import { ensureDatabase } from './first-database.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { stopLeftovers } from './leftovers.ts'
import { chooseRunAs, ourName } from './run-as.ts'
import { type EmbeddedLog, type ServerProcess, startServer } from './server-process.ts'
import { applicationDatabase, applicationRole, type Settings } from './settings.ts'
import { forgetSocketFolder, socketFolderFor } from './socket-folder.ts'

export interface EmbeddedOptions {
  /** The Rekey folder (`.rekey` by default); made with mode 0700 when missing. */
  folder: string
  outside: Pick<Outside, 'now'>
  log: EmbeddedLog
  /** PostgreSQL ended without being asked to. Called at most once; nothing is restarted. */
  onDeath?: (fault: Fault) => void
  /** PostgreSQL settings over Rekey's own. */
  settings?: Settings
}

export interface Embedded {
  /** For the application: role and database `rekey`, over the Unix socket, without a password. */
  connection: pg.PoolConfig
  /** The postmaster. */
  processId: number
  /** True when the database was created by this start. */
  fresh: boolean
  /** Ends all connections, flushes and stops. May be called more than once. */
  stop(): Promise<void>
}

/**
 * A real PostgreSQL as a child process, on a Unix socket in a private folder, for this process alone. Why not an
 * embedded engine, and what was measured: `docs/decisions/0002-embedded-postgresql.md`.
 *
 * @throws Fault `database-in-use` when another Rekey runs on the folder, `database-unavailable` for the rest.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  try {
    return await openFolder(options)
  } catch (cause) {
    if (isFault(cause)) throw cause
    throw new Fault('database-unavailable', {
      cause,
      detail: `the embedded database in ${options.folder} could not be opened`,
    })
  }
}

async function openFolder(options: EmbeddedOptions): Promise<Embedded> {
  const startedAt = options.outside.now()
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const folder = realpathSync(options.folder)
  chmodSync(folder, 0o700)
  const lock = lockFolder(folder)
  try {
    const embedded = await openLocked(folder, lock, options)
    const milliseconds = options.outside.now().getTime() - startedAt.getTime()
    const { fresh, processId } = embedded
    options.log('info', 'database is ready', { milliseconds, fresh, process: processId })
    return embedded
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Whether a service has made its database in the folder. Whoever may not look is told so when it is opened. */
export const hasEmbedded = (folder: string): boolean => {
  try {
    accessSync(join(folder, 'postgres'))
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
}

/** How a tool of the same user reaches the database while a service runs on the folder. */
export function runningConnection(folder: string): pg.PoolConfig {
  const { path } = socketFolderFor(join(realpathSync(folder), 'postgres'))
  return { host: path, port: 5432, user: applicationRole, database: applicationDatabase }
}

async function openLocked(folder: string, lock: FolderLock, options: EmbeddedOptions): Promise<Embedded> {
  const { log, onDeath = () => {}, settings = {} } = options
  forgetSocketFolder(lock.left?.socketFolder ?? null)
  const runAs = chooseRunAs()
  const data = join(folder, 'postgres')
  const cluster = { data, runAs, binaries: findBinaries({ folder, runAs }) }
  const leftovers = existsSync(data) ? await stopLeftovers(data) : 0
  if (leftovers > 0) log('warn', 'stopped a database that a killed Rekey had left', { processes: leftovers })
  const fresh = await prepareCluster(cluster)

  const socket = socketFolderFor(data)
  lock.note({ pid: process.pid, socketFolder: socket.temporary })
  const connection = {
    host: socket.path,
    // The socket is named after it, even where the server has no network.
    port: Number(settings['port'] ?? 5432),
    user: applicationRole,
    database: applicationDatabase,
    ssl: false,
  }
  let server: ServerProcess | undefined
  const close = async () => {
    await server?.stop()
    forgetSocketFolder(socket.temporary)
    lock.release()
  }
  try {
    server = await startServer({ cluster, ourName: ourName(), settings, log, onDeath })
    await ensureDatabase(connection, { ended: server.ended, fresh })
  } catch (error) {
    await close()
    throw error
  }
  let closed: Promise<void> | undefined
  return { connection, processId: server.processId, fresh, stop: () => (closed ??= close()) }
}
