import { sql } from 'kysely'
import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../../core/accounts/eligibility.ts'
import type { PasswordChange, PasswordWrite } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { withinDeadline } from '../deadline.ts'
import { argon2idHash } from '../hashes/argon2.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import type { LocalConfig } from './config.ts'
import { databaseFault } from './database-fault.ts'
import { entryOf, type LocalAccountRow, rowOf } from './directory.ts'
import type { LocalDatabase, Place } from './tables.ts'

export function makeSetPassword(deps: {
  database: LocalDatabase
  place: Place
  config: LocalConfig
  outside: Pick<Outside, 'now'>
}) {
  const { database, place, config, outside } = deps

  /** One statement writes the password, moves the history on and lifts the lock. */
  const write = ({ key, proven, by }: Request, hash: string) =>
    database
      .updateTable('local_account')
      .set({
        password_hash: hash,
        password_changed_at: outside.now(),
        password_history: sql<
          string[]
        >`(array_prepend(${hash}::text, password_history))[1:${config.history}::int]`,
        failed_count: 0,
        failed_since: null,
        locked_at: null,
        must_change: false,
      })
      .where('tenant', '=', place.tenant)
      .where('directory', '=', place.directory)
      .where('key', '=', key)
      // Once more, in the statement itself: they may have changed since they were read.
      .where('federated', '=', false)
      .where('privileged', '=', false)
      .$if(by !== 'offboarding', (still) => still.where('disabled', '=', false))
      .$if(by === 'mail', (still) => still.where('second_factor', '=', false))
      .$if(proven !== null, (still) => still.where('password_hash', '=', proven))
      .executeTakeFirst()

  const isTooYoung = ({ must_change, password_changed_at }: LocalAccountRow) =>
    !must_change &&
    password_changed_at !== null &&
    password_changed_at.getTime() + config.minAgeSeconds * 1000 > outside.now().getTime()

  /** `missed` is what is said when the account is no longer what it was when the password was hashed. */
  const attempt = async <Missed extends string>(
    request: Request & { missed: Missed },
    signal: AbortSignal,
  ): Promise<PasswordWrite | { ok: false; because: Missed }> => {
    const { key, password, proven, by, owed, missed } = request
    let sent = false
    const steps = async () => {
      const row = await rowOf(database, place, key)
      if (row === undefined || whyNot[by](entryOf(row, outside.now())) !== null)
        return { ok: false, because: 'account-unavailable' } as const
      if (proven !== null && !owed && isTooYoung(row))
        return { ok: false, because: 'password-too-young' } as const
      const earlier = config.history === 0 ? [] : [row.password_hash, ...row.password_history]
      if (await isAmong(password, earlier.slice(0, config.history + 1))) {
        return { ok: false, because: 'password-in-history' } as const
      }
      const hash = await argon2idHash(password, config.argon2)
      // The deadline may have passed while this went on; then nothing is sent any more.
      signal.throwIfAborted()
      sent = true
      const { numUpdatedRows } = await write(request, hash)
      return numUpdatedRows === 1n ? ({ ok: true } as const) : ({ ok: false, because: missed } as const)
    }
    try {
      return await withinDeadline(steps(), signal)
    } catch (error) {
      throw databaseFault(error, { maybeWritten: sent })
    }
  }

  return {
    set: (key: string, password: Buffer, signal: AbortSignal): Promise<PasswordWrite> =>
      attempt({ key, password, ...unproven, by: 'mail', missed: 'account-unavailable' }, signal),
    offboard: (key: string, password: Buffer, signal: AbortSignal): Promise<PasswordWrite> =>
      attempt({ key, password, ...unproven, by: 'offboarding', missed: 'account-unavailable' }, signal),
    /**
     * `proven` is the hash that the current password was proven by. It is written while the account still has that one:
     * proof and write are one, without a lock on the row for as long as hashes take.
     */
    change: (
      request: { key: string; password: Buffer; proven: string; owed: boolean },
      signal: AbortSignal,
    ): Promise<PasswordChange> =>
      attempt({ ...request, by: 'change', missed: 'current-password-wrong' }, signal),
  }
}

interface Request {
  key: string
  password: Buffer
  /** The hash that the current password was proven by. */
  proven: string | null
  /** Their owner was asked for another one, so that no minimum age holds. */
  owed: boolean
  by: keyof typeof whyNot
}

const unproven = { proven: null, owed: false } as const

/** Who may not have a password written. With the current one proven a second factor is the caller's to see to. */
const whyNot = { mail: whyNotByMail, change: whyNotByChange, offboarding: whyNotByOffboarding } as const

async function isAmong(password: Buffer, hashes: readonly (string | null)[]): Promise<boolean> {
  for (const hash of new Set(hashes)) {
    const check = hash === null ? null : readStoredHash(hash)
    if (check !== null && (await check(password))) return true
  }
  return false
}
