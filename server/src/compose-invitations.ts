import type { Logger } from 'pino'
import { localDirectoryMigrations } from './adapters/connectors/local/index.ts'
import { auditMigration } from './adapters/stores/audit/index.ts'
import { readNamesKey } from './adapters/stores/key-rings/index.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { checkDataKey, makeRecoveryStore } from './adapters/stores/recovery/index.ts'
import type { Invitations } from './cli/invitations.ts'
import { openStore } from './compose-commands.ts'
import { openDirectories } from './compose-opening.ts'
import type { LoadedConfig } from './config/load.ts'
import { makeInvite, makeTokens, makeWithdraw, type RecoveryTenant } from './core/recovery/index.ts'
import { makeProductJobs } from './jobs/runner.ts'
import type { Outside } from './kernel/outside.ts'
import { noTracing } from './kernel/tracing.ts'
import { recoveryTenant } from './tenant-settings.ts'

/**
 * Inviting, for the command line: directories, keys, database and job queue, and nothing that listens or works. The
 * mails are sent by the service.
 */
export async function composeInvitations(
  { config }: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<Invitations> {
  await using opening = new AsyncDisposableStack()
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
      const directories = openDirectories(tenant, {
        database,
        outside,
        log,
        opening,
        tracing: noTracing,
        guard: null,
      })
      return [tenant.id, recoveryTenant(tenant, { directories, breach: null })]
    }),
  )
  const known = (id: string): RecoveryTenant => {
    const found = tenants.get(id)
    if (found === undefined) throw new RangeError('a tenant is asked for that is not configured')
    return found
  }
  const running = opening.move()
  return {
    tenants: config.tenants.map(({ id, services, languages }) => ({
      id,
      services: services.map(({ name }) => name),
      languages,
    })),
    invite: makeInvite({ ...outside, store, tokens, tenant: known }),
    withdraw: makeWithdraw({ ...outside, store, tenant: known }),
    list: (tenant, page) => store.listInvitations(tenant, page),
    now: () => outside.now(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
