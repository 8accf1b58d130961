import { readFileSync } from 'node:fs'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { makeSlowDigests } from './adapters/argon2/slow-digests.ts'
import { checkpointMailer } from './adapters/channels/checkpoint-mail.ts'
import { renderMail } from './adapters/channels/rendering/render-mail.ts'
import { localDirectoryMigrations, makeLocalAccounts } from './adapters/connectors/local/index.ts'
import { openGeo } from './adapters/geo/geo.ts'
import { makeMetrics } from './adapters/metrics/metrics.ts'
import { openWitness } from './adapters/sinks/open.ts'
import { makeRequestRecords } from './adapters/stores/admin-requests.ts'
import { auditMigration, makeAuditStore } from './adapters/stores/audit/index.ts'
import { readDatabaseClock } from './adapters/stores/clock.ts'
import { makeDailyRounds } from './adapters/stores/daily-rounds.ts'
import { openDatabase } from './adapters/stores/database.ts'
import { migrate } from './adapters/stores/migrate.ts'
import { storeMigrations } from './adapters/stores/migrations/index.ts'
import { makeRateCounter } from './adapters/stores/rate-counter.ts'
import { isReady, oldestPendingSeconds } from './adapters/stores/readiness.ts'
import {
  countWaits,
  makeAccountRecords,
  makeMessageStore,
  makeOffboardingStore,
  makeRecoveryStore,
  makeTextStore,
  type RecoveryTables,
  shredOfOthers,
} from './adapters/stores/recovery/index.ts'
import { makePasskeys } from './adapters/webauthn/passkeys.ts'
import { adminOf } from './admin-settings.ts'
import { directoryCheck, mailCheck, providerCheck, textCheck } from './checks.ts'
import { serveAgents } from './compose-agents.ts'
import { composeGate } from './compose-gate.ts'
import { cutHistories } from './compose-history.ts'
import { keepKeys, openInstalledKeys, settleKeys } from './compose-keys.ts'
import { composeMail } from './compose-mail.ts'
import { connectionOf, openBreach, openDirectories, openSignIn, tracingOf } from './compose-opening.ts'
import { sharedStateOf } from './compose-redis.ts'
import { composeRisk } from './compose-risk.ts'
import { startSweeps } from './compose-sweeps.ts'
import { composeTexts, type TextDeps } from './compose-texts.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import { makeReport } from './core/audit/index.ts'
import { makeEnrolment } from './core/enrolment/index.ts'
import { gateRecovery, gateSessions } from './core/gate/index.ts'
import { makeDeliver } from './core/messages/delivery.ts'
import type { MessageOrder, MessageSecrets } from './core/messages/ports.ts'
import { clockWords, makeSharedClock } from './core/operations/shared-clock.ts'
import { makePasskeyChallenges } from './core/proofs/index.ts'
import { makeMessageSecrets, makeRecovery, makeTokens, unlockIsOffered } from './core/recovery/index.ts'
import { makeSessions } from './core/sessions/index.ts'
import { seedDemo } from './demo.ts'
import { makeClientOf } from './http/client.ts'
import { buildConsole } from './http/console-api/app.ts'
import { makeEntry } from './http/console-api/entry.ts'
import { makeOutbox } from './http/console-api/outbox.ts'
import { loadAssets, tenantAssets } from './http/portal/assets.ts'
import { buildPublicApp } from './http/public-app.ts'
import { makeTenantOf } from './http/tenant.ts'
import { startFirstChecks } from './jobs/first-checks.ts'
import { makeHandlers } from './jobs/handlers.ts'
import { makeProductJobs } from './jobs/runner.ts'
import { readTrustedProxies } from './kernel/client-network.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
import type { Outside } from './kernel/outside.ts'
import { makeSealer } from './kernel/seal.ts'
import { noTracing } from './kernel/tracing.ts'
import { listen, refuseTakenAddresses } from './listening.ts'
import { publicTenant, recoveryTenant, voiceOf } from './tenant-settings.ts'

