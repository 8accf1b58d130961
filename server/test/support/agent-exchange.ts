import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import type { Kysely } from 'kysely'
import { dial } from '../../src/adapters/agents/dial.ts'
import { openIdentity, saveIdentity } from '../../src/adapters/agents/identity-file.ts'
import { openJournal } from '../../src/adapters/agents/journal.ts'
import { agent } from '../../src/adapters/connectors/agent/index.ts'
import { makeAgentRecords } from '../../src/adapters/stores/agents/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { wordsOf } from '../../src/core/agents/ability-words.ts'
import {
  type AgentRules,
  codeOf,
  drawWhenOld,
  join,
  keepLine,
  makeDesk,
  makeOrderTaker,
  makeSwitchboard,
  messageBytesMax,
  readCode,
  type Switchboard,
} from '../../src/core/agents/index.ts'
import type { AgentIdentity, AgentRecords, Channel } from '../../src/core/agents/ports.ts'
import { acceptAgents } from '../../src/http/agents/endpoint.ts'
import { newId } from '../../src/kernel/ids.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { type Outside, systemOutside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { makeCertificates } from './certificates.ts'
import { connectorOutside } from './connector-outside.ts'
import { aDatabase } from './database.ts'

export const tenant = 'example'

/** Rules that get into nobody's way. */
export const openRules: AgentRules = {
  deny: { usernames: [], groups: [], places: [] },
  refuse: [],
  caps: { writesPerMinute: 100_000, writesPerHour: 100_000, proofsPerMinute: 100_000 },
  clockSkewSeconds: 60,
}

export interface Said {
  level: string
  message: string
  facts: Readonly<Record<string, unknown>>
}

/** The side of the servers: one node, with a database, behind real TLS. */
export interface AgentExchange extends AsyncDisposable {
  url: string
  ca: string
  records: AgentRecords
  switchboard: Switchboard
  /** What the node and its agents said. */
  said: Said[]
  outside: Outside
  /** The names of all audit events so far. */
  events: string[]
  /** Makes a new directory behind agents known, and returns its name. */
  newDirectory(): string
  /** A code for an agent, as the command makes one. */
  enrol(directory: string, name: string): Promise<string>
  /** The connector of `kind: agent` on this node. */
  directory(name: string, inner: Pick<Directory, 'abilities'>, nextAgentSeconds?: number): Directory
}

