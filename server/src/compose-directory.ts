import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { localDirectoryMigrations } from './adapters/connectors/local/index.ts'
import { type DirectoryEntryConfig, openToTry } from './adapters/connectors/open.ts'
import { auditMigration } from './adapters/stores/audit/index.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { noDatabase } from './adapters/stores/no-database.ts'
import { UsageError } from './cli/csv-file.ts'
import type { OpenedDirectory } from './cli/directory.ts'
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
  if (entry.kind === 'agent') throw new UsageError(atTheAgent(entry.name))
  await using opening = new AsyncDisposableStack()
  const database =
    entry.kind === 'local' ? await ownDatabase(config, { outside, log, opening }) : noDatabase()
  const opened = testOf(entry, {
    ...{ outside, database, tenant: tenant.id, domains: entry.domains, settle: (all) => all },
    seconds: tenant.limits.directorySeconds,
  })
  opening.use(opened)
  const running = opening.move()
  return { ...opened, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

const atTheAgent = (name: string) =>
  `Agents connect to the running service, and to no command. Where an agent of ${name} is, run ` +
  '`rekey agent test --config agent.yaml <account>`.'

type ToTry = ReturnType<typeof openToTry>

export interface TestedAs {
  outside: Outside
  database: Kysely<unknown>
  /** Null inside a closed network, where nobody has to know. */
  tenant: string | null
  domains: readonly string[]
  /** Deadline of one call. */
  seconds: number
  /** What whoever runs this has to say about what may be tried. */
  settle(opened: ToTry): Pick<ToTry, 'directory' | 'advice'>
}

/** An entry as its trials have it, at a server and beside an agent. */
export function testOf(
  entry: DirectoryEntryConfig,
  { outside, database, tenant, domains, seconds, settle }: TestedAs,
): OpenedDirectory {
  const warnings: string[] = []
  const opened = openToTry(entry, {
    ...{ ...outside, database, tenant: tenant ?? 'unknown' },
    warn: (message, facts) => {
      const { because } = facts
      warnings.push(typeof because === 'string' ? `${message}: ${because}` : message)
    },
  })
  const { directory, advice } = settle(opened)
  return {
    tenant,
    name: directory.name,
    kind: opened.title,
    notEnforced: advice?.notEnforced ?? [],
    test: (reporter) =>
      makeDirectoryTest({
        ...{ ...reporter, advice, seconds },
        routed: { directory, domains: domains.map(fold) },
        drawPassword: () => drawUnknownPassword(outside),
        heard: () => warnings.splice(0),
      }),
    [Symbol.asyncDispose]: () => directory.close(),
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
