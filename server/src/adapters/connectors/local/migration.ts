import { type Kysely, sql } from 'kysely'

/** Tables of the embedded directory. Every key starts with the tenant, and no statement joins two of them. */
const localDirectory = {
  name: 'local-directory',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

/** "Must change at next sign-in". */
const mustChange = {
  name: 'local-directory-must-change',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table local_account add column must_change boolean not null default false`.execute(db)
  },
}

const groups = {
  name: 'local-directory-groups',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table local_account add column groups text[] not null default '{}'`.execute(db)
  },
}

/** Since when wrong passwords count; the decoy's row costs what an account's does. */
const failedSince = {
  name: 'local-directory-failed-since',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table local_account add column failed_since timestamptz`.execute(db)
    await sql`alter table local_decoy add column failed_since timestamptz`.execute(db)
  },
}

const recoveryNumbers = {
  name: 'local-directory-recovery-numbers',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table local_account add column recovery_numbers text[] not null default '{}'`.execute(db)
  },
}

/** Oldest first. */
export const localDirectoryMigrations = [localDirectory, mustChange, groups, failedSince, recoveryNumbers]

const statements = [
  // Folding is the application's: what a collation calls equal differs between versions of its library.
  `create table local_account (
    tenant text collate "C" not null,
    directory text collate "C" not null,
    key text collate "C" not null,
    username text not null,
    username_folded text collate "C" not null,
    display_name text not null,
    mails text[] not null,
    upn text,
    upn_folded text collate "C",
    recovery_addresses text[] not null,
    locale text,
    disabled boolean not null,
    locked_at timestamptz,
    privileged boolean not null,
    federated boolean not null,
    second_factor boolean not null,
    context_words text[] not null,
    failed_count integer not null default 0,
    password_hash text,
    password_changed_at timestamptz,
    password_history text[] not null default '{}',
    primary key (tenant, directory, key),
    unique (tenant, directory, username_folded)
  )`,
  // Not unique: two people who share a sign-in name must be found to be two.
  `create index local_account_upn on local_account (tenant, directory, upn_folded)`,
  `create table local_account_mail (
    tenant text collate "C" not null,
    directory text collate "C" not null,
    mail_folded text collate "C" not null,
    key text collate "C" not null,
    primary key (tenant, directory, mail_folded, key),
    foreign key (tenant, directory, key) references local_account on delete cascade
  )`,
  `create index local_account_mail_key on local_account_mail (tenant, directory, key)`,
  `create table local_decoy (
    tenant text collate "C" not null,
    directory text collate "C" not null,
    failed_count integer not null,
    primary key (tenant, directory)
  )`,
]