export async function startAgentExchange({
  now = systemOutside.now,
  open = aDatabase,
}: {
  now?: () => Date
  open?: () => Promise<{ kysely: Kysely<unknown> } & AsyncDisposable>
} = {}): Promise<AgentExchange> {
  const outside: Outside = { ...systemOutside, now }
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(joinPath(tmpdir(), 'rekey-agents-'))
  opening.defer(() => rm(folder, { recursive: true }))
  const certificates = await makeCertificates({ folder })
  const [key, cert, ca] = await Promise.all(
    [certificates.keyFile, certificates.certificateFile, certificates.caFile].map((file) =>
      readFile(file, 'utf8'),
    ),
  )
  const database = opening.use(await open())
  const events: string[] = []
  const keyOf = (id: string) => makeKeyRing({ id, bytes: systemOutside.randomBytes(32) })
  const records = makeAgentRecords({
    database: database.kysely,
    sealer: makeSealer(keyOf('d1'), 'recovery', outside),
    tokenKeys: keyOf('t1'),
    node: 'node-1',
    outside,
    async appendEvents(_, written) {
      events.push(...written.map(({ name }) => name))
      return Promise.resolve()
    },
  })
  const names: string[] = []
  const said: Said[] = []
  const log = (level: string, message: string, facts: Record<string, unknown>) =>
    void said.push({ level, message, facts })
  const switchboard = makeSwitchboard({
    ...outside,
    records,
    directoriesOf: (of) => (of === tenant ? names : []),
    log,
  })
  const desk = makeDesk({ ...outside, switchboard, records })
  const server = createServer({ key: key ?? '', cert: cert ?? '' })
  const endpoint = acceptAgents(server, { serve: switchboard.serve, messageBytesMax })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opening.defer(async () => {
    switchboard.close()
    endpoint.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const running = opening.move()
  return {
    url: `wss://localhost:${String(port)}/agent`,
    ca: ca ?? '',
    ...{ records, switchboard, said, outside, events },
    newDirectory() {
      const name = `people-${String(names.length + 1)}`
      names.push(name)
      return name
    },
    async enrol(directory, name) {
      const expiresAt = new Date(now().getTime() + 3_600_000)
      const enrolment = { tenant, directory, agent: name, id: newId(outside), expiresAt }
      const { secret } = await records.openEnrolment(enrolment)
      return codeOf(enrolment, secret, (await records.serverKey(tenant)).publicKey).reveal()
    },
    directory(name, { abilities }, nextAgentSeconds = 4) {
      return agent.open(
        { abilities: wordsOf(abilities), nextAgentSeconds },
        { ...connectorOutside({}), name, agents: desk },
      )
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

export interface StartedAgent extends AsyncDisposable {
  identity(): AgentIdentity
  folder: string
  /** Resolves when it is connected; its session. */
  connected(): Promise<string>
  /** Ends it as a power cut would: nothing of it is finished or told. */
  drop(): void
  drawKeysWhenOld(days: number): Promise<boolean>
  checkDirectory(): Promise<void>
}

export interface AgentOptions {
  directory: string
  name: string
  inner: Directory
  rules?: Partial<AgentRules>
  /** In place of the agent's own way to the server. */
  dial?: (signal: AbortSignal) => Promise<Channel>
  /** Of an agent that ran before. Without it a new one is enrolled. */
  folder?: string
  now?: () => Date
}

/** An agent in this process, on a folder of its own, over a real WebSocket with TLS. */
export async function startAgent(exchange: AgentExchange, options: AgentOptions): Promise<StartedAgent> {
  const { directory, name, inner } = options
  const { url, ca, said } = exchange
  const outside: Outside = { ...systemOutside, now: options.now ?? exchange.outside.now }
  const folder = options.folder ?? (await mkdtemp(joinPath(tmpdir(), 'rekey-agent-')))
  const reach = options.dial ?? ((signal: AbortSignal) => dial({ url, ca, messageBytesMax }, signal))
  const file = joinPath(folder, 'identity.json')
  if (options.folder === undefined) {
    const code = readCode(new Secret(await exchange.enrol(directory, name)))
    if (code === null) throw new Error('the code can not be read')
    const channel = await dial({ url, ca, messageBytesMax }, AbortSignal.timeout(10_000))
    const joined = await join(channel, code, outside)
    channel.close()
    if (!joined.ok) throw new Error(`the agent could not join: ${joined.because}`)
    saveIdentity(file, joined.identity)
  }
  const identity = openIdentity(file)
  const journal = openJournal(joinPath(folder, 'journal'), outside)
  const deps = {
    ...outside,
    inner,
    journal,
    identity,
    rules: { ...openRules, ...options.rules },
    version: '0.1.0-test',
    log: (level: string, message: string, facts: Record<string, unknown>) =>
      void said.push({ level, message: `agent ${name}: ${message}`, facts }),
  }
  const taker = makeOrderTaker(deps)
  const stopping = new AbortController()
  const line = keepLine({ ...deps, taker, server: url, dial: reach }, stopping.signal)
  const connected = async () => {
    for (;;) {
      const open = exchange.switchboard.linesOf(tenant, directory).find(({ agent }) => agent.name === name)
      if (open !== undefined) return open.session
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  if (options.dial === undefined) await connected()
  return {
    identity: () => identity.read(),
    folder,
    connected,
    drop: () => stopping.abort(),
    drawKeysWhenOld: (days) => drawWhenOld(deps, days),
    checkDirectory: taker.checkDirectory,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await line
      await journal.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
