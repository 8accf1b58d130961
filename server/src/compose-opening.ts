import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { IndexFile } from './adapters/breach/index-file.ts'
import { makeRangeApi } from './adapters/breach/range-api.ts'
import { openDirectory } from './adapters/connectors/open.ts'
import { tracedDirectory } from './adapters/connectors/traced.ts'
import { makeOidcProvider } from './adapters/sign-in/oidc.ts'
import { externalConnection } from './adapters/stores/database.ts'
import { openEmbedded } from './adapters/stores/embedded/open-embedded.ts'
import { version } from './cli/version.ts'
import { type GuardOutside, guardDirectory } from './compose-guard.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import { fold, type RoutedDirectory } from './core/accounts/index.ts'
import type { AgentDesk } from './core/agents/index.ts'
import type { BreachList, BreachPolicy } from './core/passwords/index.ts'
import type { SignInMeans } from './core/sessions/index.ts'
import type { Fault } from './kernel/fault.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
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
  {
    database,
    tracing,
    agents,
    guard,
    ...deps
  }: Opening & {
    database: Kysely<unknown>
    agents?: AgentDesk
    tracing: Tracing
    /** Null for a command: nobody else has to be kept from its calls. */
    guard: Pick<GuardOutside, 'metrics' | 'isBack'> | null
  },
): readonly RoutedDirectory[] =>
  tenant.directories.map((entry) => {
    const opened = openDirectory(entry, {
      ...deps.outside,
      tenant: tenant.id,
      database,
      agents,
      serverChanged: (server, state) =>
        guard?.metrics.observeDirectoryServer({ tenant: tenant.id, directory: entry.name, server, state }),
      warn: (message, facts) =>
        deps.log.warn({ tenant: tenant.id, directory: entry.name, ...facts }, message),
    })
    const directory =
      guard === null ? opened : guardDirectory(opened, { tenant, entry }, { ...deps, ...guard })
    deps.opening.defer(() => directory.close())
    return { directory: tracedDirectory(directory, tracing), domains: entry.domains.map(fold) }
  })

/** How people of a tenant sign in. Nothing is asked yet. */
export function openSignIn({ signIn, publicUrl }: TenantConfig, outside: Outside): SignInMeans {
  const { password, oidc } = signIn
  if (oidc === undefined) return { password, provider: null }
  const { names, directory = null } = oidc
  const redirectUri = `${publicUrl}/sign-in/oidc/callback`
  const at = makeOidcProvider({ ...outside, ...oidc, redirectUri, fetch: guardedFetch })
  return { password, provider: { at, names, directory } }
}

/** Lists of lost passwords, the file first; null when none is configured. */
export async function openBreach(
  { breach }: Config,
  { log, opening }: Pick<Opening, 'log' | 'opening'>,
): Promise<BreachPolicy | null> {
  if (breach === undefined) return null
  const { file, range, seconds, whenUnanswered } = breach
  const lists: BreachList[] = []
  if (file !== undefined)
    lists.push(opening.use(await IndexFile.open(file, { warn: (text) => log.warn(text) })))
  if (range !== undefined) lists.push(makeRangeApi({ url: range.url, kind: range.hash, fetch: guardedFetch }))
  const warn = (list: string, { code, detail }: Fault) => {
    log.warn({ list, because: code, detail }, 'a list of lost passwords gave no answer')
  }
  return { lists, seconds, whenUnanswered, warn }
}

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
