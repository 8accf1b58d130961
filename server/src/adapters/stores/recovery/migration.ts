import { type Kysely, sql } from 'kysely'

/** Every key starts with the tenant, and no statement of ours joins two tenants. */
export const recoveryMigration = {
  name: 'recovery',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

/** What happens to a message after it was handed to a mail server. */
export const messageOutcomeMigration = {
  name: 'message-outcome',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table message add column doubted_at timestamptz, add column bounced text`.execute(db)
    // Few at any time: the oldest of them is what an operator is warned by.
    await sql`create index message_waiting on message (ordered_at) where state = 'ordered'`.execute(db)
  },
}

/** Messages that go over the telephone network, and what is known of what they cost and come to. */
export const textsMigration = {
  name: 'texts',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table message
        add column channel text not null default 'email',
        add column reference text,
        add column country text,
        add column segments integer,
        add column cost_micros bigint,
        add column cost_currency text,
        add column receipt text,
        add column receipt_at timestamptz,
        add column entered_at timestamptz`.execute(db)
    // Mails are in neither.
    await sql`create index message_text on message (tenant, settled_at) where country is not null`.execute(db)
    await sql`
      create index message_reference on message (tenant, provider, reference)
      where reference is not null`.execute(db)
    await sql`create index message_text_flow on message (tenant, flow) where channel <> 'email'`.execute(db)
    await sql`
      create table paused_country (
        tenant text not null,
        country text not null,
        paused_at timestamptz not null,
        until timestamptz not null,
        primary key (tenant, country)
      )`.execute(db)
    await sql`
      create table text_spend (
        tenant text not null,
        day date not null,
        micros bigint not null,
        primary key (tenant, day)
      )`.execute(db)
  },
}

/** For flows that wait in Redis (decision record 0003); without Redis both columns stay as they are. */
export const flowsInRedisMigration = {
  name: 'flows-in-redis',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table flow add column began_in_redis boolean not null default false`.execute(db)
    await sql`alter table ledger add column waiting_over_at timestamptz`.execute(db)
  },
}

/** Who is signed in at the portal, and who must change a password. */
export const portalSessionMigration = {
  name: 'portal-session',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table ledger add column must_change text, add column must_change_at timestamptz`.execute(
      db,
    )
    await sql`create table portal_session (
      tenant text not null,
      id text not null,
      secret_digest text not null,
      subject text not null,
      directory text not null,
      account_key text not null,
      sealed text not null,
      token_version bigint not null,
      must_change text,
      service text,
      started_at timestamptz not null,
      ended_at timestamptz,
      primary key (tenant, id)
    )`.execute(db)
    await sql`create index portal_session_started on portal_session (started_at)`.execute(db)
  },
}

/** Who was invited to set a first password. Rows stay until the account has one: until then recovery leaves it alone. */
export const invitationMigration = {
  name: 'invitation',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of invitationStatements) await sql.raw(statement).execute(db)
  },
}

const invitationStatements = [
  `create table invitation (
    tenant text not null,
    id text not null,
    code_digest text not null,
    subject text not null,
    directory text not null,
    account_key text not null,
    sealed text not null,
    locale text not null,
    service text,
    invited_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    spent_at timestamptz,
    withdrawn_at timestamptz,
    primary key (tenant, id),
    unique (tenant, code_digest)
  )`,
  `create index invitation_subject on invitation (tenant, subject)`,
  `alter table message add column invitation text`,
]

/** Requests to close an account, which need the yes of somebody else. */
export const offboardingMigration = {
  name: 'offboarding',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table offboarding (
      tenant text not null,
      id text not null,
      subject text not null,
      state text not null,
      directory text not null,
      account_key text not null,
      sealed text not null,
      digest text not null,
      asked_by text not null,
      asked_at timestamptz not null,
      expires_at timestamptz not null,
      approved_by text,
      approved_at timestamptz,
      attempts integer not null default 0,
      because text,
      done_at timestamptz,
      primary key (tenant, id)
    )`.execute(db)
    await sql`create index offboarding_asked on offboarding (asked_at)`.execute(db)
    // Few at any time: what the sweeper looks through.
    await sql`create index offboarding_writing on offboarding (asked_at) where state = 'writing'`.execute(db)
  },
}

/** What is said, and asked, of passwords that are set already. */
export const setPasswordMigration = {
  name: 'set-passwords',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table ledger add column expiry_told_at timestamptz`.execute(db)
    await sql`alter table portal_session
      add column password_ends_at timestamptz, add column flaw text`.execute(db)
  },
}

/** Which marks "must change" are to be tried again. */
export const markFailedMigration = {
  name: 'mark-failed',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table ledger add column mark_failed_at timestamptz`.execute(db)
  },
}

/** Where a sign-in was proven; those from before were all made with a password. */
export const sessionMethodMigration = {
  name: 'session-method',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table portal_session add column proven_by text not null default 'password'`.execute(db)
  },
}

