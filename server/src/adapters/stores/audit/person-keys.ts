import { type Kysely, sql } from 'kysely'
import {
  type AuditEvent,
  dayOwner,
  type Entry,
  keyOwnerOf,
  personalContext,
  personalFields,
  personOwner,
  type SealedPersonal,
} from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'
import { newId } from '../../../kernel/ids.ts'
import { type KeyRing, makeKeyRing } from '../../../kernel/keys.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { makeSealer, type Sealer } from '../../../kernel/seal.ts'
import { prepared } from '../prepared.ts'
import type { SealedColumn } from '../resealing.ts'
import { lockOwner, sharedOwnerLock } from './locks.ts'

/** An event on its way into the log. */
export interface NamedEvent {
  id: string
  event: AuditEvent
}

/**
 * Personal fields are sealed under a random key of their owner's, and that key under the data key, which is not in the
 * database. Destroying an owner's keys makes the fields unreadable for good and changes no byte of the log.
 */
export interface PersonKeys {
  /** The sealed fields of every event that has any, by event id. One statement a tenant, none without fields. */
  sealFields(trx: Kysely<unknown>, events: readonly NamedEvent[]): Promise<Map<string, SealedPersonal>>
  /** The fields of entries of one tenant in the clear, by event id; null for those whose key was destroyed. */
  openFields(database: Kysely<unknown>, entries: readonly Entry[]): Promise<Map<string, OpenFields>>
  /** How many keys were destroyed. */
  destroyPerson(trx: Kysely<unknown>, person: { tenant: string; subject: string }): Promise<number>
  /** Destroys the keys of events without a subject from days before this one (UTC). How many. */
  destroyDaysBefore(trx: Kysely<unknown>, day: { tenant: string; before: Date }): Promise<number>
  /** Where the keys lie, each sealed under the data key. */
  wrapped: SealedColumn
}

export type OpenFields = Readonly<Record<string, string | null>>

interface WrappedKey {
  owner: string
  id: string
  wrapped: string
}

const personKeyBytes = 32

export function makePersonKeys({ dataKey, outside }: { dataKey: KeyRing; outside: Outside }): PersonKeys {
  const wrapper = makeSealer(dataKey, 'audit-person-key', outside)
  const about = (tenant: string, { owner, id }: Pick<WrappedKey, 'owner' | 'id'>) =>
    personalContext({ tenant, id, field: owner })

  const freshKey = (tenant: string, owner: string): WrappedKey => {
    const id = newId(outside)
    const bytes = Buffer.from(outside.randomBytes(personKeyBytes)).toString('base64url')
    return { owner, id, wrapped: wrapper.seal(about(tenant, { owner, id }), bytes) }
  }
  const sealerOf = (tenant: string, key: WrappedKey): Sealer => {
    const bytes = Buffer.from(wrapper.open(about(tenant, key), key.wrapped), 'base64url')
    return makeSealer(makeKeyRing({ id: key.id, bytes }), 'audit-personal', outside)
  }

  return {
    async sealFields(trx, events) {
      const sealed = new Map<string, SealedPersonal>()
      const withFields = events.filter(({ event }) => personalFields(event).length > 0)
      for (const [tenant, own] of Map.groupBy(withFields, ({ event }) => event.tenant)) {
        const owners = [...new Set(own.map(({ event }) => keyOwnerOf(event)))]
        const keys = await findOrMake(trx, { tenant, fresh: owners.map((owner) => freshKey(tenant, owner)) })
        const sealers = new Map(keys.map((key) => [key.owner, sealerOf(tenant, key)]))
        for (const { id, event } of own) {
          const sealer = sealers.get(keyOwnerOf(event))
          if (sealer !== undefined) sealed.set(id, sealedFields({ id, event }, sealer))
        }
      }
      return sealed
    },

    async openFields(database, entries) {
      const withFields = entries.filter(({ personal }) => personal !== undefined)
      const tenant = withFields[0]?.tenant
      if (tenant === undefined) return new Map()
      const owners = [...new Set(withFields.map((entry) => keyOwnerOf({ ...entry, at: new Date(entry.at) })))]
      const { rows } = await sql<WrappedKey>`
        select owner, id, wrapped from audit_person_key
        where tenant = ${tenant} and owner = any(${owners})`.execute(database)
      const sealers = new Map(rows.map((key) => [key.id, sealerOf(tenant, key)]))
      return new Map(withFields.map((entry) => [entry.id, openedFields(entry, sealers)]))
    },

    async destroyPerson(trx, { tenant, subject }) {
      const owner = personOwner(subject)
      await lockOwner(trx, tenant, owner)
      const destroyed = await sql`
        delete from audit_person_key where tenant = ${tenant} and owner = ${owner}`.execute(trx)
      return Number(destroyed.numAffectedRows ?? 0)
    },

    async destroyDaysBefore(trx, { tenant, before }) {
      const destroyed = await sql`
        delete from audit_person_key
        where tenant = ${tenant} and starts_with(owner, 'day/') and owner collate "C" < ${dayOwner(before)}`.execute(
        trx,
      )
      return Number(destroyed.numAffectedRows ?? 0)
    },

    wrapped: {
      table: 'audit_person_key',
      column: 'wrapped',
      key: ['tenant', 'owner', 'id'],
      sealer: wrapper,
      about: ([tenant = '', owner = '', id = '']) => about(tenant, { owner, id }),
    },
  }
}

