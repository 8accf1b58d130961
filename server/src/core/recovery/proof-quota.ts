import { type Refused, refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { throttled } from './events.ts'
import type { Client } from './flow.ts'

/** Counts one answer of a network: links, codes and "this was not me" together. Null when it may go on. */
export async function takeProof(
  deps: Pick<RecoveryDeps, 'limiter' | 'tenant' | 'store' | 'now'>,
  tenant: string,
  client: Client,
): Promise<Refused | null> {
  const quota = deps.tenant(tenant).rules.proofsPerNetwork
  const taken = await deps.limiter.take(tenant, `proofs:${client.network}`, quota)
  if (taken.ok) return null
  await deps.store.record([throttled(tenant, deps.now(), 'proofs')])
  return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
}
