import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { Logger } from 'pino'
import { openMailProvider } from './adapters/channels/open.ts'
import { renderMail } from './adapters/channels/rendering/render-mail.ts'
import { localDirectoryMigration, makeLocalAccounts } from './adapters/connectors/local/index.ts'
import { openDirectory } from './adapters/connectors/open.ts'
import { openGeo } from './adapters/geo/geo.ts'
import { makeMetrics } from './adapters/metrics/metrics.ts'
import { openWitness } from './adapters/sinks/open.ts'
import { type AuditStore, auditMigration, makeAuditStore, openExport } from './adapters/stores/audit/index.ts'
import { externalConnection, openDatabase } from './adapters/stores/database.ts'
import { openEmbedded, runningConnection } from './adapters/stores/embedded/open-embedded.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { makeRateCounter } from './adapters/stores/rate-counter.ts'
import { makeMessageStore, makeRecoveryStore, type RecoveryTables } from './adapters/stores/recovery/index.ts'
import type { AuditLog } from './cli/service.ts'
import { demoKeys, keysFrom } from './config/key-rings.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import { fold, type RoutedDirectory } from './core/accounts/index.ts'
import { makeReport, readSigningKey } from './core/audit/index.ts'
import { makeDeliver } from './core/messages/delivery.ts'
import type { MailProvider, MessageOrder, MessageSecrets } from './core/messages/ports.ts'
import { makeMessageSecrets, makeRecovery, makeTokens } from './core/recovery/index.ts'
import { seedDemo } from './demo.ts'
import { makeClientOf } from './http/client.ts'
import { buildConsole } from './http/console-api/app.ts'
import { makeEntry } from './http/console-api/entry.ts'
import { makeOutbox } from './http/console-api/outbox.ts'
import { loadAssets, tenantAssets } from './http/portal/assets.ts'
import { buildPublicApp } from './http/public-app.ts'
import { makeTenantOf } from './http/tenant.ts'
import { makeHandlers } from './jobs/handlers.ts'
import { makeProductJobs } from './jobs/runner.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { readTrustedProxies } from './kernel/client-network.ts'
import { isFault } from './kernel/fault.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
import type { Outside } from './kernel/outside.ts'
import { makeSealer } from './kernel/seal.ts'
import { publicTenant, recoveryTenant, voiceOf } from './tenant-settings.ts'

export interface App extends AsyncDisposable {
  portalUrl: string
  /** Address of the console with its one-time token. */
  consoleEntry: string
  /** Rejects when something has died that the service can't live without. */
  died: Promise<never>
}

/**
 * Builds everything and starts it: the only place that knows which adapter serves which port. Read it from top to
 * bottom as a wiring diagram. What was opened is closed in reverse order, also when a later step fails.
 */
