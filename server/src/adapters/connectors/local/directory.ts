import type { Selectable } from 'kysely'
import { whyNotByChange } from '../../../core/accounts/eligibility.ts'
import type {
  Directory,
  DirectoryEntry,
  DirectoryPasswordRules,
  IdentifierQuery,
} from '../../../core/accounts/ports.ts'
import { makeGather, NothingDone } from '../../../kernel/gather.ts'
import { withinDeadline } from '../deadline.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import type { LocalConfig } from './config.ts'
import { databaseFault, isRefusal } from './database-fault.ts'
import { findRows } from './find-rows.ts'
import { makeMarks } from './marks.ts'
import { failuresCountSeconds, makeProvePassword } from './prove-password.ts'
import { makeSetPassword } from './set-password.ts'
import type { LocalAccountTable, LocalDatabase, LocalTables, Place } from './tables.ts'

export function openLocal(config: LocalConfig, outside: ConnectorOutside): Directory {
  const database: LocalDatabase = outside.database.$extendTables<LocalTables>()
  const place: Place = { tenant: outside.tenant, directory: outside.name }
  const provePassword = makeProvePassword({ database, place, config, outside })
  const passwords = makeSetPassword({ database, place, config, outside })
  const marks = makeMarks({ database, place })

  const find = makeGather<IdentifierQuery, LocalAccountRow[]>({
    together: (queries) =>
      findRows(database, place, queries).catch((error: unknown) => {
        throw isRefusal(error) ? new NothingDone(error) : error
      }),
    itemsMax: 64,
    goesMax: 2,
  })

  const entry = (row: LocalAccountRow) => entryOf(row, outside.now())

  /** For reads: whatever goes wrong, nothing happened. */
  const reading = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await withinDeadline(work, signal)
    } catch (error) {
      throw databaseFault(error, { maybeWritten: false })
    }
  }

  return {
    name: outside.name,
    abilities: {
      unlock: true,
      history: config.history > 0,
      lockedIsVisible: true,
      changeAsUser: true,
      mustChange: true,
      verifies: true,
    },
    async find(query, signal) {
      // PostgreSQL's text has no NUL, and a lone surrogate would be sent as another character.
      if (!/^[^\0]+$/.test(query.value) || !query.value.isWellFormed()) return []
      return (await reading(find(query), signal)).map(entry)
    },
    async read(key, signal) {
      if (!isPossibleKey(key)) return null
      const row = await reading(rowOf(database, place, key), signal)
      return row === undefined ? null : entry(row)
    },
    async *list(signal) {
      for (let after = ''; ; ) {
        const rows = await reading(rowsAfter(database, place, after), signal)
        const last = rows.at(-1)
        if (last === undefined) return
        yield rows.map(entry)
        after = last.key
      }
    },
    async setPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      if (!isPossibleKey(key)) return { ok: false, because: 'account-unavailable' }
      return passwords.set(key, Buffer.from(text, 'utf8'), signal)
    },
    async offboard(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      if (!isPossibleKey(key)) return { ok: false, because: 'account-unavailable' }
      return passwords.offboard(key, Buffer.from(text, 'utf8'), signal)
    },
    async changePassword(key, { current, next, owed = false }, signal) {
      const [was, text] = [passwordText(current), passwordText(next)]
      if (was === null) return { ok: false, because: 'current-password-wrong' }
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      const row = isPossibleKey(key) ? await reading(rowOf(database, place, key), signal) : undefined
      if (row === undefined || whyNotByChange(entry(row)) !== null) {
        return { ok: false, because: 'account-unavailable' }
      }
      const { verdict, hash } = await reading(provePassword(key, Buffer.from(was, 'utf8'), signal), signal)
      if (!verdict.ok || hash === null) return { ok: false, because: 'current-password-wrong' }
      return passwords.change({ key, password: Buffer.from(text, 'utf8'), proven: hash, owed }, signal)
    },
    unlock: async (key, signal) =>
      isPossibleKey(key) ? marks.unlock(key, signal) : { ok: false, because: 'account-unavailable' },
    requireChange: async (key, signal) =>
      isPossibleKey(key) ? marks.requireChange(key, signal) : { ok: false, because: 'account-unavailable' },
    async passwordRules(key, signal) {
      const row = isPossibleKey(key) ? await reading(rowOf(database, place, key), signal) : undefined
      return row === undefined ? null : rulesOf(config)
    },
    async verifyPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'wrong' }
      const known = isPossibleKey(key) ? key : ''
      return (await reading(provePassword(known, Buffer.from(text, 'utf8'), signal), signal)).verdict
    },
    async check(signal) {
      await reading(database.selectFrom('local_account').select('key').limit(1).execute(), signal)
    },
    // The database is Rekey's own and outlives the directory.
    async close() {},
  }
}

/** The length is Rekey's own policy. Null where there is no rule. */
function rulesOf({ history, minAgeSeconds }: LocalConfig): DirectoryPasswordRules | null {
  if (history === 0 && minAgeSeconds === 0) return null
  const none = { lengthMin: null, maxAgeSeconds: null, graceSignIns: null, classesMin: null }
  return { ...none, history: history || null, minAgeSeconds: minAgeSeconds || null }
}

const isPossibleKey = (key: string) => /^[^\0]+$/.test(key) && key.isWellFormed()

export const rowOf = (database: LocalDatabase, { tenant, directory }: Place, key: string) =>
  database
    .selectFrom('local_account')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('directory', '=', directory)
    .where('key', '=', key)
    .executeTakeFirst()

/** A page of everybody, in the order of the keys. */
const rowsAfter = (database: LocalDatabase, { tenant, directory }: Place, after: string) =>
  database
    .selectFrom('local_account')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('directory', '=', directory)
    .where('key', '>', after)
    .orderBy('key')
    .limit(500)
    .execute()

export type LocalAccountRow = Selectable<LocalAccountTable>

export function entryOf(row: LocalAccountRow, now: Date): DirectoryEntry {
  const countsUntil = (row.failed_since?.getTime() ?? 0) + failuresCountSeconds * 1000
  return {
    key: row.key,
    username: row.username,
    displayName: row.display_name,
    mails: row.mails,
    upn: row.upn,
    recoveryAddresses: row.recovery_addresses,
    recoveryNumbers: row.recovery_numbers,
    locale: row.locale,
    disabled: row.disabled,
    locked: row.locked_at !== null,
    privileged: row.privileged,
    federated: row.federated,
    secondFactor: row.second_factor,
    contextWords: [...new Set([row.username, ...row.context_words])],
    password: {
      changedAt: row.password_changed_at,
      mustChange: row.must_change,
      expiresAt: null,
      failedTries: now.getTime() < countsUntil ? row.failed_count : 0,
    },
    place: null,
    groups: row.groups,
  }
}
