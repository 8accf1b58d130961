import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-ports.ts'

export interface RedisServer extends AsyncDisposable {
  /** With the password in it, as an operator would write it. */
  url: string
  port: number
  /** SIGKILL. What it held in memory is gone unless it was saved. */
  kill(): Promise<void>
  /** On the same port; empty, or with what lies in its folder. */
  start(how: 'empty' | 'as-saved'): Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): void
  resume(): void
  /** Writes everything to disk and puts that aside. */
  save(): Promise<void>
  /** Kills it and starts it with what `save` put aside: as a replica that has fallen behind takes over. */
  goBack(): Promise<void>
  ask<Answer>(question: (client: Client) => Promise<Answer>): Promise<Answer>
}

type Client = ReturnType<typeof clientFor>

const password = 'a-password-of-the-test-redis'
const readyWithinMs = 10_000

interface RedisServerOptions {
  policy?: string
  certificates?: Certificates
  /** On no port at all, but on a socket in its folder, and without a password. */
  isSocket?: boolean
}

/** A real redis-server on a free port, in a temporary folder, with a password; dies with the test runner. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-redis-'))
  const port = await freePort()
  const { certificates, policy = 'noeviction', isSocket = false } = options
  const protocol = certificates === undefined ? 'redis' : 'rediss'
  const path = join(folder, 'redis.sock')
  const url = isSocket ? `unix://${path}` : `${protocol}://:${password}@localhost:${String(port)}`
  const listen = isSocket
    ? ['--port', '0', '--unixsocket', path, '--unixsocketperm', '700']
    : [...portWords(port, certificates), '--bind', '127.0.0.1', '--requirepass', password]
  const words = [
    ...listen,
    ...['--dir', folder, '--save', '', '--maxmemory', '64mb', '--maxmemory-policy', policy],
  ]
  let child: ChildProcess | null = null
  const ask: RedisServer['ask'] = async (question) => {
    const client = clientFor(url, certificates)
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await question(client)
    } finally {
      client.destroy()
    }
  }
  const start = async () => {
    child = spawn('setpriv', ['--pdeathsig', 'KILL', 'redis-server', ...words], { stdio: 'ignore' })
    const deadline = Date.now() + readyWithinMs
    while (!(await answers(ask))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('redis-server did not start')
      await sleep(10)
    }
  }
  const kill = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  const dump = join(folder, 'dump.rdb')
  const aside = join(folder, 'aside.rdb')
  await start()
  return {
    url,
    port,
    kill,
    async start(how) {
      if (how === 'empty') await rm(dump, { force: true })
      await start()
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async save() {
      await ask((client) => client.sendCommand(['SAVE']))
      await copyFile(dump, aside)
    },
    async goBack() {
      await kill()
      await copyFile(aside, dump)
      await start()
    },
    ask,
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const portWords = (port: number, certificates: Certificates | undefined): string[] =>
  certificates === undefined
    ? ['--port', String(port)]
    : [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', certificates.certificateFile, '--tls-key-file', certificates.keyFile],
      ]

const clientFor = (url: string, certificates: Certificates | undefined) =>
  createClient({
    ...(url.startsWith('unix:') ? {} : { url }),
    socket: {
      ...(url.startsWith('unix:') ? { path: url.slice('unix://'.length) } : {}),
      reconnectStrategy: false,
      connectTimeout: 1_000,
      ...(certificates === undefined ? { tls: false } : { tls: true, rejectUnauthorized: false }),
    },
  })

async function answers(ask: RedisServer['ask']): Promise<boolean> {
  try {
    return (await ask((client) => client.ping())) === 'PONG'
  } catch {
    return false
  }
}
