import { Writable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import { makeMetrics } from '../../src/adapters/metrics/metrics.ts'
import { makeRateCounter } from '../../src/adapters/stores/rate-counter.ts'
import { writeEffects } from '../../src/adapters/stores/recovery/effects.ts'
import { makeMessageStore } from '../../src/adapters/stores/recovery/message-store.ts'
import type { RecoveryTables } from '../../src/adapters/stores/recovery/tables.ts'
import { makeTextStore, type TextStore } from '../../src/adapters/stores/recovery/texts.ts'
import { composeTexts, type Texts } from '../../src/compose-texts.ts'
import type { TextsConfig } from '../../src/config/schema.ts'
import type { AuditEvent } from '../../src/core/audit/ports.ts'
import { makeDeliver } from '../../src/core/messages/delivery.ts'
import type { MailProvider, MessageOrder, TenantVoice } from '../../src/core/messages/ports.ts'
import type { Effects } from '../../src/core/recovery/ports.ts'
import { receiptRoutes } from '../../src/http/api/receipts.ts'
import { makeHandlers } from '../../src/jobs/handlers.ts'
import { makeProductJobs } from '../../src/jobs/runner.ts'
import { newId } from '../../src/kernel/ids.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { noTracing } from '../../src/kernel/tracing.ts'
import { aDatabase, type TestDatabase } from './database.ts'
import { anOrder } from './mail-samples.ts'

export interface TextWorld extends AsyncDisposable {
  texts: Texts
  store: TextStore
  database: TestDatabase<RecoveryTables>
  events: AuditEvent[]
  log(): string
  metrics(): Promise<string>
  /** The public listener's part that takes receipts. */
  http: FastifyInstance
  /** Orders a text as a flow would: row and job in one transaction. Returns its id. */
  order(over?: Partial<MessageOrder>): Promise<string>
  /** What a decision writes besides. */
  write(effects: Effects): Promise<void>
}

export const publicUrl = 'https://account.northwind.example'

const voice: TenantVoice = {
  ...{ name: 'Northwind', helpDesk: null, publicUrl, brandColor: null, timeZone: 'UTC' },
  ...{ languages: ['en'], passwordProviders: [] },
}

/** Orders, jobs, breakers, providers and receipts of texts as the product wires them, over a real database. */
export async function aTextWorld(
  providers: readonly object[],
  { caps = {}, mail = [] }: { caps?: Partial<TextsConfig['caps']>; mail?: readonly MailProvider[] } = {},
): Promise<TextWorld> {
  await using opening = new AsyncDisposableStack()
  const database = opening.use(await aDatabase<RecoveryTables>())
  const printed: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk))
      done()
    },
  })
  const log = pino({ level: 'trace' }, sink)
  const outside = systemOutside
  const keys = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(7) })
  const jobs = makeProductJobs({
    connection: database.config,
    outside,
    log: (level, message, facts) => log[level](facts, message),
    superviseSeconds: 1,
  })
  const events: AuditEvent[] = []
  const deps = {
    database: database.kysely,
    outside,
    sealer: makeSealer(keys, 'recovery', outside),
    appendEvents: async () => {},
    enqueue: jobs.enqueue,
    report: (told: readonly AuditEvent[]) => void events.push(...told),
  }
  const messages = makeMessageStore(deps, { keepAddresses: false })
  const store = makeTextStore(deps)
  const metrics = makeMetrics(outside)
  const untyped = database.kysely as unknown as Kysely<unknown>
  const config = {
    countries: ['DK'],
    providers: providers.map((settings, index) => ({ name: `gateway-${String(index + 1)}`, ...settings })),
    breaker: { failures: 1, slowSeconds: 10, coolDownSeconds: 1, coolDownSecondsMax: 1 },
    prices: { currency: 'EUR', text: 0.08, byPrefix: [{ prefix: '45', text: 0.04 }] },
    caps: {
      ...{ perNumberQuarterHour: 3, perNumberDay: 10, prefixDigits: 7, perPrefixHour: 20, spendPerDay: 20 },
      ...caps,
    },
    conversion: { percentMin: 20, textsMin: 20, pauseMinutes: 60 },
  } as TextsConfig
  const texts = composeTexts(config, {
    ...{ outside, log, opening, database: untyped, tokenKeys: keys, messages, store, metrics },
    ...{ tracing: noTracing, voices: new Map([['northwind', voice]]) },
    limiter: makeRateCounter({ database: untyped, outside }),
    nameOf: (tenant, text) => `${tenant}:${String(text.length)}`,
    hasten: (options) => jobs.hasten('deliver-message', options),
  })
  metrics.observe({
    ...{ jobs: jobs.depth, auditOldestPendingSeconds: async () => 0, waitingPasswords: async () => [] },
    ...{ clockOffsetSeconds: () => 0, mailProviders: () => [], mailOldestWaitingSeconds: async () => 0 },
    texts: texts.observed,
  })
  const deliver = makeDeliver({
    ...{ load: messages.load, settle: messages.settle, doubt: messages.doubt },
    ...{ observe: metrics.observeMessage, providers: mail, texts: texts.way, now: outside.now },
    secretsFor: async () => ({ code: '48217093' }),
    render: () => ({ subject: 'Hi', text: 'Hi', html: '<p>' }),
    sender: () => ({ from: { name: 'Northwind', address: 'accounts@northwind.test' } }),
  })
  const handlers = makeHandlers({
    recovery: { resolve: async () => {}, tellOfExpiry: async () => {}, writeWaiting: async () => {} },
    deliver,
  })
  jobs.work('deliver-message', handlers['deliver-message'])
  await jobs.start()
  opening.defer(() => jobs.stop())
  texts.watch()
  const http = Fastify()
  http.decorate('problemBase', `${publicUrl}/problems`)
  http.removeAllContentTypeParsers()
  receiptRoutes(http, { textReceipts: texts.receipts })
  await http.ready()
  opening.defer(() => http.close())
  const running = opening.move()
  return {
    ...{ texts, store, database, events, http },
    log: () => printed.join(''),
    metrics: async () => (await metrics.render()).body,
    async order(over = {}) {
      const order = anOrder({
        ...{ id: newId(outside), channel: 'sms', to: '+45 20 12 34 56', disavowal: null },
        notAfter: new Date(outside.now().getTime() + 600_000),
        ...over,
      })
      await database.kysely.transaction().execute(async (trx) => {
        await writeEffects(deps, trx, { events: [], messages: [order] })
        const payload = { tenant: order.tenant, message: order.id }
        await jobs.enqueue(trx, { queue: 'deliver-message', payload })
      })
      return order.id
    },
    write: (effects) => database.kysely.transaction().execute((trx) => writeEffects(deps, trx, effects)),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
