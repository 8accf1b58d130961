import type { Kysely } from 'kysely'
import { listenForBounces } from './adapters/channels/bounces/listener.ts'
import { mailWithoutDecoys } from './adapters/channels/nowhere.ts'
import { openMailProvider } from './adapters/channels/open.ts'
import { tracedProvider } from './adapters/channels/traced.ts'
import type { Metrics, Observed } from './adapters/metrics/metrics.ts'
import { makeMailHealth } from './adapters/stores/mail-health.ts'
import type { MessageStore } from './adapters/stores/recovery/index.ts'
import type { Opening } from './compose-opening.ts'
import type { Config } from './config/schema.ts'
import { makeRecordBounce, makeReturnPaths } from './core/messages/bounces.ts'
import type { DeliverDeps } from './core/messages/delivery.ts'
import type { MailProvider, MessageOrder } from './core/messages/ports.ts'
import { makeProviderGuard } from './core/messages/provider-guard.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { newId } from './kernel/ids.ts'
import type { KeyRing } from './kernel/keys.ts'
import type { Tracing } from './kernel/tracing.ts'
import { senderOf } from './tenant-settings.ts'

export interface MailDeps extends Opening {
  database: Kysely<unknown>
  tokenKeys: KeyRing
  messages: Pick<MessageStore, 'bounce' | 'doubt' | 'load' | 'oldestWaiting' | 'settle'>
  metrics: Pick<Metrics, 'observeMessage'>
  tracing: Tracing
  /** Messages that were put off are tried again, the oldest first. Called while `watch` runs. */
  hasten(options: { atMost?: number }): Promise<void>
}

export interface Mail {
  providers: readonly MailProvider[]
  /** What delivering asks of mail. */
  delivery: Pick<DeliverDeps, 'load' | 'settle' | 'doubt' | 'observe' | 'sender' | 'providers' | 'now'>
  observed: Pick<Observed, 'mailProviders' | 'mailOldestWaitingSeconds'>
  /** What this process last heard about the providers, from all nodes. */
  isDelayed(): boolean
  /** Asks providers that rest, tells the other nodes and hears from them; takes bounces. Until the stack is closed. */
  watch(): Promise<void>
}

/** Providers behind their breakers, senders, bounces, and what is known about whether mail flows. */
export function composeMail(config: Config, deps: MailDeps): Mail {
  const { outside, log, opening, messages } = deps
  const opened = config.mail.providers.map((entry) =>
    opening.adopt(
      tracedProvider(openMailProvider(entry, outside), { tracing: deps.tracing, what: 'mail' }),
      (provider) => provider.close(),
    ),
  )
  const { failures, ...breaker } = config.mail.breaker
  const guard = makeProviderGuard({
    ...outside,
    providers: opened,
    rules: { failuresMax: failures, ...breaker },
    changed({ provider, state, before }) {
      log[state === 'open' ? 'warn' : 'info']({ provider, state, before }, 'mail provider')
      // One message is the trial; when it went well, the others follow. Both times the oldest comes first.
      if (state !== 'open' && before !== 'closed') void hasten(state === 'on-trial' ? { atMost: 1 } : {})
    },
  })
  // Outside the breakers: a mail to nobody is neither a trial nor a failure.
  const providers = guard.providers.map((provider) => mailWithoutDecoys(provider, outside))
  const hasten = (options: { atMost?: number }) =>
    deps.hasten(options).catch((error: unknown) => log.error({ err: error }, 'mail jobs can’t be hastened'))
  const health = makeMailHealth({ database: deps.database, node: newId(outside), outside, of: 'mail' })
  const { bounces } = config.mail
  const paths =
    bounces === undefined
      ? null
      : makeReturnPaths({
          keys: deps.tokenKeys,
          domain: bounces.domain,
          tenants: config.tenants.map(({ id }) => id),
        })
  const senders = new Map(config.tenants.map((tenant) => [tenant.id, senderOf(config.mail, tenant)]))
  let delayed = false

  return {
    providers,
    delivery: {
      load: messages.load,
      settle: messages.settle,
      doubt: messages.doubt,
      observe: deps.metrics.observeMessage,
      sender: (order: MessageOrder) => ({
        ...(senders.get(order.tenant) ?? { from: config.mail.from }),
        ...(paths === null ? {} : { returnPath: paths.of(order) }),
      }),
      providers,
      now: outside.now,
    },
    observed: {
      mailProviders: guard.states,
      async mailOldestWaitingSeconds() {
        const oldest = await messages.oldestWaiting()
        return oldest === null ? 0 : Math.max(0, (outside.now().getTime() - oldest.getTime()) / 1000)
      },
    },
    isDelayed: () => delayed,
    async watch() {
      // At times of its own: never sooner because a message failed, which only an account has.
      const chance = (outside.randomBytes(1)[0] ?? 0) / 256
      opening.use(
        startSweeper({
          sweep: () => guard.look(AbortSignal.timeout(probeMs)),
          everyMs: lookEveryMs * (1 + chance / 2),
          warn: (error) => log.error({ err: error }, 'asking mail providers failed'),
        }),
      )
      opening.use(
        startSweeper({
          sweep: () => guard.probe(AbortSignal.timeout(probeMs)),
          everyMs: watchEveryMs,
          warn: (error) => log.error({ err: error }, 'asking mail providers failed'),
        }),
      )
      opening.use(
        startSweeper({
          sweep: async () => {
            await health.tell(guard.health())
            delayed = await health.isDelayed()
          },
          everyMs: watchEveryMs,
          warn: (error) => log.error({ err: error }, 'mail health is not known'),
        }),
      )
      if (bounces === undefined || paths === null) return
      const record = makeRecordBounce({ bounce: messages.bounce, now: outside.now })
      const listener = await listenForBounces({
        ...bounces,
        read: paths.read,
        record,
        warn: (message, error) => log.warn(error === undefined ? {} : { err: error }, message),
      })
      opening.use(listener)
      log.info({ host: bounces.host, port: listener.port }, 'listening for bounces')
    },
  }
}

const watchEveryMs = 1_000
const probeMs = 10_000
/** With up to half of it more, so that nodes spread out. */
const lookEveryMs = 10_000
