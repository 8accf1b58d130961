import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Geo } from './adapters/geo/geo.ts'
import { openMailboxLists } from './adapters/risk/mailbox-lists.ts'
import { openNetworkLists } from './adapters/risk/network-lists.ts'
import { makePlaceHistory } from './adapters/stores/risk/place-history.ts'
import type { Config } from './config/schema.ts'
import type { Limiter, RecoveryStore } from './core/recovery/ports.ts'
import { makeRiskAssessor, type RiskTenant } from './core/risk/index.ts'
import type { PlaceHistory, RiskAssessor } from './core/risk/ports.ts'
import { startSweeper } from './jobs/sweeper.ts'
import type { Outside } from './kernel/outside.ts'
import { riskTenants } from './risk-settings.ts'

/** How often files of lists are looked at: a new one is taken up within this time, without a restart. */
const lookAgainMs = 10_000

/** What scores requests, and what has to be forgotten of where people were. */
export async function composeRisk(
  config: Config,
  deps: {
    database: Kysely<unknown>
    limiter: Limiter
    store: Pick<RecoveryStore, 'isKnownDevice'>
    geo: Geo
    outside: Pick<Outside, 'now'>
    log: Logger
    opening: AsyncDisposableStack
  },
): Promise<{ assessor: RiskAssessor; places: Pick<PlaceHistory, 'forget'> }> {
  const { log, opening } = deps
  const warn = (error: unknown) =>
    log.error({ err: error }, 'a list could not be read again; the old one counts')
  const scored = config.tenants.filter(({ risk }) => risk.mode !== 'off')
  const lists = await openNetworkLists(
    scored.map(({ id, risk }) => ({ id, lists: risk.lists })),
    warn,
  )
  const mailboxes = await openMailboxLists(
    scored.map(({ id, risk }) => ({ id, file: risk.mailboxesFile ?? null })),
    warn,
  )
  opening.use(
    startSweeper({
      async sweep() {
        await lists.refresh()
        await mailboxes.refresh()
      },
      everyMs: lookAgainMs,
      warn,
    }),
  )
  const tenants: ReadonlyMap<string, RiskTenant> = riskTenants(config)
  const history = makePlaceHistory(deps.database)
  const assessor = makeRiskAssessor({
    now: deps.outside.now,
    limiter: deps.limiter,
    lists,
    geography: deps.geo,
    history,
    mailboxes,
    isKnownDevice: (tenant, subject, digest) => deps.store.isKnownDevice(tenant, subject, digest),
    tenant(id) {
      const tenant = tenants.get(id)
      if (tenant === undefined) throw new RangeError('a request names a tenant that is not configured')
      return tenant
    },
    warn: (what, error) => log.error({ err: error, what }, 'risk is judged without something it goes by'),
  })
  return { assessor, places: history }
}
