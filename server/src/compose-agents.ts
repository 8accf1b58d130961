import type { Server } from 'node:http'
import { hostname } from 'node:os'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { localDirectoryMigrations } from './adapters/connectors/local/index.ts'
import { makeAgentRecords } from './adapters/stores/agents/index.ts'
import type { AuditStore } from './adapters/stores/audit/index.ts'
import { auditMigration } from './adapters/stores/audit/index.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { checkDataKey } from './adapters/stores/recovery/index.ts'
import type { Agents } from './cli/agents.ts'
import { openStore } from './compose-commands.ts'
import type { InstalledKeys } from './compose-keys.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { type AgentDesk, makeDesk, makeSwitchboard, messageBytesMax } from './core/agents/index.ts'
import type { AgentRecords } from './core/agents/ports.ts'
import { acceptAgents } from './http/agents/endpoint.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { newId } from './kernel/ids.ts'
import type { Outside } from './kernel/outside.ts'

interface AgentsDeps {
  database: Kysely<unknown>
  installed: InstalledKeys
  audit: Pick<AuditStore, 'append'>
  outside: Outside
}

/** What the database knows of agents. */
export const agentRecords = ({ database, installed, audit, outside }: AgentsDeps): AgentRecords =>
  makeAgentRecords({
    database,
    sealer: installed.sealer,
    tokenKeys: installed.keys.token,
    node: `${hostname()}/${newId(outside)}`,
    appendEvents: audit.append,
    outside,
  })

const directoriesIn = ({ tenants }: Config): ReadonlyMap<string, readonly string[]> =>
  new Map(
    tenants.map(({ id, directories }) => [
      id,
      directories.filter(({ kind }) => kind === 'agent').map(({ name }) => name),
    ]),
  )

const roundEveryMs = 15_000

export interface ServedAgents {
  desk: AgentDesk
  /** Lets agents in at a listener, once it listens. */
  accept(server: Server): void
  /** What is measured of them. */
  counts(): readonly { tenant: string; directory: string; connected: number; working: number }[]
}

/** Lets agents in, where a tenant has a directory behind some. */
export function serveAgents(
  config: Config,
  deps: AgentsDeps & { log: Logger; opening: AsyncDisposableStack },
): ServedAgents {
  const { log, opening, outside } = deps
  const records = agentRecords(deps)
  const directories = directoriesIn(config)
  const switchboard = makeSwitchboard({
    ...outside,
    records,
    directoriesOf: (tenant) => directories.get(tenant) ?? [],
    log: (level, message, facts) => log[level](facts, message),
  })
  const isUsed = [...directories.values()].some((names) => names.length > 0)
  return {
    desk: makeDesk({ ...outside, switchboard, records }),
    counts: () =>
      [...directories].flatMap(([tenant, names]) =>
        names.map((directory) => {
          const lines = switchboard.linesOf(tenant, directory)
          const working = lines.filter((line) => line.state().beat?.directory?.ok === true).length
          return { tenant, directory, connected: lines.length, working }
        }),
      ),
    accept(server) {
      if (!isUsed) return
      const warn = (error: unknown) => log.error({ err: error }, 'agents can not be looked after')
      opening.use(startSweeper({ sweep: switchboard.round, everyMs: roundEveryMs, warn }))
      const endpoint = acceptAgents(server, { serve: switchboard.serve, messageBytesMax })
      opening.defer(() => {
        switchboard.close()
        endpoint.close()
      })
    },
  }
}

/** Agents, for the command line; beside the running service, or without it. */
export async function composeAgents(
  { config }: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<Agents> {
  await using opening = new AsyncDisposableStack()
  const { database, installed, store: audit } = opening.use(await openStore({ config }, outside, log))
  await migrate(database, [...storeMigrations, auditMigration, ...localDirectoryMigrations])
  await checkDataKey(database, installed.sealer)
  const records = agentRecords({ database, installed, audit, outside })
  const running = opening.move()
  return {
    directories: directoriesIn(config),
    records,
    ...outside,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
