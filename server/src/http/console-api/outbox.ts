import type { MessageOrder, MessageSecrets, RenderedMail } from '../../core/messages/ports.ts'
import type { Outbox, OutboxItem } from './deps.ts'

interface Stored {
  order: MessageOrder
  orderedAt: Date
  state: OutboxItem['state']
}

export interface OutboxSource {
  newest(limit: number): Promise<readonly Stored[]>
  find(ref: { tenant: string; id: string }): Promise<Stored | null>
  secretsFor(order: MessageOrder): Promise<MessageSecrets | null>
  render(order: MessageOrder, secrets: MessageSecrets): RenderedMail
}

/** The demo's mails, rendered from their orders each time they are looked at: links and codes are stored nowhere. */
export const makeOutbox = (source: OutboxSource): Outbox => ({
  list: async (limit) =>
    (await source.newest(limit)).map(({ order, orderedAt, state }) => ({
      tenant: order.tenant,
      id: order.id,
      kind: order.kind,
      to: order.to,
      // The subject says what happened and holds no secret, so it is the same without any.
      subject: source.render(order, {}).subject,
      orderedAt,
      state,
    })),
  async show(tenant, id) {
    const stored = await source.find({ tenant, id })
    if (stored === null) return null
    const secrets = await source.secretsFor(stored.order)
    return { ...source.render(stored.order, secrets ?? {}), to: stored.order.to }
  },
})