/** Passwords that may not be set again, where policy says so: slow hashes under a key that is not in the database. */
export const passwordHistoryMigration = {
  name: 'password-history',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table remembered_password (
      tenant text not null,
      subject text not null,
      number integer not null,
      key_id text not null,
      salt text not null,
      digest text not null,
      at timestamptz not null,
      write_flow text,
      write_attempt integer,
      primary key (tenant, subject, number)
    )`.execute(db)
  },
}

/** What an invitation knows of the account's password, and a "this was not me" about one. */
export const invitedElsewhereMigration = {
  name: 'invited-elsewhere',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table invitation add column password_set_at timestamptz`.execute(db)
    await sql`alter table disavowal alter column flow drop not null`.execute(db)
  },
}

/** That the owner of an account did not ask for an invitation. */
export const invitationDisownedMigration = {
  name: 'invitation-disowned',
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table invitation add column disowned_at timestamptz`.execute(db)
  },
}

/** Passwords that wait for their directory, and what they are judged by meanwhile (decision record 0010). */
export const waitingPasswordMigration = {
  name: 'waiting-password',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of waitingStatements) await sql.raw(statement).execute(db)
  },
}

/** What people have set up to prove themselves with (decision record 0011). */
export const enrolmentMigration = {
  name: 'enrolment',
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of enrolmentStatements) await sql.raw(statement).execute(db)
  },
}

const enrolmentStatements = [
  `create table enrolment (
    tenant text not null,
    subject text not null,
    id text not null,
    method text not null,
    sealed text not null,
    token_key_id text,
    created_at timestamptz not null,
    confirmed_at timestamptz,
    usable_from timestamptz not null,
    last_used_at timestamptz,
    primary key (tenant, id)
  )`,
  `create index enrolment_subject on enrolment (tenant, subject)`,
  `alter table ledger add column enrolled jsonb not null default '[]'`,
  `alter table disavowal add column about text`,
  `alter table portal_session add column awaits text, add column proven_at timestamptz`,
  `update portal_session set proven_at = started_at`,
  `alter table portal_session alter column proven_at set not null`,
]

const waitingStatements = [
  `create table waiting_password (
    tenant text not null,
    id text not null,
    subject text not null,
    directory text not null,
    account_key text not null,
    attempt integer not null,
    password_set_at timestamptz,
    accepted_at timestamptz not null,
    expires_at timestamptz not null,
    sealed text not null,
    password text not null,
    primary key (tenant, id),
    unique (tenant, subject)
  )`,
  // A row that was deleted leaves the file with the next round of the vacuum, however few there are.
  `alter table waiting_password set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)`,
  `create table seen_account (
    tenant text not null,
    subject text not null,
    sealed text not null,
    at timestamptz not null,
    primary key (tenant, subject)
  )`,
  `create index seen_account_at on seen_account (at)`,
  // Flows whose password waits are open as well.
  `drop index flow_open`,
  `create index flow_open on flow (tenant, subject)
    where state in ('awaiting-proof', 'proven', 'writing', 'accepted')`,
]

const statements = [
  // The one row that is nobody's: a word sealed under the data key, by which a wrong key is noticed.
  `create table installation (single boolean primary key check (single), sealed text not null)`,
  `create table flow (
    tenant text not null,
    id text not null,
    state text not null,
    subject text not null,
    secret_digest text not null,
    body jsonb not null,
    sealed text not null,
    started_at timestamptz not null,
    touched_at timestamptz not null,
    primary key (tenant, id)
  )`,
  // The other open flows of an account; ended ones are found by nobody.
  `create index flow_open on flow (tenant, subject) where state in ('awaiting-proof', 'proven', 'writing')`,
  `create index flow_touched on flow (touched_at)`,
  // Few at any time: what the sweeper looks through.
  `create index flow_writing on flow (touched_at) where state = 'writing'`,
  `create table ledger (
    tenant text not null,
    subject text not null,
    failed_tries timestamptz[] not null default '{}',
    token_version bigint not null default 0,
    written_at timestamptz,
    second_proof_until timestamptz,
    lease_flow text,
    lease_attempt integer,
    lease_until timestamptz,
    primary key (tenant, subject)
  )`,
  `create table account (
    tenant text not null,
    directory text not null,
    key text not null,
    subject text not null,
    primary key (tenant, directory, key),
    unique (tenant, subject)
  )`,
  `create table message (
    tenant text not null,
    id text not null,
    kind text not null,
    subject text not null,
    flow text,
    generation integer not null,
    key_id text not null,
    disavowal text,
    locale text not null,
    service text,
    facts jsonb not null,
    sealed text,
    ordered_at timestamptz not null,
    not_after timestamptz not null,
    state text not null default 'ordered',
    settled_at timestamptz,
    provider text,
    because text,
    primary key (tenant, id)
  )`,
  `create index message_ordered on message (tenant, ordered_at desc)`,
  `create table disavowal (
    tenant text not null,
    id text not null,
    code_digest text not null,
    subject text not null,
    flow text not null,
    sealed text not null,
    locale text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant, id),
    unique (tenant, code_digest)
  )`,
  `create index disavowal_expires on disavowal (expires_at)`,
  `create table ticket (
    tenant text not null,
    id text not null,
    subject text not null,
    flow text,
    because text not null,
    opened_at timestamptz not null,
    primary key (tenant, id)
  )`,
  `create table known_device (
    tenant text not null,
    subject text not null,
    device_digest text not null,
    seen_at timestamptz not null,
    primary key (tenant, subject, device_digest)
  )`,
]
