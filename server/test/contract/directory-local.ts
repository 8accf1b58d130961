import { verify } from '@node-rs/argon2'
import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import {
  local,
  localDirectoryMigrations,
  makeLocalAccounts,
} from '../../src/adapters/connectors/local/index.ts'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aDatabase } from '../support/database.ts'
import { crowd, type DirectoryHarness, noRules, type Person, type World } from './directory-harness.ts'
import { startRelay } from './directory-relay.ts'

export const localConfig = {
  lockoutTries: 3,
  history: 3,
  minAgeSeconds: 0,
  argon2: { memoryKibibytes: 19_456, passes: 2, lanes: 1 },
}

const place = { tenant: 'example', directory: 'people' }

export const localHarness: DirectoryHarness = {
  kind: 'local',
  title: 'local on PostgreSQL',
  lengthMin: null,
  takesNul: true,
  lockoutTries: localConfig.lockoutTries,
  changesAsUser: true,
  rules: { ...noRules, history: localConfig.history },
  marksMustChange: true,
  tellsChanges: true,
  async open() {
    const database = await aDatabase(localDirectoryMigrations)
    return {
      ...worldOver(database.kysely, database.kysely),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  },
  async openTroubled() {
    const database = await aDatabase(localDirectoryMigrations)
    const relayed = await relayedDatabase(database.config)
    const { relay } = relayed
    return {
      ...worldOver(relayed.kysely, database.kysely),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      // The statement that writes a password is the only one that moves the history on.
      onPasswordWrite: (mishap) => relay.onRequest('array_prepend', mishap),
      async [Symbol.asyncDispose]() {
        await relayed[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  },
}

/** The same database over a relay. */
export async function relayedDatabase(config: pg.PoolConfig) {
  const { host = '', port = 0 } = config
  const relay = await startRelay(
    host.startsWith('/') ? { path: `${host}/.s.PGSQL.${String(port)}` } : { host, port },
  )
  const { kysely, close } = openDatabase<unknown>({
    connection: { ...config, host: '127.0.0.1', port: relay.port },
  })
  return {
    kysely,
    relay,
    async [Symbol.asyncDispose]() {
      await relay.cut()
      await close()
    },
  }
}

/** `database` is the connector's way, `beside` a way of our own to the same rows. */
function worldOver(
  database: Kysely<unknown>,
  beside: Kysely<unknown>,
): Omit<World, typeof Symbol.asyncDispose> {
  const accounts = makeLocalAccounts(beside, place.tenant, place.directory, systemOutside)
  return {
    directory: openLocalDirectory(database),
    async add(person) {
      return accounts.upsert(accountOf(person))
    },
    async addCrowd(count) {
      for (const username of crowd(count)) await accounts.upsert({ username, displayName: username })
    },
    async rename(username, newUsername) {
      if (!(await accounts.rename(username, newUsername))) throw new Error('nobody to rename')
    },
    async remove(username) {
      if (!(await accounts.remove(username))) throw new Error('nobody to remove')
    },
    async disable(username) {
      await sql`update local_account set disabled = true where username = ${username}`.execute(beside)
    },
    async enable(username) {
      await sql`update local_account set disabled = false where username = ${username}`.execute(beside)
    },
    async passwordWorks(username, password) {
      const { rows } = await sql<{ password_hash: string }>`
        select password_hash from local_account where username = ${username}`.execute(beside)
      return verify(rows[0]?.password_hash ?? '', password)
    },
  }
}

export const openLocalDirectory = (
  database: Kysely<unknown>,
  options: Partial<typeof localConfig> & { now?: () => Date } = {},
) =>
  local.open(
    { ...localConfig, ...options },
    {
      ...systemOutside,
      ...(options.now === undefined ? {} : { now: options.now }),
      tenant: place.tenant,
      name: place.directory,
      database,
      warn: () => {},
    },
  )

export const localAccountsOver = (database: Kysely<unknown>) =>
  makeLocalAccounts(database, place.tenant, place.directory, systemOutside)

const accountOf = ({ password, displayName, ...person }: Person) => ({
  ...person,
  displayName: displayName ?? person.username,
  password: new Secret(password),
})
