import mysql from 'mysql2/promise'
import pg from 'pg'
import { argon2idHash } from '../server/src/adapters/connectors/hashes/argon2.ts'
import { Secret } from '../server/src/kernel/secret.ts'
import { type Dialect, startSqlServer } from '../server/test/support/sql-servers.ts'
import { makeSqlStore, openSqlDirectory, type SqlStore } from '../server/test/support/sql-store.ts'
import { inTurns } from './harness/per-second.ts'
import { print } from './harness/rows.ts'

/**
 * Resets per second through the SQL connector: who may come back is read, the new password is hashed, and all is read
 * again in the transaction that writes. Former passwords are not compared: the driver has none. Beside it, in the same
 * run and as many at once, the driver alone: hash, and one update.
 */
const rounds = 3
const people = 120
const atOnce = 8
const cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }

for (const dialect of ['postgresql', 'mariadb'] as const) await measure(dialect)

async function measure(dialect: Dialect): Promise<void> {
  await using server = await startSqlServer(dialect)
  await using store = await makeSqlStore(server)
  const keys: string[] = []
  for (let number = 0; number < people; number += 1) {
    keys.push(await store.add({ username: `person-${number}`, password: 'violet tundra kettle' }))
  }
  const { history: _, ...withoutHistory } = store.config
  const directory = openSqlDirectory({ ...withoutHistory, connections: atOnce })
  const bare = await bareDriver(store)
  const measured = await inTurns(
    { rounds, keys, atOnce },
    {
      alone: async (key, password) => bare.write(key, await argon2idHash(Buffer.from(password), cost)),
      async resets(key, password) {
        const written = await directory.setPassword(key, new Secret(password), AbortSignal.timeout(20_000))
        if (!written.ok) throw new Error(written.because)
      },
    },
  )
  await bare.close()
  await directory.close()
  print({
    what: `resets per second in a table of ${dialect}`,
    values: measured.resets,
    unit: '/s',
    beside: { what: 'argon2id and an update by the driver', values: measured.alone },
    aim: { ratio: 0.85 },
  })
}

/** A pool as its documentation has it, with as many connections as the connector. */
async function bareDriver({ config, server, database }: SqlStore) {
  const account = { user: config.user, password: config.password?.reveal() ?? '', database: database.name }
  const where = { host: '127.0.0.1', port: server.port, ...account }
  if (server.dialect === 'postgresql') {
    const pool = new pg.Pool({ ...where, max: atOnce })
    return {
      write: async (key: string, hash: string) => {
        await pool.query('update people set password_hash = $1 where id = $2', [hash, key])
      },
      close: () => pool.end(),
    }
  }
  const pool = mysql.createPool({ ...where, connectionLimit: atOnce })
  return {
    write: async (key: string, hash: string) => {
      await pool.execute('update people set password_hash = ? where id = ?', [hash, key])
    },
    close: () => pool.end(),
  }
}