export async function compose(loaded: LoadedConfig, outside: Outside, log: Logger): Promise<App> {
  const { config, demo } = loaded
  await using opening = new AsyncDisposableStack()
  const died = Promise.withResolvers<never>()
  died.promise.catch(() => undefined)

  const keys = config.keys === null ? demoKeys(join(config.data, 'keys'), outside) : keysFrom(config.keys)
  const tokens = makeTokens(keys.token)
  const connection = await connectionOf(config, { outside, log, opening, onDeath: died.reject })
  const database = opening.adopt(openDatabase<RecoveryTables>({ connection }), (open) => open.close())
  const untyped = database.kysely as unknown as Kysely<unknown>
  await migrate(untyped, [...storeMigrations, auditMigration, localDirectoryMigration])

  const metrics = makeMetrics()
  const report = makeReport({
    log: ({ level, ...line }) => log[level](line, 'event'),
    count: metrics.countEvent,
  })
  const providers = config.mail.providers.map((entry) =>
    opening.adopt(openMailProvider(entry, outside), (provider) => provider.close()),
  )
  const audit = makeAuditStore({
    database: untyped,
    dataKey: keys.data,
    signingKey: readSigningKey(keys.audit),
    origin: config.audit.origin,
    witnesses: config.audit.witnesses.map((entry) =>
      openWitness(entry, { fetch: guardedFetch, sendMail: checkpointMailer(config, providers, outside) }),
    ),
    outside,
    warn: (status) => log.warn({ status }, 'witness'),
  })
  const jobs = makeProductJobs({
    connection,
    outside,
    alone: config.database === undefined,
    log: (level, message, facts) => log[level](facts, message),
  })

  const storeDeps = {
    database: database.kysely,
    outside,
    sealer: makeSealer(keys.data, 'recovery', outside),
    appendEvents: audit.append,
    enqueue: jobs.enqueue,
    report,
  }
  const store = makeRecoveryStore(storeDeps)
  const messages = makeMessageStore(storeDeps, { keepAddresses: demo })
  const directories = new Map(
    config.tenants.map((tenant) => [
      tenant.id,
      openDirectories(tenant, { database: untyped, outside, log, opening }),
    ]),
  )
  const tenants = new Map(
    config.tenants.map((tenant) => [tenant.id, recoveryTenant(tenant, directories.get(tenant.id) ?? [])]),
  )
  const voices = new Map(config.tenants.map((tenant) => [tenant.id, voiceOf(tenant)]))
  const limiter = makeRateCounter({ database: untyped, outside })
  const recovery = makeRecovery({ ...outside, store, limiter, tokens, tenant: (id) => known(tenants, id) })

  const secretsFor = makeMessageSecrets({
    ...outside,
    store,
    tokens,
    publicUrl: (tenant) => known(voices, tenant).publicUrl,
  })
  const render = (order: MessageOrder, secrets: MessageSecrets) =>
    renderMail(order, secrets, known(voices, order.tenant))
  const deliver = makeDeliver({
    load: messages.load,
    settle: messages.settle,
    secretsFor,
    render,
    from: () => config.mail.from,
    providers,
    now: outside.now,
  })
  const handlers = makeHandlers({ recovery, deliver })
  jobs.work('resolve-recovery', handlers['resolve-recovery'])
  jobs.work('deliver-message', handlers['deliver-message'])
  await jobs.start()
  opening.defer(() => jobs.stop())
  opening.use(
    audit.startSealer({ everyMs: sealEveryMs, warn: (error) => log.error({ err: error }, 'sealing failed') }),
  )
  opening.use(
    startSweeper({
      sweep: async () => {
        await recovery.sweep()
        await limiter.purge()
      },
      everyMs: sweepEveryMs,
      warn: (error) => log.error({ err: error }, 'sweep failed'),
    }),
  )
  if (demo) await seedDirectories(config, untyped, outside)

  const geo = await openGeo(config.geo?.file ?? null)
  const portal = loadAssets()
  const branded = config.tenants.map((tenant) => ({ tenant, ...tenantAssets(portal, brandingOf(tenant)) }))
  const publicTenants = branded.map(({ tenant, look }) => publicTenant(tenant, look))
  const { portal: portalListen, console: consoleListen } = config.listen
  const [first] = publicTenants
  if (first === undefined) throw new RangeError('a configuration has at least one tenant')
  const portalUrl = first.voice.publicUrl
  const publicApp = await buildPublicApp(
    {
      ...outside,
      recovery,
      tenantOf: makeTenantOf(publicTenants),
      clientOf: makeClientOf(readTrustedProxies(portalListen.trustedProxies), (address) =>
        geo.place(address),
      ),
      assets: new Map([...portal.files, ...branded.flatMap(({ files }) => [...files])]),
      demo,
      ready: () => isReady(untyped, audit, outside),
    },
    {
      logger: log.child({ listener: 'portal' }),
      https: portalUrl.startsWith('https:'),
      problemBase: `${portalUrl}/problems`,
      observe: (request) => {
        metrics.observeRequest({ listener: 'portal', ...request })
      },
    },
  )
  metrics.observe({ jobs: jobs.depth, auditOldestPendingSeconds: () => oldestPendingSeconds(audit, outside) })

  const entry = makeEntry(outside)
  const hasOutbox = config.mail.providers.some(({ kind }) => kind === 'outbox')
  const consoleApp = buildConsole({
    ...outside,
    logger: log.child({ listener: 'console' }),
    hostNames: consoleListen.hostNames,
    https: false,
    entry: entry.gate,
    outbox: hasOutbox
      ? makeOutbox({
          newest: async (limit) =>
            (await Promise.all(config.tenants.map(({ id }) => messages.newest(id, limit)))).flat(),
          find: messages.find,
          secretsFor,
          render,
        })
      : null,
    metrics: metrics.render,
    openapi: () => publicApp.swagger(),
    demo,
    portalUrl,
  })
  await listen(publicApp, portalListen, opening)
  const consolePort = await listen(consoleApp, consoleListen, opening)

  const running = opening.move()
  return {
    portalUrl,
    consoleEntry: `http://${consoleListen.hostNames[0] ?? 'localhost'}:${consolePort}${entry.path.reveal()}`,
    died: died.promise,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

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

const sealEveryMs = 500
const sweepEveryMs = 5_000
/** Sealing that is this late has stopped, and a service that can't prove what it does is not ready. */
const sealedWithinSeconds = 30

interface Opening {
  outside: Outside
  log: Logger
  opening: AsyncDisposableStack
}

/** A configured PostgreSQL, or the embedded one. */
async function connectionOf(
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

const openDirectories = (
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

async function seedDirectories(config: Config, database: Kysely<unknown>, outside: Outside): Promise<void> {
  for (const tenant of config.tenants) {
    for (const { name, kind } of tenant.directories) {
      if (kind === 'local') await seedDemo(makeLocalAccounts(database, tenant.id, name, outside))
    }
  }
}

const brandingOf = ({ branding }: TenantConfig) => ({
  color: branding.color,
  radius: branding.radius,
  logo: branding.logo === undefined ? null : { bytes: readFileSync(branding.logo) },
})

/** Hands a checkpoint to the mail providers, in their order. */
const checkpointMailer =
  (config: Config, providers: readonly MailProvider[], outside: Outside) =>
  (to: string) =>
  async (mail: { subject: string; text: string }, signal: AbortSignal): Promise<void> => {
    const html = `<pre>${mail.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`
    const id = `checkpoint-${outside.now().getTime()}`
    for (const provider of providers) {
      const sent = await provider.send(
        { ...mail, html, id, to, from: config.mail.from, locale: 'en' },
        signal,
      )
      if (sent.ok) return
    }
    throw new Error('no mail provider took the checkpoint')
  }

async function isReady(database: Kysely<unknown>, audit: AuditStore, outside: Outside): Promise<boolean> {
  try {
    await database.selectNoFrom((expression) => expression.lit(1).as('one')).execute()
    return (await oldestPendingSeconds(audit, outside)) < sealedWithinSeconds
  } catch {
    // Whatever the database says instead of an answer, it means "not ready"; the log has the reason elsewhere.
    return false
  }
}

async function oldestPendingSeconds(audit: AuditStore, outside: Outside): Promise<number> {
  const { oldestPendingAt } = await audit.status()
  return oldestPendingAt === null ? 0 : (outside.now().getTime() - oldestPendingAt.getTime()) / 1_000
}

/** Returns the port, which the system chooses when it is configured as 0. */
async function listen(
  app: FastifyInstance,
  at: { host: string; port: number },
  opening: AsyncDisposableStack,
): Promise<number> {
  opening.defer(() => app.close())
  await app.listen({ host: at.host, port: at.port })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : at.port
}

function known<Value>(map: ReadonlyMap<string, Value>, tenant: string): Value {
  const value = map.get(tenant)
  if (value === undefined) throw new RangeError('a row names a tenant that is not configured')
  return value
}