/**
 * The gate is taken before the insert: an erasure waits for it and then sees every key that was being made. An append
 * that waited for an erasure works on the state before it and seals under a key that is gone, which is safe.
 */
async function findOrMake(
  trx: Kysely<unknown>,
  { tenant, fresh }: { tenant: string; fresh: readonly WrappedKey[] },
): Promise<WrappedKey[]> {
  const owners = fresh.map(({ owner }) => owner)
  const { rows } = await sql<WrappedKey>`${prepared}
    with wanted as (
      select * from unnest(${owners}::text[], ${fresh.map(({ id }) => id)}::text[],
        ${fresh.map(({ wrapped }) => wrapped)}::text[]) as fresh (owner, id, wrapped)
    ), gate as materialized (
      select owner, id, wrapped, ${sharedOwnerLock(tenant, 'owner')} as held from wanted
    ), made as (
      insert into audit_person_key (tenant, owner, id, wrapped, made_at)
      select ${tenant}, gate.owner, gate.id, gate.wrapped, now() from gate
      where not exists (
        select 1 from audit_person_key known where known.tenant = ${tenant} and known.owner = gate.owner
      )
      returning owner, id, wrapped
    )
    select owner, id, wrapped from audit_person_key where tenant = ${tenant} and owner = any(${owners})
    union all
    select owner, id, wrapped from made
    order by owner, id desc`.execute(trx)
  return rows
}

const sealedFields = ({ id, event }: NamedEvent, sealer: Sealer): SealedPersonal =>
  Object.fromEntries(
    personalFields(event).map(([field, text]) => [
      field,
      sealer.seal(personalContext({ tenant: event.tenant, id, field }), text),
    ]),
  )

function openedFields(entry: Entry, sealers: ReadonlyMap<string, Sealer>): OpenFields {
  const open = ([field, sealed]: [string, string]): [string, string | null] => {
    const sealer = sealers.get(sealed.slice(0, sealed.indexOf('.')))
    if (sealer === undefined) return [field, null]
    try {
      return [field, sealer.open(personalContext({ tenant: entry.tenant, id: entry.id, field }), sealed)]
    } catch (cause) {
      throw new Fault('audit-log-broken', { detail: `${field} of event ${entry.id} does not open`, cause })
    }
  }
  return Object.fromEntries(Object.entries(entry.personal ?? {}).map(open))
}
