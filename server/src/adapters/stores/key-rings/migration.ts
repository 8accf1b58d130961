import { type Kysely, sql } from 'kysely'

/** What nodes tell each other about keys. Nothing here is of a tenant, and no byte of a key but the sealed one. */
export const keyRingsMigration = {
  name: 'key-rings',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  // The key that names are made with, sealed under the data key: it outlives every rotation.
  `create table names_key (single boolean primary key check (single), sealed text not null)`,
  // Which key of a ring is written with (the one that is not retired), and which were.
  `create table ring_key (
    ring text not null,
    id text not null,
    active_at timestamptz not null,
    retired_at timestamptz,
    resealed_at timestamptz,
    resealing_until timestamptz,
    primary key (ring, id)
  )`,
  `create unique index ring_key_active on ring_key (ring) where retired_at is null`,
  // Nodes that run, with the keys they know.
  `create table key_node (
    node text not null,
    ring text not null,
    ids text[] not null,
    seen_at timestamptz not null,
    primary key (node, ring)
  )`,
]
