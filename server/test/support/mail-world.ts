import { Writable } from 'node:stream'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import { makeMetrics } from '../../src/adapters/metrics/metrics.ts'
import { writeEffects } from '../../src/adapters/stores/recovery/effects.ts'
import { makeMessageStore } from '../../src/adapters/stores/recovery/message-store.ts'
import type { RecoveryTables } from '../../src/adapters/stores/recovery/tables.ts'
import { composeMail, type Mail } from '../../src/compose-mail.ts'
import type { Config, MailConfig } from '../../src/config/schema.ts'
import type { AuditEvent } from '../../src/core/audit/ports.ts'
import { makeDeliver } from '../../src/core/messages/delivery.ts'
import type { MessageOrder } from '../../src/core/messages/ports.ts'
import { makeHandlers } from '../../src/jobs/handlers.ts'
import { makeProductJobs } from '../../src/jobs/runner.ts'
import { newId } from '../../src/kernel/ids.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { noTracing } from '../../src/kernel/tracing.ts'
import { aDatabase, type TestDatabase } from './database.ts'
import { anOrder } from './mail-samples.ts'

export interface MailWorld extends AsyncDisposable {
  mail: Mail
  database: TestDatabase<RecoveryTables>
  events: AuditEvent[]
  /** Everything that was logged. */
  log(): string
  metrics(): Promise<string>
  /** Orders a message as a flow would: row and job in one transaction. Returns its id. */
  order(over?: Partial<MessageOrder>): Promise<string>
}

/** Key that return paths are made under. */
export const ring = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(7) })

/**
 * Orders, jobs, breakers, providers and bounces as the product wires them, over a real database and whatever mail servers
 * the configuration names. Only what a message says is made up. `database` lets two of them be two nodes.
 */
export async function aMailWorld(
  config: { mail: MailConfig; tenants?: Config['tenants'] },
  given?: TestDatabase<RecoveryTables>,
): Promise<MailWorld> {
  await using opening = new AsyncDisposableStack()
  const database = given ?? opening.use(await aDatabase<RecoveryTables>())
  const printed: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk))
      done()
    },
  })
  const log = pino({ level: 'info' }, sink)
  const events: AuditEvent[] = []
  const outside = systemOutside
  const jobs = makeProductJobs({
    connection: database.config,
    outside,
    log: (level, message, facts) => log[level](facts, message),
    superviseSeconds: 1,
  })
  const deps = {
    database: database.kysely,
    outside,
    sealer: makeSealer(ring, 'recovery', outside),
    appendEvents: async () => {},
    enqueue: jobs.enqueue,
    report: (told: readonly AuditEvent[]) => void events.push(...told),
  }
  const messages = makeMessageStore(deps, { keepAddresses: false })
  const metrics = makeMetrics(systemOutside)
  const untyped = database.kysely as unknown as Kysely<unknown>
  const mail = composeMail({ tenants: [{ id: 'northwind' }], ...config } as unknown as Config, {
    ...{ outside, log, opening, database: untyped, tokenKeys: ring, messages, metrics, tracing: noTracing },
    hasten: (options) => jobs.hasten('deliver-message', options),
  })
  metrics.observe({
    jobs: jobs.depth,
    auditOldestPendingSeconds: async () => 0,
    waitingPasswords: async () => [],
    clockOffsetSeconds: () => 0,
    ...mail.observed,
  })
  const deliver = makeDeliver({
    ...mail.delivery,
    secretsFor: async () => ({ link: 'https://portal.test/recover#token', code: '12345678' }),
    render: ({ id }) => ({
      subject: id,
      text: 'https://portal.test/recover#token\n',
      html: '<p>1234 5678</p>',
    }),
  })
  const handlers = makeHandlers({
    recovery: { resolve: async () => {}, tellOfExpiry: async () => {}, writeWaiting: async () => {} },
    deliver,
  })
  jobs.work('deliver-message', handlers['deliver-message'])
  await jobs.start()
  opening.defer(() => jobs.stop())
  await mail.watch()
  const running = opening.move()
  return {
    mail,
    database,
    events,
    log: () => printed.join(''),
    metrics: async () => (await metrics.render()).body,
    async order(over = {}) {
      const order = anOrder({
        id: newId(outside),
        notAfter: new Date(outside.now().getTime() + 3_600_000),
        ...over,
      })
      await database.kysely.transaction().execute(async (trx) => {
        await writeEffects(deps, trx, { events: [], messages: [order] })
        await jobs.enqueue(trx, {
          queue: 'deliver-message',
          payload: { tenant: order.tenant, message: order.id },
        })
      })
      return order.id
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