export interface App extends AsyncDisposable {
  portalUrl: string
  /** Address of the console with its one-time token. */
  consoleEntry: string
  /** Mails are kept in the console's outbox instead of being sent. */
  hasOutbox: boolean
  /** Rejects when something has died that the service can't live without. */
  died: Promise<never>
}

/**
 * Builds everything and starts it: the only place that knows which adapter serves which port. Read it from top to
 * bottom as a wiring diagram. What was opened is closed in reverse order, also when a later step fails.
 */
export async function compose(loaded: LoadedConfig, node: Outside, log: Logger): Promise<App> {
  const { config, demo } = loaded
  await using opening = new AsyncDisposableStack()
  const died = Promise.withResolvers<never>()
  died.promise.catch(() => undefined)

  const portalListen = { ...config.listen.portal, name: 'portal' as const }
  const consoleListen = { ...config.listen.console, name: 'console' as const }
  await refuseTakenAddresses([portalListen, consoleListen])
  const connection = await connectionOf(config, { outside: node, log, opening, onDeath: died.reject })
  const database = opening.adopt(openDatabase<RecoveryTables>({ connection }), (open) => open.close())
  const untyped = database.kysely as unknown as Kysely<unknown>
  await migrate(untyped, [...storeMigrations, auditMigration, ...localDirectoryMigrations])

  const clock = makeSharedClock({
    outside: node,
    ask: () => readDatabaseClock(untyped),
    tell(state, offsetSeconds) {
      const { level, text } = clockWords[state]
      log[level]({ offsetSeconds }, text)
    },
  })
  await clock.sync()
  const outside: Outside = { now: clock.now, randomBytes: node.randomBytes }

  const installed = openInstalledKeys(config, untyped, outside)
  const { keys, sealer } = installed
  const { keeping, namesKey } = await settleKeys(installed, { database: untyped, outside, log })
  opening.defer(() => keeping.leave())
  const tokens = makeTokens(keys.token, namesKey)

  const traces = await tracingOf(config, { log, opening })
  const tracing = traces ?? noTracing
  const metrics = makeMetrics(outside)
  const report = makeReport({
    log: ({ level, ...line }) => log[level](line, 'event'),
    count: metrics.countEvent,
  })
  const audit = makeAuditStore({
    database: untyped,
    dataKey: keys.data,
    signingKeys: keys.audit,
    origin: config.audit.origin,
    witnesses: config.audit.witnesses.map((entry) =>
      openWitness(entry, {
        fetch: guardedFetch,
        sendMail: (to) => (text, signal) =>
          checkpointMailer(config.mail.from, mail.providers, outside)(to)(text, signal),
      }),
    ),
    outside,
    warn: (status) => log.warn({ status }, 'witness'),
  })
  const jobs = makeProductJobs({
    connection,
    outside,
    tracing,
    alone: config.database === undefined,
    log: (level, message, facts) => log[level](facts, message),
  })

  const counter = makeRateCounter({ database: untyped, outside })
  const { redis, limiter, flows } = await sharedStateOf(config, {
    database: database.kysely,
    sealer,
    inDatabase: counter,
    ...{ outside, log, opening },
  })
  const storeDeps = {
    database: database.kysely,
    outside,
    sealer,
    appendEvents: audit.append,
    enqueue: jobs.enqueue,
    here: () => tracing.here(),
    report,
  }
  const store = makeRecoveryStore({ ...storeDeps, ...flows })
  const requests = makeRequestRecords({ database: untyped, sealer, outside })
  const messages = makeMessageStore(storeDeps, { keepAddresses: demo })
  const mail = composeMail(config, {
    ...{ outside, log, opening, database: untyped, tokenKeys: keys.token, messages, metrics, tracing },
    hasten: (options) => jobs.hasten('deliver-message', options),
  })
  const agents = serveAgents(config, { database: untyped, installed, audit, outside, log, opening })
  const hasten = async () => jobs.hasten('resolve-recovery')
  const isBack = () => {
    hasten().catch((error: unknown) => log.error({ err: error }, 'jobs can’t be hastened'))
  }
  const directories = new Map(
    config.tenants.map((tenant) => [
      tenant.id,
      openDirectories(tenant, {
        database: untyped,
        agents: agents.desk,
        outside,
        log,
        opening,
        tracing,
        guard: { metrics, isBack },
      }),
    ]),
  )
  const breach = await openBreach(config, { log, opening })
  const tenants = new Map(
    config.tenants.map((tenant) => [
      tenant.id,
      recoveryTenant(tenant, { directories: directories.get(tenant.id) ?? [], breach }),
    ]),
  )
  const voices = new Map(config.tenants.map((tenant) => [tenant.id, voiceOf(tenant)]))
  const tenantOf = (id: string) => known(tenants, id)
  const digests = makeSlowDigests(keys.token)
  const geo = await openGeo(config.geo?.file ?? null, config.geo?.asnFile)
  const risk = await composeRisk(config, { database: untyped, limiter, store, geo, outside, log, opening })
  const gate = composeGate(config, {
    ...{ database: untyped, limiter, keys: keys.token, outside, log },
    record: store.record,
  })
  const textDeps: TextDeps = {
    ...{ outside, log, opening, database: untyped, tokenKeys: keys.token, nameOf: tokens.mailbox },
    ...{ limiter, store: makeTextStore(storeDeps), messages, metrics, tracing, voices },
    hasten: (options) => jobs.hasten('deliver-message', options),
  }
  const texts = config.texts === undefined ? null : composeTexts(config.texts, textDeps)
  const recoveryDeps = {
    ...{ ...outside, store, limiter, tokens, digests, tenant: tenantOf },
    passkeys: { ...makePasskeys(), ...makePasskeyChallenges(namesKey) },
    ...{ risk: risk.assessor, quotaFactor: gate.quotaFactor, texts: texts?.admit ?? null },
  }
  const recovery = makeRecovery(recoveryDeps)
  const signIns = new Map(config.tenants.map((tenant) => [tenant.id, openSignIn(tenant, outside)]))
  const enrolment = makeEnrolment(recoveryDeps)
  const sessions = makeSessions({
    ...recoveryDeps,
    means: (id) => known(signIns, id),
    sealer: makeSealer(keys.data, 'sign-in', outside),
  })

  const offboardings = makeOffboardingStore({ ...storeDeps, ...flows })
  const admin = adminOf(config, {
    ...outside,
    store,
    accounts: makeAccountRecords({ ...storeDeps, ...flows }),
    offboardings,
    tokens,
    tenant: (id) => known(tenants, id),
    languageOf: (id) => known(voices, id).languages[0] ?? 'en',
    requests,
    limiter,
    namesKey,
  })

  const secretsFor = makeMessageSecrets({
    ...outside,
    store,
    tokens,
    publicUrl: (tenant) => known(voices, tenant).publicUrl,
    methods: (tenant) => known(tenants, tenant).methods,
  })
  const render = (order: MessageOrder, secrets: MessageSecrets) =>
    renderMail(order, secrets, known(voices, order.tenant))
  const deliver = makeDeliver({
    ...{ ...mail.delivery, secretsFor, render },
    ...(texts === null ? {} : { texts: texts.way }),
  })
  const handlers = makeHandlers({ recovery, deliver })
  jobs.work('resolve-recovery', handlers['resolve-recovery'])
  jobs.work('deliver-message', handlers['deliver-message'])
  jobs.work('tell-of-expiry', handlers['tell-of-expiry'])
  jobs.work('write-waiting', handlers['write-waiting'])
  await jobs.start()
  opening.defer(() => jobs.stop())
  await mail.watch()
  texts?.watch()
  startSweeps({
    ...{ recovery, helpdesk: admin.helpdesk, counter, requests, offboardings, audit, jobs, metrics },
    places: risk.places,
    ...{ tenants: config.tenants, rounds: makeDailyRounds(untyped), clock, outside, log, opening },
    shredOfOthers: (before) =>
      shredOfOthers(
        database.kysely,
        config.tenants.map(({ id }) => id),
        before,
      ),
  })
  cutHistories(config, { store, log, opening })
  keepKeys({ config, installed, keeping, database: untyped, audit, outside, log, opening })
  if (demo) await seedDirectories(config, untyped, outside)

  const portal = loadAssets()
  const branded = config.tenants.map((tenant) => ({ tenant, ...tenantAssets(portal, brandingOf(tenant)) }))
  const publicTenants = branded.map(({ tenant, look }) =>
    publicTenant(tenant, {
      ...{ look, breachIsChecked: breach !== null, means: known(signIns, tenant.id) },
      offersUnlock: unlockIsOffered(known(tenants, tenant.id)),
    }),
  )
  const [first] = publicTenants
  if (first === undefined) throw new RangeError('a configuration has at least one tenant')
  const portalUrl = first.voice.publicUrl
  const publicApp = await buildPublicApp(
    {
      ...outside,
      recovery: gateRecovery(recovery, gate, { tokens }),
      sessions: gateSessions(sessions, gate, { tokens }),
      enrolment,
      gate,
      tenantOf: makeTenantOf(publicTenants),
      clientOf: makeClientOf(readTrustedProxies(portalListen.trustedProxies), (address) =>
        geo.place(address),
      ),
      assets: new Map([...portal.files, ...branded.flatMap(({ files }) => [...files])]),
      demo,
      mailIsDelayed: mail.isDelayed,
      ...(texts === null ? {} : { textReceipts: texts.receipts }),
      ready: async () => clock.isSafe() && keeping.isComplete() && (await isReady(untyped, audit, outside)),
    },
    {
      logger: log.child({ listener: 'portal' }),
      https: portalUrl.startsWith('https:'),
      problemBase: `${portalUrl}/problems`,
      tracing: traces ?? undefined,
      observe: (request) => {
        metrics.observeRequest({ listener: 'portal', ...request })
      },
    },
  )
  metrics.observe({
    jobs: jobs.depth,
    waitingPasswords: () => countWaits(database.kysely, outside.now()),
    auditOldestPendingSeconds: () => oldestPendingSeconds(audit, outside),
    ...mail.observed,
    ...(texts === null ? {} : { texts: texts.observed }),
    clockOffsetSeconds: clock.offsetSeconds,
    agents: agents.counts,
    gatePressure: () => config.tenants.map(({ id }) => ({ tenant: id, factor: gate.pressure(id) })),
    ...(redis === null ? {} : { redisIsUp: redis.isUp }),
  })

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
    admin,
    demo,
    portalUrl,
  })
  await listen(publicApp, portalListen, opening)
  agents.accept(publicApp.server)
  const consolePort = await listen(consoleApp, consoleListen, opening)
  opening.use(
    startFirstChecks({
      checks: [
        ...[...directories].flatMap(([tenant, routed]) =>
          routed.map(({ directory }) => directoryCheck(tenant, directory)),
        ),
        ...mail.providers.map(mailCheck),
        ...(texts?.providers ?? []).map(textCheck),
        ...config.tenants.flatMap(({ id, signIn: { oidc } }) => {
          const { provider } = known(signIns, id)
          return oidc === undefined || provider === null ? [] : [providerCheck(id, oidc.issuer, provider.at)]
        }),
      ],
      everyMs: checkAgainMs,
      log: (level, message, facts) => log[level](facts, message),
    }),
  )

  const running = opening.move()
  return {
    portalUrl,
    consoleEntry: `http://${consoleListen.hostNames[0] ?? 'localhost'}:${consolePort}${entry.path.reveal()}`,
    hasOutbox,
    died: died.promise,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const checkAgainMs = 60_000
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

function known<Value>(map: ReadonlyMap<string, Value>, tenant: string): Value {
  const value = map.get(tenant)
  if (value === undefined) throw new RangeError('a row names a tenant that is not configured')
  return value
}
