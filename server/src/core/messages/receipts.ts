import type { AuditEvent } from '../audit/ports.ts'
import type { MessageRef } from './delivery.ts'
import type { MessageKind, Receipt } from './ports.ts'

/** What the row of a text tells about it. */
export interface ReceivedText {
  kind: MessageKind
  subject: string
  flow: string | null
  orderedAt: Date
}

/** A receipt that was recorded, for metrics. */
export interface ReceiptOutcome {
  provider: string
  status: Receipt['status']
  /** From the order of the text. */
  seconds: number
}

export interface ReceiptDeps {
  /** Notes the first receipt of a text; null when there is no such text, or it has one. */
  receive(
    ref: MessageRef,
    receipt: Receipt & { at: Date },
    events: (text: ReceivedText) => readonly AuditEvent[],
  ): Promise<ReceivedText | null>
  /** Must not throw. */
  observe(outcome: ReceiptOutcome): void
  now(): Date
}

/** Records what became of a text, once: providers repeat themselves. False when there was nothing to record. */
export const makeRecordReceipt =
  ({ receive, observe, now }: ReceiptDeps) =>
  async (
    ref: MessageRef,
    { provider, receipt }: { provider: string; receipt: Receipt },
  ): Promise<boolean> => {
    const at = now()
    const { status } = receipt
    const text = await receive(ref, { status, at }, ({ kind, subject, flow }) => [
      status === 'delivered'
        ? { name: 'message.delivered', tenant: ref.tenant, at, subject, flow, facts: { kind, provider } }
        : {
            name: 'message.undelivered',
            tenant: ref.tenant,
            at,
            subject,
            flow,
            facts: { kind, provider, status },
          },
    ])
    if (text === null) return false
    observe({ provider, status, seconds: (at.getTime() - text.orderedAt.getTime()) / 1000 })
    return true
  }
