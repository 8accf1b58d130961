import type { Config } from './config/schema.ts'
import { type AdminKey, callerOf, makeHelpdesk } from './core/helpdesk/index.ts'
import type { RequestRecords } from './core/helpdesk/ports.ts'
import type { Limiter } from './core/recovery/ports.ts'
import type { AdminDeps } from './http/console-api/admin/deps.ts'
import { derive, mac } from './kernel/keys.ts'

type HelpdeskParts = Omit<Parameters<typeof makeHelpdesk>[0], 'callerNamed'>

/** The admin API of a configuration, in the words of the core. */
export function adminOf(
  config: Pick<Config, 'adminKeys' | 'tenants'>,
  parts: HelpdeskParts & { requests: RequestRecords; limiter: Limiter; namesKey: Uint8Array },
): AdminDeps {
  const { requests, limiter, namesKey, store, now } = parts
  const keys = config.adminKeys.map(
    ({ name, keyDigest: digest, tenants = null, may }): AdminKey => ({ name, digest, tenants, may }),
  )
  // A key that no rotation changes: a request that is sent again must be known as long as it is remembered.
  const fingerprintKey = derive(namesKey, 'rekey/admin-request/v1')
  return {
    now,
    callerOf: (key) => callerOf(keys, key),
    tenants: new Set(config.tenants.map(({ id }) => id)),
    helpdesk: makeHelpdesk({
      ...parts,
      callerNamed: (name) => keys.find((key) => key.name === name) ?? null,
    }),
    requests,
    fingerprint: (...texts) => Buffer.from(mac(fingerprintKey, ...texts)).toString('hex'),
    limiter,
    record: (events) => store.record(events),
  }
}
