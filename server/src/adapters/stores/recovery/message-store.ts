import type { Selectable } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { BounceAction, BouncedMessage } from '../../../core/messages/bounces.ts'
import { isDecoy } from '../../../core/messages/decoy.ts'
import type { MessageRef, Settlement, WaitingOrder } from '../../../core/messages/delivery.ts'
import type { Channel, MessageFacts, MessageKind, MessageOrder } from '../../../core/messages/ports.ts'
import { aboutMessage } from './effects.ts'
import type { MessageTable } from './tables.ts'
import { textColumns } from './texts.ts'
import { inTransaction, type StoreDeps } from './transaction.ts'

export interface StoredMessage {
  order: MessageOrder
  orderedAt: Date
  state: 'ordered' | 'sent' | 'failed' | 'given-up'
}

export interface MessageStore {
  /** Null when there is no such order or it is settled. */
  load(ref: MessageRef): Promise<WaitingOrder | null>
  /** Notes that a mail server may have taken the message. */
  doubt(ref: MessageRef, at: Date): Promise<void>
  /**
   * Records what came back, once for each kind: a delay is noted unless something was noted before, a failure unless a
   * failure was. False when there is nothing to record. `events` are those of the message that the row tells of.
   */
  bounce(
    ref: MessageRef,
    action: BounceAction,
    events: (message: BouncedMessage) => readonly AuditEvent[],
  ): Promise<boolean>
  /** When the oldest mail, or text, was ordered that still waits; null when none does. */
  oldestWaiting(what?: 'mail' | 'text'): Promise<Date | null>
  settle(ref: MessageRef, settlement: Settlement, events: readonly AuditEvent[]): Promise<boolean>
  /** Newest first; only those whose address is still known, and no decoys. */
  newest(tenant: string, limit: number): Promise<readonly StoredMessage[]>
  find(ref: MessageRef): Promise<StoredMessage | null>
}

/**
 * Orders of messages. `keepAddresses` is for the demo's outbox, which shows messages after they were sent; anywhere
 * else an address is forgotten in the transaction that settles its order.
 */
export function makeMessageStore(deps: StoreDeps, options: { keepAddresses: boolean }): MessageStore {
  const byRef = ({ tenant, id }: MessageRef) =>
    deps.database.selectFrom('message').selectAll().where('tenant', '=', tenant).where('id', '=', id)
  return {
    async load(ref) {
      const row = await byRef(ref).where('state', '=', 'ordered').executeTakeFirst()
      const message = row === undefined ? null : decode(deps, row)
      if (row === undefined || message === null) return null
      return { ...message.order, orderedAt: row.ordered_at, doubtedAt: row.doubted_at }
    },
    async doubt({ tenant, id }, at) {
      const query = deps.database.updateTable('message').set({ doubted_at: at })
      await query.where('tenant', '=', tenant).where('id', '=', id).execute()
    },
    bounce: ({ tenant, id }, action, eventsOf) =>
      inTransaction(deps, async (trx) => {
        const row = await trx
          .updateTable('message')
          .set({ bounced: action })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where((is) =>
            action === 'failed'
              ? is.or([is('bounced', 'is', null), is('bounced', '<>', 'failed')])
              : is('bounced', 'is', null),
          )
          .returning(['kind', 'subject', 'flow', 'provider'])
          .executeTakeFirst()
        if (row === undefined) return { result: false, events: [] }
        const { kind, subject, flow, provider } = row
        return { result: true, events: eventsOf({ kind: kind as MessageKind, subject, flow, provider }) }
      }),
    async oldestWaiting(what = 'mail') {
      const query = deps.database
        .selectFrom('message')
        .select('ordered_at')
        .where('state', '=', 'ordered')
        .where('channel', what === 'mail' ? '=' : '<>', 'email')
      const row = await query.orderBy('ordered_at').limit(1).executeTakeFirst()
      return row?.ordered_at ?? null
    },
    settle: (ref, settlement, events) =>
      inTransaction(deps, async (trx) => {
        const settled = await trx
          .updateTable('message')
          .set({
            state: settlement.state,
            settled_at: settlement.at,
            provider: 'provider' in settlement ? settlement.provider : null,
            because: 'because' in settlement ? settlement.because : null,
            ...('text' in settlement ? textColumns(settlement.text) : {}),
            ...(options.keepAddresses ? {} : { sealed: null }),
          })
          .where('tenant', '=', ref.tenant)
          .where('id', '=', ref.id)
          .where('state', '=', 'ordered')
          .executeTakeFirst()
        const isFirst = settled.numUpdatedRows > 0n
        return { result: isFirst, events: isFirst ? events : [] }
      }),
    async newest(tenant, limit) {
      const query = deps.database.selectFrom('message').selectAll().where('tenant', '=', tenant)
      const rows = await query.orderBy('ordered_at', 'desc').limit(limit).execute()
      const messages = rows.map((row) => decode(deps, row)).filter((message) => message !== null)
      return messages.filter(({ order }) => !isDecoy(order))
    },
    async find(ref) {
      const row = await byRef(ref).executeTakeFirst()
      return row === undefined ? null : decode(deps, row)
    },
  }
}

/** Sealed together and forgotten together. */
type Personal = Pick<MessageFacts, 'username' | 'device' | 'place'> & { to: string }

function decode(deps: StoreDeps, row: Selectable<MessageTable>): StoredMessage | null {
  if (row.sealed === null) return null
  const { to, ...personal } = JSON.parse(deps.sealer.open(aboutMessage(row), row.sealed)) as Personal
  const { tenant, id, subject, flow, generation, disavowal, locale, service } = row
  const order: MessageOrder = {
    ...(row.channel === 'email' ? {} : { channel: row.channel as Channel }),
    ...{ tenant, id, subject, flow, generation, disavowal, locale, service, to },
    kind: row.kind as MessageKind,
    keyId: row.key_id,
    facts: { ...(row.facts as Omit<MessageFacts, keyof Personal>), ...personal },
    notAfter: row.not_after,
    ...(row.invitation === null ? {} : { invitation: row.invitation }),
  }
  return { order, orderedAt: row.ordered_at, state: row.state as StoredMessage['state'] }
}
