import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { openDirectory } from './adapters/connectors/open.ts'
import { tracedDirectory } from './adapters/connectors/traced.ts'
import { externalConnection } from './adapters/stores/database.ts'
import { openEmbedded } from './adapters/stores/embedded/open-embedded.ts'
import { version } from './cli/version.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import { fold, type RoutedDirectory } from './core/accounts/index.ts'
import type { Outside } from './kernel/outside.ts'
import type { Tracing } from './kernel/tracing.ts'

/** What is opened is closed by whoever composes, in reverse order. */
export interface Opening {
  outside: Outside
  log: Logger
  opening: AsyncDisposableStack
}

/** A configured PostgreSQL, or the embedded one. */
export async function connectionOf(
  config: Config,
  { outside, log, opening, onDeath }: Opening & { onDeath: (error: Error) => void },
): Promise<pg.PoolConfig> {
  if (config.database !== undefined) return externalConnection({ url: config.database.url })
  const embedded = await openEmbedded({
    folder: config.data,
    outside,
    log: (level, message, facts) => log[level](facts, message),
    onDeath,
  })
  opening.defer(() => embedded.stop())
  return embedded.connection
}

export const openDirectories = (
  tenant: TenantConfig,
  { database, outside, log, opening, tracing }: Opening & { database: Kysely<unknown>; tracing: Tracing },
): readonly RoutedDirectory[] =>
  tenant.directories.map((entry) => {
    const directory = openDirectory(entry, {
      ...outside,
      tenant: tenant.id,
      database,
      warn: (message, facts) => log.warn({ tenant: tenant.id, directory: entry.name, ...facts }, message),
    })
    opening.defer(() => directory.close())
    return { directory: tracedDirectory(directory, tracing), domains: entry.domains.map(fold) }
  })

/** Null when nothing is traced: then the library is not even loaded. */
export async function tracingOf(
  { tracing }: Config,
  { log, opening }: Pick<Opening, 'log' | 'opening'>,
): Promise<Tracing | null> {
  if (tracing === undefined) return null
  const { openTracing } = await import('./adapters/tracing/tracing.ts')
  const warn = (message: string) => log.warn(message)
  const open = openTracing({ ...tracing, serviceVersion: version, warn })
  opening.defer(() => open.close())
  return open
}
