import { join } from 'node:path'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { openMailProvider } from './adapters/channels/open.ts'
import { openDirectory } from './adapters/connectors/open.ts'
import { makeAuditStore, openExport } from './adapters/stores/audit/index.ts'
import { openDatabase } from './adapters/stores/database.ts'
import { runningConnection } from './adapters/stores/embedded/open-embedded.ts'
import { askOnce } from './checks.ts'
import type { AuditLog } from './cli/service.ts'
import { connectionOf, type Opening } from './compose-opening.ts'
import { demoKeys, keysFrom } from './config/key-rings.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { readSigningKey } from './core/audit/index.ts'
import type { Check } from './core/operations/checks.ts'
import { isFault } from './kernel/fault.ts'
import type { Outside } from './kernel/outside.ts'

/** An export of a log in a folder; needs neither configuration nor database. */
export const openAuditExport = openExport

/** The audit log alone, for the command line; beside a running service when there is one. */
export async function composeAuditLog(
  { config }: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<AuditLog> {
  await using opening = new AsyncDisposableStack()
  const keys = config.keys === null ? demoKeys(join(config.data, 'keys'), outside) : keysFrom(config.keys)
  const connection = await connectionBeside(config, { outside, log, opening })
  const { kysely } = opening.adopt(openDatabase<unknown>({ connection, connectionsMax: 2 }), (open) =>
    open.close(),
  )
  const store = makeAuditStore({
    database: kysely,
    dataKey: keys.data,
    signingKey: readSigningKey(keys.audit),
    origin: config.audit.origin,
    witnesses: [],
    outside,
    warn: () => undefined,
  })
  const running = opening.move()
  return { store, origin: config.audit.origin, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** The embedded database is shared with the service that runs on the folder, and started when none does. */
async function connectionBeside(config: Config, opened: Opening): Promise<pg.PoolConfig> {
  try {
    return await connectionOf(config, { ...opened, onDeath: () => undefined })
  } catch (error) {
    if (isFault(error, 'database-in-use')) return runningConnection(config.data)
    throw error
  }
}

/**
 * The outside systems of a configuration, for `rekey config check --connect`. Nothing is created and no service is
 * needed: a directory in Rekey's own database is left out, because it is there as soon as the database is.
 */
export function composeChecks({ config }: LoadedConfig, outside: Outside): readonly Check[] {
  const directories = config.tenants.flatMap(({ id: tenant, directories: entries }) =>
    entries
      .filter(({ kind }) => kind !== 'local')
      .map((entry): Check => {
        const open = () =>
          openDirectory(entry, { ...outside, tenant, database: noDatabase(), warn: () => undefined })
        return { what: 'directory', tenant, name: entry.name, run: (signal) => askOnce(open, signal) }
      }),
  )
  const providers = config.mail.providers.map((entry): Check => {
    const open = () => openMailProvider(entry, outside)
    return { what: 'mail provider', tenant: null, name: entry.name, run: (signal) => askOnce(open, signal) }
  })
  return [...directories, ...providers]
}

/** For connectors that have no use for Rekey's own database. */
const noDatabase = () =>
  new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
