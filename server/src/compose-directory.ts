import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { localDirectoryMigrations } from './adapters/connectors/local/index.ts'
import { openToTry } from './adapters/connectors/open.ts'
import { auditMigration } from './adapters/stores/audit/index.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { noDatabase } from './adapters/stores/no-database.ts'
import type { OpenedDirectory } from './cli/directory.ts'
import { UsageError } from './cli/invitations.ts'
import { openStore } from './compose-commands.ts'
import type { LoadedConfig } from './config/load.ts'
import { fold } from './core/accounts/index.ts'
import { drawUnknownPassword } from './core/helpdesk/unknown-password.ts'
import { makeDirectoryTest } from './core/operations/directory-test.ts'
import type { Outside } from './kernel/outside.ts'

/** One directory and what its connector knows, for the command line. Nothing is asked of it yet. */
export async function composeDirectoryTest(
  { config }: LoadedConfig,
  which: { tenant: string | null; directory: string | null },
  outside: Outside,
  log: Logger,
): Promise<OpenedDirectory> {
  const tenant = chosen('tenant', config.tenants, { nameOf: ({ id }) => id, name: which.tenant })
  const entry = chosen('directory', tenant.directories, {
    nameOf: ({ name }) => name,
    name: which.directory,
  })
  await using opening = new AsyncDisposableStack()
  const warnings: string[] = []
  const { directory, title, advice } = openToTry(entry, {
    ...outside,
    tenant: tenant.id,
    database: entry.kind === 'local' ? await ownDatabase(config, { outside, log, opening }) : noDatabase(),
    warn: (message, facts) => {
      const { because } = facts
      warnings.push(typeof because === 'string' ? `${message}: ${because}` : message)
    },
  })
  opening.defer(() => directory.close())
  const running = opening.move()
  return {
    tenant: tenant.id,
    name: directory.name,
    kind: title,
    notEnforced: advice?.notEnforced ?? [],
    test: (reporter) =>
      makeDirectoryTest({
        ...reporter,
        advice,
        routed: { directory, domains: entry.domains.map(fold) },
        seconds: tenant.limits.directorySeconds,
        drawPassword: () => drawUnknownPassword(outside),
        heard: () => warnings.splice(0),
      }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Rekey's own, as the running service has it, or has left it. */
async function ownDatabase(
  config: LoadedConfig['config'],
  { outside, log, opening }: { outside: Outside; log: Logger; opening: AsyncDisposableStack },
): Promise<Kysely<unknown>> {
  const { database } = opening.use(await openStore({ config }, outside, log))
  await migrate(database, [...storeMigrations, auditMigration, ...localDirectoryMigrations])
  return database
}

function chosen<One>(
  what: 'tenant' | 'directory',
  all: readonly One[],
  { nameOf, name }: { nameOf(one: One): string; name: string | null },
): One {
  const found = name === null && all.length === 1 ? all[0] : all.find((one) => nameOf(one) === name)
  if (found !== undefined) return found
  const names = all.map(nameOf).join(', ')
  const detail =
    name === null ? `Say which ${what} with --${what}: ${names}.` : `There is no ${what} ${name}: ${names}.`
  throw new UsageError(detail)
}
