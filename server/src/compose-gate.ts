import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { makeSiteverify, siteverifyUrls } from './adapters/human-check/siteverify.ts'
import { makeSharedTally } from './adapters/stores/shared-tally.ts'
import { makeAltchaWork } from './adapters/work/altcha.ts'
import type { Config, TenantConfig } from './config/schema.ts'
import type { AuditEvent } from './core/audit/ports.ts'
import { type Gate, makeGate } from './core/gate/index.ts'
import type { Limiter } from './core/recovery/index.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
import type { KeyRing } from './kernel/keys.ts'
import type { Outside } from './kernel/outside.ts'
import { gateRulesOf, thresholdsOf } from './tenant-settings.ts'

/** What stands before everything that strangers may ask for. */
export function composeGate(
  config: Config,
  deps: {
    database: Kysely<unknown>
    limiter: Limiter
    keys: KeyRing
    outside: Outside
    log: Logger
    record(events: readonly AuditEvent[]): Promise<void>
  },
): Gate {
  const { outside, keys, limiter, log, record } = deps
  const tenants = new Map(
    config.tenants.map((tenant) => [
      tenant.id,
      { rules: gateRulesOf(tenant), humanCheck: humanCheckOf(tenant, log) },
    ]),
  )
  // One network alone must not trip what is counted over everybody.
  const perNetwork = Math.max(...[...tenants.values()].map(({ rules }) => rules.perNetwork))
  return makeGate({
    ...outside,
    ...{ keys, limiter, record },
    work: makeAltchaWork({ ...outside, keys, tries: config.gate.difficulty }),
    shared: makeSharedTally(deps),
    everywhere: thresholdsOf(config.gate, perNetwork),
    tenant(id) {
      const tenant = tenants.get(id)
      if (tenant === undefined) throw new RangeError('a request is for a tenant that is not configured')
      return tenant
    },
    warn: (err) => {
      log.warn({ err }, 'counts of the gate can’t be shared with other nodes')
    },
  })
}

function humanCheckOf({ id, gate }: TenantConfig, log: Logger) {
  if (gate.humanCheck === undefined) return null
  const { kind, secret, url = siteverifyUrls[kind] } = gate.humanCheck
  const warn = (err: unknown) => {
    log.warn({ tenant: id, kind, err }, 'the check for people gave no answer')
  }
  return makeSiteverify({ url, secret, fetch: guardedFetch, warn })
}
