import type { Logger } from 'pino'
import type { Metrics, Sweep } from './adapters/metrics/metrics.ts'
import type { AuditStore } from './adapters/stores/audit/index.ts'
import type { DailyRounds } from './adapters/stores/daily-rounds.ts'
import type { TenantConfig } from './config/schema.ts'
import type { Helpdesk } from './core/helpdesk/index.ts'
import type { OffboardingStore, RequestRecords } from './core/helpdesk/ports.ts'
import type { Recovery } from './core/recovery/index.ts'
import type { PlaceHistory } from './core/risk/ports.ts'
import { dayOf } from './jobs/day-of.ts'
import type { JobPayloads } from './jobs/registry.ts'
import type { Jobs } from './jobs/runner.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { eachRow } from './kernel/each-row.ts'
import type { Outside } from './kernel/outside.ts'
import { passwordsExpire } from './tenant-settings.ts'

const sealEveryMs = 500
const sweepEveryMs = 5_000
const tidyEveryMs = 600_000
/** Networks and devices of people who asked for nobody's account: long enough to look into an attack. */
const strangersKeptMs = 30 * 86_400_000

const othersKeptMs = 3_600_000

/** Where somebody was for longer says nothing of where they may be now. */
const placesKeptMs = 90 * 86_400_000

/** Until then it can be looked up what became of a request; the audit log keeps it for good. */
const offboardingsKeptMs = 30 * 86_400_000

/** What is done again and again beside the requests. In none of it does one part, or one row, that fails keep others from being done. */
export function startSweeps(deps: {
  tenants: readonly TenantConfig[]
  clock: { sync(): Promise<void>; isSafe(): boolean }
  recovery: Pick<Recovery, 'sweep' | 'forget'>
  /** Destroys what waits for tenants that are configured no more, and was to wait until then. */
  shredOfOthers(before: Date): Promise<unknown>
  helpdesk: Pick<Helpdesk, 'sweepOffboardings'>
  counter: { purge(): Promise<unknown> }
  requests: Pick<RequestRecords, 'forget'>
  places: Pick<PlaceHistory, 'forget'>
  offboardings: Pick<OffboardingStore, 'forget'>
  audit: Pick<AuditStore, 'startSealer' | 'eraseDaysBefore'>
  rounds: DailyRounds
  jobs: Pick<Jobs<JobPayloads>, 'enqueue'>
  metrics: Pick<Metrics, 'countSweepFailure'>
  outside: Outside
  log: Logger
  opening: AsyncDisposableStack
}): void {
  const { tenants, clock, recovery, offboardings, audit, jobs, outside, opening } = deps
  const warn = (sweep: Sweep, text: string) => (error: unknown) => {
    deps.metrics.countSweepFailure(sweep)
    deps.log.error({ err: error }, text)
  }
  opening.use(audit.startSealer({ everyMs: sealEveryMs, warn: warn('seal', 'sealing failed') }))
  opening.use(
    startSweeper({
      // Whose lease has run out is asked by a clock that was compared just now, or not at all.
      sweep: async () => {
        await clock.sync()
        if (!clock.isSafe()) return
        await eachOf({ flows: recovery.sweep, offboardings: deps.helpdesk.sweepOffboardings })
      },
      everyMs: sweepEveryMs,
      warn: warn('sweep', 'sweep failed'),
    }),
  )
  opening.use(
    startSweeper({
      sweep: () => {
        const ago = (ms: number) => new Date(outside.now().getTime() - ms)
        const before = ago(strangersKeptMs)
        return eachOf({
          flows: recovery.forget,
          // Another node may know a tenant that this one has not heard of yet.
          waiting: () => deps.shredOfOthers(ago(othersKeptMs)),
          counters: deps.counter.purge,
          requests: deps.requests.forget,
          places: () => deps.places.forget(ago(placesKeptMs)),
          offboardings: () => offboardings.forget(ago(offboardingsKeptMs)),
          days: () => eachTenant(tenants, ({ id: tenant }) => audit.eraseDaysBefore({ tenant, before })),
        })
      },
      everyMs: tidyEveryMs,
      warn: warn('tidy', 'tidying failed'),
    }),
  )
  opening.use(
    startSweeper({
      sweep: async () => {
        if (!clock.isSafe()) return
        await eachTenant(tenants.filter(passwordsExpire), ({ id: tenant, timeZone }) => {
          const round = { tenant, name: 'tell-of-expiry', day: dayOf(outside.now(), timeZone) }
          const order = { queue: 'tell-of-expiry', payload: { tenant }, key: tenant } as const
          return deps.rounds.begin(round, (transaction) => jobs.enqueue(transaction, order))
        })
      },
      everyMs: tidyEveryMs,
      warn: warn('daily-round', 'a daily round could not be ordered'),
    }),
  )
}

const eachOf = (parts: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> =>
  eachRow(
    Object.entries(parts),
    ([name]) => name,
    ([, part]) => part(),
  )

const eachTenant = (tenants: readonly TenantConfig[], work: (tenant: TenantConfig) => Promise<unknown>) =>
  eachRow(tenants, ({ id }) => id, work)
