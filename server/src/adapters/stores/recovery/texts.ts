import { sql } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { MessageRef, SentText } from '../../../core/messages/delivery.ts'
import type { MessageKind, Receipt } from '../../../core/messages/ports.ts'
import type { PumpingStore } from '../../../core/messages/pumping.ts'
import type { ReceivedText } from '../../../core/messages/receipts.ts'
import type { Effects } from '../../../core/recovery/ports.ts'
import { inTransaction, type StoreDeps, type Trx } from './transaction.ts'

export interface TextStore extends PumpingStore {
  listPaused(tenant: string, now: Date): Promise<readonly { country: string; until: Date }[]>
  /** The text that a provider calls so; null when nothing is known of it, or not yet. */
  referredTo(name: {
    provider: string
    reference: string
    tenants: readonly string[]
  }): Promise<MessageRef | null>
  receive(
    ref: MessageRef,
    receipt: Receipt & { at: Date },
    events: (text: ReceivedText) => readonly AuditEvent[],
  ): Promise<ReceivedText | null>
}

export const textColumns = ({ reference, country, segments, cost }: SentText) => ({
  ...{ reference, country, segments },
  cost_micros: cost === null ? null : Math.round(cost.micros),
  cost_currency: cost?.currency ?? null,
})

/** A receipt may come before the row says that the text was sent. */
export function makeTextStore(deps: StoreDeps): TextStore {
  const { database } = deps
  return {
    async referredTo({ provider, reference, tenants }) {
      const row = await database
        .selectFrom('message')
        .select(['tenant', 'id'])
        .where('tenant', 'in', [...tenants])
        .where('provider', '=', provider)
        .where('reference', '=', reference)
        .limit(1)
        .executeTakeFirst()
      return row ?? null
    },
    receive: ({ tenant, id }, { status, at }, eventsOf) =>
      inTransaction(deps, async (trx) => {
        const row = await trx
          .updateTable('message')
          .set({ receipt: status, receipt_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('channel', '<>', 'email')
          .where('receipt', 'is', null)
          .returning(['kind', 'subject', 'flow', 'ordered_at'])
          .executeTakeFirst()
        if (row === undefined) return { result: null, events: [] }
        const { kind, subject, flow, ordered_at } = row
        const text = { kind: kind as MessageKind, subject, flow, orderedAt: ordered_at }
        return { result: text, events: eventsOf(text) }
      }),
    async countSince(tenant, { from, to }) {
      const { rows } = await sql<{ country: string; sent: number; entered: number }>`
        select message.country, count(*) as sent, count(entered_at) as entered from message
        left join paused_country paused
          on paused.tenant = message.tenant and paused.country = message.country
        where message.tenant = ${tenant} and message.country is not null
          and settled_at > ${from} and settled_at <= ${to}
          and (paused.until is null or settled_at > paused.until)
        group by message.country`.execute(database)
      return rows
    },
    async pausedUntil(tenant, country, now) {
      const row = await database
        .selectFrom('paused_country')
        .select('until')
        .where('tenant', '=', tenant)
        .where('country', '=', country)
        .where('until', '>', now)
        .executeTakeFirst()
      return row?.until ?? null
    },
    listPaused: (tenant, now) =>
      database
        .selectFrom('paused_country')
        .select(['country', 'until'])
        .where('tenant', '=', tenant)
        .where('until', '>', now)
        .orderBy('country')
        .execute(),
    pause: ({ tenant, country, at, until }, events) =>
      inTransaction(deps, async (trx) => {
        // Of the nodes that find it out at the same time one says so.
        const { numAffectedRows } = await sql`
          insert into paused_country as paused (tenant, country, paused_at, until)
          values (${tenant}, ${country}, ${at}, ${until})
          on conflict (tenant, country) do update set paused_at = excluded.paused_at, until = excluded.until
          where paused.until <= ${at}`.execute(trx)
        const isFirst = (numAffectedRows ?? 0n) > 0n
        return { result: isFirst, events: isFirst ? events : [] }
      }),
    resume: ({ tenant, country, at }, events) =>
      inTransaction(deps, async (trx) => {
        // The row stays, so that what was sent before is not held against the country again.
        const { numUpdatedRows } = await trx
          .updateTable('paused_country')
          .set({ until: at })
          .where('tenant', '=', tenant)
          .where('country', '=', country)
          .where('until', '>', at)
          .executeTakeFirst()
        const was = numUpdatedRows > 0n
        return { result: was, events: was ? events : [] }
      }),
    async spend({ tenant, at, micros, microsMax }) {
      if (micros > microsMax) return false
      const day = at.toISOString().slice(0, 10)
      const { numAffectedRows } = await sql`
        insert into text_spend as spent (tenant, day, micros) values (${tenant}, ${day}, ${micros})
        on conflict (tenant, day) do update set micros = spent.micros + excluded.micros
        where spent.micros + excluded.micros <= ${microsMax}`.execute(database)
      return (numAffectedRows ?? 0n) > 0n
    },
  }
}

/** In the transaction that accepts the proof. */
export async function noteEntered(
  trx: Trx,
  { tenant, flow, generation, at }: NonNullable<Effects['textEntered']>,
): Promise<void> {
  await trx
    .updateTable('message')
    .set({ entered_at: at })
    .where('tenant', '=', tenant)
    .where('flow', '=', flow)
    .where('generation', '=', generation)
    .where('channel', '<>', 'email')
    .where('entered_at', 'is', null)
    .execute()
}
