import type { UpdateObject } from 'kysely'
import type { ChangeRequired, Unlocked } from '../../../core/accounts/ports.ts'
import { withinDeadline } from '../deadline.ts'
import { databaseFault } from './database-fault.ts'
import { type LocalAccountRow, rowOf } from './directory.ts'
import type { LocalDatabase, LocalTables, Place } from './tables.ts'

interface Marking {
  marks: UpdateObject<LocalTables, 'local_account'>
  mayHaveFactor: boolean
}

/**
 * What is kept beside a password: the lock, and "must change". Neither is for who may not come back by mail; with a second
 * factor a password may be changed, and so marked.
 */
export function makeMarks({ database, place }: { database: LocalDatabase; place: Place }) {
  const write = (key: string, { marks, mayHaveFactor }: Marking) =>
    database
      .updateTable('local_account')
      .set(marks)
      .where('tenant', '=', place.tenant)
      .where('directory', '=', place.directory)
      .where('key', '=', key)
      .where('disabled', '=', false)
      .where('federated', '=', false)
      .where('privileged', '=', false)
      .$if(!mayHaveFactor, (still) => still.where('second_factor', '=', false))
      .executeTakeFirst()

  /** What was there before; null when there is nobody to mark. */
  const mark = async (
    key: string,
    marking: Marking,
    signal: AbortSignal,
  ): Promise<LocalAccountRow | null> => {
    let sent = false
    const steps = async () => {
      const row = await rowOf(database, place, key)
      if (row === undefined) return null
      signal.throwIfAborted()
      sent = true
      const { numUpdatedRows } = await write(key, marking)
      return numUpdatedRows === 1n ? row : null
    }
    try {
      return await withinDeadline(steps(), signal)
    } catch (error) {
      throw databaseFault(error, { maybeWritten: sent })
    }
  }

  return {
    async unlock(key: string, signal: AbortSignal): Promise<Unlocked> {
      const before = await mark(
        key,
        { marks: { failed_count: 0, failed_since: null, locked_at: null }, mayHaveFactor: false },
        signal,
      )
      return before === null
        ? { ok: false, because: 'account-unavailable' }
        : { ok: true, wasLocked: before.locked_at !== null }
    },
    async requireChange(key: string, signal: AbortSignal): Promise<ChangeRequired> {
      const before = await mark(key, { marks: { must_change: true }, mayHaveFactor: true }, signal)
      return before === null ? { ok: false, because: 'account-unavailable' } : { ok: true }
    },
  }
}
