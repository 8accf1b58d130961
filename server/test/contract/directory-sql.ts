import { verify } from '@node-rs/argon2'
import { afterAll } from 'vitest'
import { commitOf } from '../../src/adapters/connectors/sql/work.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { type Dialect, type SqlServer, startSqlServer } from '../support/sql-servers.ts'
import { makeSqlStore, openSqlDirectory, type SqlStore } from '../support/sql-store.ts'
import { crowd, type DirectoryHarness, noRules, type World } from './directory-harness.ts'
import { startRelay } from './directory-relay.ts'

const started = new Map<Dialect, Promise<SqlServer>>()

/** One of each kind for a test file; they end with it. */
function sqlServer(dialect: Dialect): Promise<SqlServer> {
  const running = started.get(dialect) ?? startSqlServer(dialect)
  started.set(dialect, running)
  return running
}

afterAll(async () => {
  const all = [...started.values()]
  started.clear()
  for (const server of all) await (await server)[Symbol.asyncDispose]()
})

export const aStore = async (dialect: Dialect): Promise<SqlStore> => makeSqlStore(await sqlServer(dialect))

export const sqlHarness = (dialect: Dialect): DirectoryHarness => ({
  kind: 'sql',
  title: dialect === 'postgresql' ? 'sql on PostgreSQL' : 'sql on MariaDB',
  lengthMin: null,
  takesNul: true,
  lockoutTries: 3,
  changesAsUser: false,
  rules: { ...noRules, history: 3 },
  marksMustChange: true,
  tellsChanges: true,
  async open() {
    const store = await aStore(dialect)
    const directory = openSqlDirectory(store.config)
    return { ...worldOver(store, directory), [Symbol.asyncDispose]: () => endOf(store, directory) }
  },
  async openTroubled() {
    const store = await aStore(dialect)
    const relay = await startRelay({ host: '127.0.0.1', port: store.server.port })
    const { caFile: _, ...config } = store.config
    const clear = { ...config, host: '127.0.0.1', port: relay.port, insecureLoopback: true }
    const directory = openSqlDirectory(clear)
    return {
      ...worldOver(store, directory),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      onPasswordWrite: (mishap) => relay.onRequest(commitOf('a password'), mishap),
      async [Symbol.asyncDispose]() {
        await relay.cut()
        await endOf(store, directory)
      },
    }
  },
})

async function endOf(store: SqlStore, directory: Directory) {
  await directory.close()
  await store[Symbol.asyncDispose]()
}

function worldOver(store: SqlStore, directory: Directory): Omit<World, typeof Symbol.asyncDispose> {
  const { database, add } = store
  return {
    directory,
    add,
    async addCrowd(count) {
      const values = crowd(count).map((login) => `('${login}')`)
      await database.script(`insert into people (login) values ${values.join(', ')}`)
    },
    rename: (username, newUsername) => store.set(username, 'login', newUsername),
    async remove(username) {
      const text = `delete from people where login = ${store.server.dialect === 'postgresql' ? '$1' : '?'}`
      await database.query(text, [username])
    },
    disable: (username) => store.set(username, 'status', 'suspended'),
    enable: (username) => store.set(username, 'status', 'active'),
    async passwordWorks(username, password) {
      return verify((await store.hashOf(username)) ?? '', password)
    },
  }
}
