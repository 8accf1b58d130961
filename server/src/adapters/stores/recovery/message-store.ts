import type { Selectable } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { MessageRef, Settlement } from '../../../core/messages/delivery.ts'
import type { MessageFacts, MessageKind, MessageOrder } from '../../../core/messages/ports.ts'
import { aboutMessage } from './effects.ts'
import type { MessageTable } from './tables.ts'
import { inTransaction, type StoreDeps } from './transaction.ts'

export interface StoredMessage {
  order: MessageOrder
  orderedAt: Date
  state: 'ordered' | 'sent' | 'failed' | 'given-up'
}

export interface MessageStore {
  /** Null when there is no such order or it is settled. */
  load(ref: MessageRef): Promise<MessageOrder | null>
  settle(ref: MessageRef, settlement: Settlement, events: readonly AuditEvent[]): Promise<boolean>
  /** Newest first; only those whose address is still known. */
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
      return row === undefined ? null : (decode(deps, row)?.order ?? null)
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
      return rows.map((row) => decode(deps, row)).filter((message) => message !== null)
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
  const order = {
    ...{ tenant, id, subject, flow, generation, disavowal, locale, service, to },
    kind: row.kind as MessageKind,
    keyId: row.key_id,
    facts: { ...(row.facts as Omit<MessageFacts, keyof Personal>), ...personal },
    notAfter: row.not_after,
  }
  return { order, orderedAt: row.ordered_at, state: row.state as StoredMessage['state'] }
}
