import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { openDirectory } from './adapters/connectors/open.ts'
import { externalConnection } from './adapters/stores/database.ts'
import { openEmbedded } from './adapters/stores/embedded/open-embedded.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import { fold, type RoutedDirectory } from './core/accounts/index.ts'
import type { Outside } from './kernel/outside.ts'

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
  { database, outside, log, opening }: Opening & { database: Kysely<unknown> },
): readonly RoutedDirectory[] =>
  tenant.directories.map((entry) => {
    const directory = openDirectory(entry, {
      ...outside,
      tenant: tenant.id,
      database,
      warn: (message, facts) => log.warn({ tenant: tenant.id, directory: entry.name, ...facts }, message),
    })
    opening.defer(() => directory.close())
    return { directory, domains: entry.domains.map(fold) }
  })
