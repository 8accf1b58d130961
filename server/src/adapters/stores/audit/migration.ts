import { type Kysely, sql } from 'kysely'

/** Every key starts with the tenant, and no statement of ours joins two tenants. */
export const auditMigration = {
  name: 'audit',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

const statements = [
  // Where transactions put events. Insert-only for them, so no request ever waits for another one here; emptied by
  // the sealer every second, so it is vacuumed by number of rows and not by share.
  `create table audit_pending (
    tenant text not null,
    seq bigint generated always as identity,
    id text not null,
    at timestamptz(3) not null,
    name text not null,
    subject text,
    roll_up text,
    entry text not null,
    primary key (tenant, seq)
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`,
  // The log. "entry" is the leaf, byte for byte; the columns beside it are for searching and say what it says.
  `create table audit_event (
    tenant text not null,
    leaf bigint not null,
    id text not null,
    at timestamptz(3) not null,
    name text not null,
    subject text,
    entry text not null,
    primary key (tenant, leaf)
  )`,
  `create index audit_event_subject on audit_event (tenant, subject, leaf) where subject is not null`,
  `create table audit_tile (
    tenant text not null,
    level smallint not null,
    tile bigint not null,
    hashes bytea not null,
    primary key (tenant, level, tile)
  )`,
  // Hashes do not compress; and only the last tile of a level is ever updated.
  `alter table audit_tile alter column hashes set storage external`,
  `create table audit_checkpoint (
    tenant text not null,
    size bigint not null,
    at timestamptz(3) not null,
    note text not null,
    primary key (tenant, size)
  )`,
  // Written by the sealer alone.
  `create table audit_roll_up (
    tenant text not null,
    window_start timestamptz(3) not null,
    key text not null,
    repeats bigint not null,
    last_at timestamptz(3) not null,
    primary key (tenant, window_start, key)
  )`,
  // An owner may have several keys: two first events at the same time make one each rather than wait.
  `create table audit_person_key (
    tenant text not null,
    owner text not null,
    id text not null,
    wrapped text not null,
    made_at timestamptz(3) not null,
    primary key (tenant, owner, id)
  )`,
  // A seat belt against mistakes of ours and of administrators. Against those who take it off there are checkpoints.
  `create function audit_refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$`,
  ...['audit_event', 'audit_checkpoint'].map(
    (table) => `create trigger ${table}_append_only before update or delete or truncate on ${table}
      for each statement execute function audit_refuse_change()`,
  ),
]
