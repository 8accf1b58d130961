import { mkdirSync } from 'node:fs'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { importDump, importFolder } from './adapters/breach/import-dump.ts'
import { IndexFile } from './adapters/breach/index-file.ts'
import { openMailProvider, openTextProvider } from './adapters/channels/open.ts'
import { openDirectory } from './adapters/connectors/open.ts'
import { type AuditStore, makeAuditStore, openExport } from './adapters/stores/audit/index.ts'
import { openDatabase } from './adapters/stores/database.ts'
import { type FolderLock, lockFolder } from './adapters/stores/embedded/folder-lock.ts'
import { hasEmbedded, runningConnection } from './adapters/stores/embedded/open-embedded.ts'
import { noDatabase } from './adapters/stores/no-database.ts'
import { openRedis } from './adapters/stores/redis.ts'
import { askOnce, providerCheck } from './checks.ts'
import type { BreachTools } from './cli/breach.ts'
import type { OpenedKeys } from './cli/key-rings.ts'
import type { AuditLog } from './cli/service.ts'
import { type InstalledKeys, keyWork, openInstalledKeys, turnAsAgreed } from './compose-keys.ts'
import { connectionOf, type Opening, openSignIn } from './compose-opening.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { ringNames, statesOf } from './core/keys/index.ts'
import type { Check } from './core/operations/checks.ts'
import { Fault, isFault } from './kernel/fault.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
import type { Outside } from './kernel/outside.ts'

/** An export of a log in a folder; needs neither configuration nor database. */
export const openAuditExport = openExport

/** Lists of lost passwords, for the command line. An index is made by one process at a time. */
export const composeBreach = ({ now }: Pick<Outside, 'now'>): BreachTools => ({
  openIndex: (path) => IndexFile.open(path),
  async importDump({ dump, index, progress }) {
    const folder = importFolder(index)
    mkdirSync(folder, { recursive: true })
    const lock = lockForImport(folder, index)
    try {
      const from = dump === null ? { pipe: process.stdin as AsyncIterable<Buffer> } : { path: dump }
      return await importDump({ dump: from, index, now, progress })
    } finally {
      lock.release()
    }
  },
})

function lockForImport(folder: string, index: string): FolderLock {
  try {
    return lockFolder(folder)
  } catch (cause) {
    if (!isFault(cause, 'database-in-use')) throw cause
    throw new Fault('breach-list-in-use', { cause, detail: `${index} is being made by another process` })
  }
}

interface OpenedStore extends AsyncDisposable {
  database: Kysely<unknown>
  connection: pg.PoolConfig
  installed: InstalledKeys
  store: AuditStore
}

/** Keys and audit log alone; beside a running service when there is one. */
export async function openStore(
  { config }: Pick<LoadedConfig, 'config'>,
  outside: Outside,
  log: Logger,
): Promise<OpenedStore> {
  if (config.database === undefined && !hasEmbedded(config.data)) throw noTables(config)
  await using opening = new AsyncDisposableStack()
  const connection = await connectionBeside(config, { outside, log, opening })
  const { kysely } = opening.adopt(openDatabase<unknown>({ connection, connectionsMax: 2 }), (open) =>
    open.close(),
  )
  const installed = openInstalledKeys(config, kysely, outside)
  await turnAsAgreed(installed).catch((error: unknown) => {
    throw isTableMissing(error) ? noTables(config, error) : error
  })
  const store = makeAuditStore({
    database: kysely,
    dataKey: installed.keys.data,
    signingKeys: installed.keys.audit,
    origin: config.audit.origin,
    witnesses: [],
    outside,
    warn: () => undefined,
  })
  const running = opening.move()
  return {
    database: kysely,
    connection,
    installed,
    store,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A command makes no database: whoever forgot to name the configuration would get one, with nobody in it. */
const noTables = ({ data, database }: Config, cause?: unknown) =>
  new Fault('database-unavailable', {
    cause,
    detail:
      `there is nothing of Rekey in ${database === undefined ? data : 'the database'} yet: the first \`rekey serve\` makes it. ` +
      'Which configuration is meant is said by REKEY_CONFIG',
  })

/** PostgreSQL's undefined_table. */
const isTableMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === '42P01'

/** The audit log, for the command line. */
export async function composeAuditLog(
  loaded: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<AuditLog> {
  const opened = await openStore(loaded, outside, log)
  const { store } = opened
  const { origin } = loaded.config.audit
  return { store, origin, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

/** The keys, for the command line. */
export async function composeKeys(loaded: LoadedConfig, outside: Outside, log: Logger): Promise<OpenedKeys> {
  const opened = await openStore(loaded, outside, log)
  const { database, installed, store: audit } = opened
  const { keys, meeting, sealer } = installed
  const work = keyWork(installed, database, audit)
  return {
    nodes: () => meeting.nodes(),
    async states() {
      const use = await work.countUse()
      const records = await meeting.records()
      const seen = { records, now: outside.now() }
      return ringNames.flatMap((ring) => statesOf(ring, keys.rings[ring].keys(), { ...seen, use: use[ring] }))
    },
    async reseal(progress) {
      const key = sealer.keyId
      const options = { signal: new AbortController().signal, progress }
      return { key, ...(await work.resealAll(key, options)) }
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
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
 * needed: a directory in Rekey's own database is left out, because it is there as soon as the database is, and so is one
 * behind agents, which connect to the running service only.
 */
export function composeChecks({ config }: LoadedConfig, outside: Outside): readonly Check[] {
  const directories = config.tenants.flatMap(({ id: tenant, directories: entries }) =>
    entries
      .filter(({ kind }) => kind !== 'local' && kind !== 'agent')
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
  const texts = (config.texts?.providers ?? []).map((entry): Check => {
    const open = () =>
      openTextProvider(entry, { ...outside, fetch: guardedFetch, received: async () => undefined })
    return {
      ...{ what: 'provider of texts', tenant: null, name: entry.name },
      run: (signal) => askOnce(open, signal),
    }
  })
  const signIns = config.tenants.flatMap((tenant) => {
    const { provider } = openSignIn(tenant, outside)
    const { oidc } = tenant.signIn
    return oidc === undefined || provider === null ? [] : [providerCheck(tenant.id, oidc.issuer, provider.at)]
  })
  return [...directories, ...providers, ...texts, ...redisChecks(config), ...signIns]
}

const redisChecks = ({ redis }: Config): Check[] =>
  redis === undefined
    ? []
    : [
        {
          what: 'redis',
          tenant: null,
          name: 'redis',
          async run() {
            const opened = await openRedis({ ...redis, log: () => undefined })
            await opened.check().finally(() => opened.close())
          },
        },
      ]
