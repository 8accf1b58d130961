import { type Kysely, sql } from 'kysely'

/** Agents that serve directories in closed networks. */
export const agentsMigration = {
  name: 'agents',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

/** When a node heard of an agent last: what it says of its lines is gone by the time that somebody asks. */
export const agentSeenMigration = {
  name: 'agent-seen',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table agent add column seen_at timestamptz`.execute(db)
  },
}

const statements = [
  // What the servers of a tenant sign with, newest last; each but the first is signed by the one before.
  `create table agent_server_key (
    tenant text not null,
    number integer not null,
    public_key text not null,
    sealed text not null,
    succession text,
    signature text,
    drawn_at timestamptz not null,
    primary key (tenant, number)
  )`,
  `create unique index agent_server_key_public on agent_server_key (tenant, public_key)`,
  `create table agent (
    tenant text not null,
    directory text not null,
    name text not null,
    signing_key text not null,
    sealing_key text not null,
    previous_signing_key text,
    previous_until timestamptz,
    enrolled_at timestamptz not null,
    rotated_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant, directory, name)
  )`,
  // The code itself is derived from a token key, so that no row lets anybody in.
  `create table agent_enrolment (
    tenant text not null,
    id text not null,
    directory text not null,
    agent text not null,
    key_id text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant, id)
  )`,
  // What nodes say of the agents that are connected to them.
  `create table agent_line (
    tenant text not null,
    directory text not null,
    agent text not null,
    node text not null,
    told_at timestamptz not null,
    state jsonb not null,
    primary key (tenant, directory, agent, node)
  )`,
]
