import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './free-ports.ts'

export interface LdapPorts {
  /** Without one 127.0.0.1. */
  host?: string
  port: number
  tlsPort: number
}

/** A directory server as a child process: how to end it, start it again and stop it in its tracks. */
export interface LdapDaemon {
  /** `ldap://127.0.0.1:…` */
  url: string
  ldapsUrl: string
  start(): Promise<void>
  /** Resolves once the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. Settles once every thread has stopped. */
  pause(): Promise<void>
  resume(): void
  /** Everything it printed to standard error. */
  log(): string
}

/**
 * Starts a server on free ports; `command` says how, in the foreground. It dies with the test runner
 * (`setpriv --pdeathsig`), however that ends. Another process may take a free port before it does, so a first start
 * gets three tries.
 */
export async function startLdapDaemon(
  command: (ports: LdapPorts) => Promise<readonly string[]> | readonly string[],
  triesLeft = 2,
): Promise<LdapDaemon> {
  const [port = 0, tlsPort = 0] = await freePorts(2)
  try {
    return await startLdapDaemonAt({ port, tlsPort }, await command({ port, tlsPort }))
  } catch (error) {
    if (triesLeft === 0) throw error
    return startLdapDaemon(command, triesLeft - 1)
  }
}

/** The same for a server that can't choose its ports. */
export async function startLdapDaemonAt(
  { host = '127.0.0.1', port, tlsPort }: LdapPorts,
  words: readonly string[],
): Promise<LdapDaemon> {
  let child: ChildProcess
  let printed = ''
  const start = async () => {
    child = spawn('setpriv', ['--pdeathsig', 'KILL', ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
    await untilListening({ host, port: tlsPort }, child, () => printed)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // A stopped process only notices SIGTERM once it continues.
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }
  await start()
  return {
    url: `ldap://${host}:${String(port)}`,
    ldapsUrl: `ldaps://${host}:${String(tlsPort)}`,
    start,
    end,
    pause: () => stopInItsTracks(child),
    resume: () => void child.kill('SIGCONT'),
    log: () => printed,
  }
}

async function untilListening(
  at: { host: string; port: number },
  child: ChildProcess,
  printed: () => string,
) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the directory server did not start:\n${printed()}`)
    const socket = connect(at)
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await sleep(10)
  }
}

/** The signal is only on its way when `kill` returns; a thread on another processor may still answer. */
async function stopInItsTracks(child: ChildProcess) {
  child.kill('SIGSTOP')
  const threads = `/proc/${String(child.pid)}/task`
  for (;;) {
    const ids = await readdir(threads)
    const stats = await Promise.all(ids.map((id) => readFile(join(threads, id, 'stat'), 'utf8')))
    // The state follows the name, which is in parentheses and may hold any character.
    if (stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'))) return
    await sleep(1)
  }
}
