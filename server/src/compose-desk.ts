import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { localDirectoryMigrations } from './adapters/connectors/local/index.ts'
import { auditMigration } from './adapters/stores/audit/index.ts'
import { readNamesKey } from './adapters/stores/key-rings/index.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { checkDataKey, makeRecoveryStore, type RecoveryTables } from './adapters/stores/recovery/index.ts'
import { openStore } from './compose-commands.ts'
import { openDirectories } from './compose-opening.ts'
import type { LoadedConfig } from './config/load.ts'
import { makeTokens, type RecoveryStore, type RecoveryTenant, type Tokens } from './core/recovery/index.ts'
import { makeProductJobs } from './jobs/runner.ts'
import type { Outside } from './kernel/outside.ts'
import { noTracing } from './kernel/tracing.ts'
import { recoveryTenant } from './tenant-settings.ts'

/** What commands about accounts work with, beside the running service or without it. */
export interface Desk {
  database: Kysely<RecoveryTables>
  store: RecoveryStore
  tokens: Tokens
  tenant(id: string): RecoveryTenant
}

/**
 * Directories, keys, database and job queue for the command line, and nothing that listens or works. Mails are sent by the
 * service. What is opened is closed with `opening`.
 */
export async function openDesk(
  { config }: LoadedConfig,
  { outside, log, opening }: { outside: Outside; log: Logger; opening: AsyncDisposableStack },
): Promise<Desk> {
  const opened = opening.use(await openStore({ config }, outside, log))
  const { database, connection, installed, store: audit } = opened
  await migrate(database, [...storeMigrations, auditMigration, ...localDirectoryMigrations])
  await checkDataKey(database, installed.sealer)
  const tokens = makeTokens(installed.keys.token, await readNamesKey(database, installed.sealer, outside))
  const jobs = makeProductJobs({
    connection,
    outside,
    log: (level, message, facts) => log[level](facts, message),
  })
  await jobs.start()
  opening.defer(() => jobs.stop())
  const store = makeRecoveryStore({
    database,
    outside,
    sealer: installed.sealer,
    appendEvents: audit.append,
    enqueue: jobs.enqueue,
    report: () => undefined,
  })
  const tenants = new Map<string, RecoveryTenant>(
    config.tenants.map((tenant) => {
      const opened = { database, outside, log, opening, tracing: noTracing, guard: null }
      const directories = openDirectories(tenant, opened)
      return [tenant.id, recoveryTenant(tenant, { directories, breach: null })]
    }),
  )
  const tenant = (id: string): RecoveryTenant => {
    const found = tenants.get(id)
    if (found === undefined) throw new RangeError('a tenant is asked for that is not configured')
    return found
  }
  return { database, store, tokens, tenant }
}
