import type { Delivered, MessageRef } from '../core/messages/delivery.ts'
import type { Recovery } from '../core/recovery/index.ts'
import type { JobPayloads } from './registry.ts'
import type { JobHandler } from './runner.ts'

export interface HandlerDeps {
  recovery: Pick<Recovery, 'resolve'>
  deliver(ref: MessageRef, signal: AbortSignal): Promise<Delivered>
}

/** A mail server said "later". Thrown for the runner, which comes back after its back-off. */
export class NotYetDelivered extends Error {
  constructor(because: string) {
    super(`not delivered yet: ${because}`)
    this.name = 'NotYetDelivered'
  }
}

/** What each queue does: one core function each. */
export const makeHandlers = ({
  recovery,
  deliver,
}: HandlerDeps): { [Name in keyof JobPayloads]: JobHandler<JobPayloads[Name]> } => ({
  'resolve-recovery': (payload, { signal }) => recovery.resolve(payload, signal),
  'deliver-message': async ({ tenant, message }, { signal }) => {
    const delivered = await deliver({ tenant, id: message }, signal)
    if (!delivered.settled) throw new NotYetDelivered(delivered.because)
  },
})
