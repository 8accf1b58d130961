import type { Kysely, Transaction } from 'kysely'
import { type DirectoryEntry, fold, foldMail } from '../../../core/accounts/index.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Secret } from '../../../kernel/secret.ts'
import { type Argon2Cost, argon2idHash } from '../hashes/argon2.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import { passwordText } from '../password-text.ts'
import { entryOf } from './directory.ts'
import type { LocalTables, Place } from './tables.ts'

/** A person to put into the embedded directory; what is left out is empty or false. */
export interface LocalAccount {
  username: string
  displayName: string
  mails?: readonly string[]
  upn?: string
  recoveryAddresses?: readonly string[]
  recoveryNumbers?: readonly string[]
  /** BCP 47. */
  locale?: string
  disabled?: boolean
  privileged?: boolean
  federated?: boolean
  secondFactor?: boolean
  contextWords?: readonly string[]
  groups?: readonly string[]
  /** Only for an account that has no password yet: an existing one is changed by nobody but its owner. */
  password?: Secret | { hash: string }
  /** Only for an account that is new. */
  locked?: boolean
}

export interface LocalAccounts {
  /** Adds the account or brings its facts up to date, told by its user name. Returns its key, which stays. */
  upsert(account: LocalAccount): Promise<string>
  /** Whether there was one. The key stays, so everything that Rekey knows about the account does. */
  rename(username: string, newUsername: string): Promise<boolean>
  /** Whether there was one. */
  remove(username: string): Promise<boolean>
  /** By user name. */
  list(): Promise<readonly DirectoryEntry[]>
}

const defaultCost: Argon2Cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }

/**
 * The embedded directory as its administrator sees it: for seeding and for imports. Throws `TypeError` for a
 * hash of no accepted format and for a password that no directory accepts.
 */
export function makeLocalAccounts(
  database: Kysely<unknown>,
  tenant: string,
  directory: string,
  outside: Outside,
): LocalAccounts {
  const tables = database.$extendTables<LocalTables>()
  const place: Place = { tenant, directory }
  const byName = (username: string) =>
    tables
      .selectFrom('local_account')
      .select(['key', 'password_hash'])
      .where('tenant', '=', tenant)
      .where('directory', '=', directory)
      .where('username_folded', '=', fold(username))
      .executeTakeFirst()

  return {
    async upsert(account) {
      const before = await byName(account.username)
      // Before the transaction: a hash takes longer than a row should be locked.
      const hash = (before?.password_hash ?? null) === null ? await hashOf(account.password) : null
      return tables.transaction().execute(async (transaction) => {
        const key = await writeAccount(transaction, { account, place, hash, outside })
        await writeMails(transaction, { place, key, mails: account.mails ?? [] })
        return key
      })
    },
    async rename(username, newUsername) {
      const { numUpdatedRows } = await tables
        .updateTable('local_account')
        .set({ username: newUsername, username_folded: fold(newUsername) })
        .where('tenant', '=', tenant)
        .where('directory', '=', directory)
        .where('username_folded', '=', fold(username))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async remove(username) {
      const { numDeletedRows } = await tables
        .deleteFrom('local_account')
        .where('tenant', '=', tenant)
        .where('directory', '=', directory)
        .where('username_folded', '=', fold(username))
        .executeTakeFirst()
      return numDeletedRows === 1n
    },
    async list() {
      const rows = await tables
        .selectFrom('local_account')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('directory', '=', directory)
        .orderBy('username_folded')
        .execute()
      return rows.map((row) => entryOf(row, outside.now()))
    },
  }
}

async function hashOf(password: LocalAccount['password']): Promise<string | null> {
  if (password === undefined) return null
  if ('hash' in password) {
    if (readStoredHash(password.hash) === null) throw new TypeError('the hash is of no accepted format')
    return password.hash
  }
  const text = passwordText(password)
  if (text === null) throw new TypeError('the password is empty or no text')
  return argon2idHash(Buffer.from(text, 'utf8'), defaultCost)
}

async function writeAccount(
  transaction: Transaction<LocalTables>,
  options: { account: LocalAccount; place: Place; hash: string | null; outside: Outside },
): Promise<string> {
  const { account, place, hash, outside } = options
  const now = outside.now()
  const facts = {
    username: account.username,
    username_folded: fold(account.username),
    display_name: account.displayName,
    mails: [...(account.mails ?? [])],
    upn: account.upn ?? null,
    upn_folded: account.upn === undefined ? null : fold(account.upn),
    recovery_addresses: [...(account.recoveryAddresses ?? [])],
    recovery_numbers: [...(account.recoveryNumbers ?? [])],
    locale: account.locale ?? null,
    disabled: account.disabled ?? false,
    privileged: account.privileged ?? false,
    federated: account.federated ?? false,
    second_factor: account.secondFactor ?? false,
    context_words: [...(account.contextWords ?? [])],
    groups: [...(account.groups ?? [])],
  }
  const first =
    hash === null ? {} : { password_hash: hash, password_changed_at: now, password_history: [hash] }
  const { key } = await transaction
    .insertInto('local_account')
    .values({
      ...place,
      ...facts,
      ...first,
      key: newId(outside),
      locked_at: account.locked === true ? now : null,
    })
    .onConflict((conflict) => conflict.columns(['tenant', 'directory', 'username_folded']).doUpdateSet(facts))
    .returning('key')
    .executeTakeFirstOrThrow()
  if (hash !== null) {
    // An account that was there without a password; one that got a password meanwhile keeps it.
    await transaction
      .updateTable('local_account')
      .set({ password_hash: hash, password_changed_at: now, password_history: [hash], must_change: false })
      .where('tenant', '=', place.tenant)
      .where('directory', '=', place.directory)
      .where('key', '=', key)
      .where('password_hash', 'is', null)
      .execute()
  }
  return key
}

async function writeMails(
  transaction: Transaction<LocalTables>,
  { place, key, mails }: { place: Place; key: string; mails: readonly string[] },
): Promise<void> {
  await transaction
    .deleteFrom('local_account_mail')
    .where('tenant', '=', place.tenant)
    .where('directory', '=', place.directory)
    .where('key', '=', key)
    .execute()
  const folded = [...new Set(mails.map(foldMail))]
  if (folded.length === 0) return
  await transaction
    .insertInto('local_account_mail')
    .values(folded.map((mail_folded) => ({ ...place, key, mail_folded })))
    .execute()
}
