import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../../kernel/fault.ts'
import { childEnvironment } from './child-environment.ts'
import { type Cluster, dataArgument, spawnOptions } from './cluster.ts'
import { hostBasedAuthentication, identityMap, postgresqlConf, type Settings } from './settings.ts'

export type EmbeddedLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  facts?: Readonly<Record<string, string | number | boolean>>,
) => void

export interface ServerProcess {
  processId: number
  /** Settles when the process has ended, with what there is to say about it. */
  ended: Promise<Fault>
  stop(): Promise<void>
}

export interface ServerOptions {
  cluster: Cluster
  /** The system user that may connect. */
  ourName: string
  settings: Settings
  log: EmbeddedLog
  onDeath: (fault: Fault) => void
}

/** PostgreSQL's fast shutdown, then its immediate one (replays the log at the next start), then the kernel's. */
const stopSteps = [
  { signal: 'SIGINT', milliseconds: 20_000 },
  { signal: 'SIGQUIT', milliseconds: 5_000 },
  { signal: 'SIGKILL', milliseconds: 5_000 },
] as const

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { cluster, log, onDeath } = options
  writeConfiguration(options)
  const child = spawn(join(cluster.binaries.root, 'bin', 'postgres'), ['-D', dataArgument(cluster)], {
    ...spawnOptions(cluster, cluster.data),
    // A process group of its own: Ctrl-C in a terminal must reach Rekey only, which then finishes its requests
    // and stops the database itself.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Fault('database-unavailable', { cause, detail: 'PostgreSQL could not be started' })
  })
  const processId = child.pid ?? -1
  const watcher = watch(cluster, processId)
  const lastWords = relayLog(child, log)
  let stopping = false
  const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    watcher.kill('SIGKILL')
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    const fault = new Fault('database-unavailable', {
      detail: `PostgreSQL (process ${processId}) ended ${how}`,
      cause: new Error(lastWords()),
    })
    if (!stopping) onDeath(fault)
    return fault
  })
  const stop = async () => {
    stopping = true
    await stopChild(child, ended)
  }
  return { processId, ended, stop }
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  for (const { signal, milliseconds } of stopSteps) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const patience = new AbortController()
    const late = delay(milliseconds, undefined, { signal: patience.signal }).catch(() => undefined)
    await Promise.race([ended, late])
    patience.abort()
  }
}

/**
 * Replaced by renaming and not written in place: the data folder belongs to the user the database runs as, who
 * could have put a link there that root would follow.
 */
function writeConfiguration({ cluster, ourName, settings }: ServerOptions): void {
  const files = {
    'postgresql.conf': postgresqlConf(settings),
    'pg_hba.conf': hostBasedAuthentication,
    'pg_ident.conf': identityMap(ourName),
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(cluster.data, name)
    const draft = `${path}.new`
    rmSync(draft, { force: true, recursive: true })
    writeFileSync(draft, text, { flag: 'wx', mode: 0o644 })
    renameSync(draft, path)
  }
}

/**
 * A shell that waits on a pipe which only we hold: when this process dies, however it dies, the kernel closes
 * the pipe and the shell asks PostgreSQL to stop. Without it a killed Rekey would leave a database running until
 * the next start.
 */
function watch(cluster: Cluster, processId: number): ChildProcess {
  const watcher = spawn('sh', ['-c', 'read -r _; kill -INT "$0"', String(processId)], {
    ...spawnOptions(cluster, '/'),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: childEnvironment,
  })
  // Losing the watcher costs tidiness, not safety: the next start stops what was left.
  watcher.on('error', () => {})
  watcher.stdin.on('error', () => {})
  watcher.unref()
  return watcher
}

const wordsMax = 20

/** @returns a function that gives the last lines the server wrote. */
function relayLog(child: ChildProcess, log: EmbeddedLog): () => string {
  const words: string[] = []
  if (child.stderr === null) return () => ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line)
    if (words.length > wordsMax) words.shift()
    const [, severity = '', text = line] = /^([A-Z]+):\s+(.*)$/.exec(line) ?? []
    log(levelOf(severity, text), text, { from: 'postgres' })
  })
  return () => words.join('\n')
}

/**
 * What PostgreSQL answers to whoever knocks before it is open. We do at every start, because that is how we notice
 * that it is; its log has it as FATAL, since for that one connection it is the end.
 */
const notOpenYet = new Set([
  'the database system is starting up',
  'the database system is not yet accepting connections',
])

function levelOf(severity: string, text: string): 'debug' | 'warn' | 'error' {
  if (notOpenYet.has(text)) return 'debug'
  if (severity === 'PANIC') return 'error'
  return severity === 'FATAL' || severity === 'WARNING' ? 'warn' : 'debug'
}
