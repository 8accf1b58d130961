import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { stringify } from 'yaml'
import { makeCertificates } from './certificates.ts'
import { eventually } from './person-at-api.ts'
import type { Rekey } from './rekey-process.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const program = join(import.meta.dirname, '../../bin/rekey.js')

/** The proxy before Rekey: ends TLS, and passes the bytes on. */
export async function tlsBefore(
  port: number,
  { certificateFile, keyFile }: { certificateFile: string; keyFile: string },
): Promise<{ port: number; close(): void }> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)])
  const server = createServer({ cert, key }, (client) => {
    const behind = connect(port, '127.0.0.1')
    for (const socket of [client, behind]) socket.on('error', () => undefined)
    client.pipe(behind).pipe(client)
    client.on('close', () => behind.destroy())
    behind.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() }
}

export interface AgentProcess extends AsyncDisposable {
  /** The wire to Rekey, outside of TLS. */
  wire: TcpProxy
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same keys and journal. It connects when it can. */
  start(): void
}

/**
 * `rekey agent` as a process of its own, enrolled at a running service and connected to it over TLS when this resolves.
 * It dies with the test runner.
 */
export async function startAgentProcess(
  rekey: Rekey,
  of: { tenant?: string; name?: string; directory: object; env: Readonly<Record<string, string>> },
): Promise<AgentProcess> {
  const { tenant = 'northwind', name = 'site-1', directory, env } = of
  const inTenant = ['--tenant', tenant]
  await using opening = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'rekey-agent-'))
  opening.defer(() => rm(home, { recursive: true, force: true }))
  const certificates = await makeCertificates({ folder: home })
  const proxy = await tlsBefore(Number(new URL(rekey.portalUrl).port), certificates)
  opening.defer(() => proxy.close())
  const wire = opening.use(await startTcpProxy({ port: proxy.port }))
  const [config, code] = [join(home, 'agent.yaml'), join(home, 'code')]
  const settings = {
    servers: [`wss://localhost:${wire.port}/agent`],
    caFile: certificates.caFile,
    data: join(home, 'agent'),
    directory,
    caps: { writesPerMinute: 10_000, writesPerHour: 10_000, proofsPerMinute: 10_000 },
  }
  await writeFile(config, stringify(settings), { mode: 0o600 })
  await writeFile(code, await rekey.command('agent', 'enrol', name, ...inTenant), { mode: 0o600 })
  const run = (...words: readonly string[]) =>
    spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', process.execPath, program, 'agent', ...words, '--config', config],
      { cwd: home, env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' },
    )
  const [ended] = await once(run('join', '--code-file', code), 'exit')
  if (ended !== 0) throw new Error(`the agent could not join: ${String(ended)}`)
  let child: ChildProcess | null = null
  const agent = {
    wire,
    start: () => void (child = run()),
    async kill(signal: NodeJS.Signals = 'SIGKILL') {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
  opening.defer(() => agent.kill('SIGTERM'))
  agent.start()
  await eventually('an agent', () => isConnected(rekey, name, inTenant))
  const running = opening.move()
  return { ...agent, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Whether the service says that an agent of this name is connected to it. */
async function isConnected(rekey: Rekey, name: string, inTenant: readonly string[]): Promise<boolean> {
  const listed = JSON.parse(await rekey.command('agent', 'list', '--json', ...inTenant)) as {
    agents: { name: string; connected: boolean }[]
  }
  return listed.agents.some((agent) => agent.name === name && agent.connected)
}
