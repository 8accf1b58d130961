import type { Kysely } from 'kysely'
import { readStoredHash } from '../../src/adapters/connectors/hashes/stored-hash.ts'
import { type LocalAccounts, makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import type { LocalTables } from '../../src/adapters/connectors/local/tables.ts'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { runningConnection } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import type { Rekey } from './rekey-process.ts'

type Running = Pick<Rekey, 'dataFolder'>

/** Does something in the database of a running service, beside it: its directory, and whatever else is in there. */
export async function inDatabaseOf<T>(
  { dataFolder }: Running,
  work: (database: Kysely<LocalTables>, accounts: LocalAccounts) => Promise<T>,
): Promise<T> {
  const { kysely, close } = openDatabase<unknown>({ connection: runningConnection(dataFolder) })
  try {
    const database = kysely.$extendTables<LocalTables>()
    return await work(database, makeLocalAccounts(kysely, 'northwind', 'people', systemOutside))
  } finally {
    await close()
  }
}

/** Whether the demo's directory has this password for somebody, asked at its own database beside the service. */
export const demoOpens = (rekey: Running, username: string, password: string): Promise<boolean> =>
  inDatabaseOf(rekey, async (database) => {
    const found = await database
      .selectFrom('local_account')
      .select('password_hash')
      .where('username', '=', username)
      .executeTakeFirst()
    const check = readStoredHash(found?.password_hash ?? '')
    if (check === null) throw new Error(`the directory has no password for ${username}`)
    return check(Buffer.from(password))
  })
