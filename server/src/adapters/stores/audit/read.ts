import { type Kysely, sql } from 'kysely'
import { decodeEntry, type Entry } from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { OpenFields, PersonKeys } from './person-keys.ts'

export interface AuditRecord extends Omit<Entry, 'personal' | 'at' | 'v'> {
  leaf: number
  at: Date
  /** In the clear; null for a field whose key was destroyed. */
  personal: OpenFields
}

export interface ReadQuery {
  /** First leaf index wanted. */
  from: number
  /** 1 to 1000. */
  limit: number
  subject?: string
}

export const readLimitMax = 1000

/** Sealed events in the order of the log. They come from the sealed entries, not from the columns beside them. */
export async function readLog(
  database: Kysely<unknown>,
  personKeys: PersonKeys,
  { tenant, from, limit, subject }: ReadQuery & { tenant: string },
): Promise<AuditRecord[]> {
  const about = subject === undefined ? sql`true` : sql`subject = ${subject}`
  const { rows } = await sql<{ leaf: number | string; entry: string }>`
    select leaf, entry from audit_event
    where tenant = ${tenant} and leaf >= ${from} and ${about}
    order by leaf limit ${Math.min(limit, readLimitMax)}`.execute(database)
  const read = rows.map(({ leaf, entry }) => ({ leaf: Number(leaf), entry: decodeOwn(entry, tenant) }))
  const fields = await personKeys.openFields(
    database,
    read.map(({ entry }) => entry),
  )
  return read.map(({ leaf, entry }) => recordOf(leaf, entry, fields.get(entry.id) ?? {}))
}

function decodeOwn(text: string, tenant: string): Entry {
  const entry = decodeEntry(text)
  if (entry?.tenant === tenant) return entry
  throw new Fault('audit-log-broken', { detail: 'a row is not an entry of its tenant' })
}

const recordOf = (
  leaf: number,
  { id, tenant, name, at, subject, flow, facts }: Entry,
  personal: OpenFields,
) => ({
  leaf,
  id,
  tenant,
  name,
  at: new Date(at),
  subject,
  flow,
  facts,
  personal,
})
