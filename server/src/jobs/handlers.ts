import type { Delivered, MessageRef } from '../core/messages/delivery.ts'
import type { Recovery } from '../core/recovery/index.ts'
import { NotYetDelivered } from './not-yet-delivered.ts'
import type { JobPayloads } from './registry.ts'
import type { JobHandler } from './runner.ts'

export interface HandlerDeps {
  recovery: Pick<Recovery, 'resolve' | 'tellOfExpiry' | 'writeWaiting'>
  deliver(ref: MessageRef, signal: AbortSignal): Promise<Delivered>
}

/** What each queue does: one core function each. */
export const makeHandlers = ({
  recovery,
  deliver,
}: HandlerDeps): { [Name in keyof JobPayloads]: JobHandler<JobPayloads[Name]> } => ({
  'resolve-recovery': (payload, { signal }) => recovery.resolve(payload, signal),
  'tell-of-expiry': (payload, { signal }) => recovery.tellOfExpiry(payload, signal),
  'write-waiting': (payload) => recovery.writeWaiting(payload),
  'deliver-message': async ({ tenant, message }, { signal }) => {
    const delivered = await deliver({ tenant, id: message }, signal)
    if (!delivered.settled) throw new NotYetDelivered(delivered)
  },
})
