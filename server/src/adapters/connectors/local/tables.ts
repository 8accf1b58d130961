// Type aliases and not interfaces: Kysely asks for an index signature, which only aliases have implicitly.
import type { ColumnType, Generated, Kysely } from 'kysely'

/** A person of the embedded directory. `…_folded` columns hold what identifiers are compared by. */
export type LocalAccountTable = {
  tenant: string
  directory: string
  key: string
  username: string
  username_folded: string
  display_name: string
  /** Byte for byte and in order; `local_account_mail` is their index. */
  mails: string[]
  upn: string | null
  upn_folded: string | null
  recovery_addresses: string[]
  recovery_numbers: Generated<string[]>
  locale: string | null
  disabled: boolean
  /** Locked after too many wrong passwords, until a new one is set. */
  locked_at: Date | null
  privileged: boolean
  federated: boolean
  second_factor: boolean
  context_words: string[]
  groups: ColumnType<string[], string[] | undefined, string[]>
  /** Passwords asked about since the last right one, within the time that they count for. */
  failed_count: Generated<number>
  /** When the first of these was. */
  failed_since: Date | null
  /** In one of the formats of `hashes/`; null until a first password is set. */
  password_hash: string | null
  password_changed_at: Date | null
  /** Newest first, the current one included, as long as the directory keeps a history. */
  password_history: ColumnType<string[], string[] | undefined, string[]>
  /** Sign-in asks for a new password first. */
  must_change: Generated<boolean>
}

export type LocalAccountMailTable = {
  tenant: string
  directory: string
  mail_folded: string
  key: string
}

/** Counts what is asked about accounts that do not exist, so that asking costs the same (see `prove.ts`). */
export type LocalDecoyTable = {
  tenant: string
  directory: string
  failed_count: number
  failed_since: Date | null
}

export type LocalTables = {
  local_account: LocalAccountTable
  local_account_mail: LocalAccountMailTable
  local_decoy: LocalDecoyTable
}

export type LocalDatabase = Kysely<LocalTables>

/** Which of the directories that share the tables. */
export interface Place {
  tenant: string
  directory: string
}
