import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { argon2idHash } from '../../src/adapters/connectors/hashes/argon2.ts'
import { SqlConfig } from '../../src/adapters/connectors/sql/config.ts'
import { sql } from '../../src/adapters/connectors/sql/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Person } from '../contract/directory-harness.ts'
import { type ConnectorOptions, connectorOutside } from './connector-outside.ts'
import { blockOf, markedBlocks } from './document.ts'
import type { Dialect, SqlDatabase, SqlServer } from './sql-servers.ts'

/** The tables, the service account and the configuration of docs/sql.md. */
export interface SqlStore extends AsyncDisposable {
  server: SqlServer
  database: SqlDatabase
  /** Over TLS. */
  config: SqlConfig
  /** The same as the configuration file has it; `password` lies in `TEST_SQL_PASSWORD`. */
  entry: Readonly<Record<string, unknown>>
  env: Readonly<Record<string, string>>
  /** As administrator. */
  add(person: Person): Promise<string>
  set(username: string, column: string, value: string | number | boolean | null): Promise<void>
  hashOf(username: string): Promise<string | null>
}

export async function makeSqlStore(server: SqlServer): Promise<SqlStore> {
  const { dialect } = server
  const database = await server.database()
  const blocks = await markedBlocks('docs/sql.md')
  // Accounts belong to the server and not to the database.
  const user = database.name
  await database.script(blockOf(blocks, `${dialect}-table`))
  const rights = blockOf(blocks, `${dialect}-rights`).replaceAll(/(?<=\b(?:to|role|user) )rekey\b/g, user)
  // The relay of the tests reads what passes by, so it can't be TLS there.
  await database.script(rights.replace(' require ssl', ''))
  const written = parse(
    blockOf(blocks, `${dialect}-config`, {
      'db.example.org': 'localhost',
      '# caFile: /etc/rekey/sql-ca.pem ': `caFile: ${server.caFile} `,
      'database: shop': `database: ${database.name}`,
      'user: rekey': `user: ${user}`,
    }),
  ) as Record<string, unknown>
  const { name, kind, ...settings } = written
  const password = new Secret('a password from a generator')
  const config: SqlConfig = {
    ...withDefaults({ ...settings, port: server.port, lockoutTries: 3, connections: 2 }),
    password,
  }
  const mark = dialect === 'postgresql' ? (at: number) => `$${at}` : () => '?'
  const key = dialect === 'postgresql' ? 'id::text' : 'cast(id as char)'
  return {
    server,
    database,
    config,
    entry: { name, kind, ...settings, port: server.port, password: { env: 'TEST_SQL_PASSWORD' } },
    env: { TEST_SQL_PASSWORD: password.reveal() },
    async add(person) {
      const row = Object.entries(await rowOf(person, dialect))
      const columns = row.map(([column]) => column).join(', ')
      await database.query(
        `insert into people (${columns}) values (${row.map((_each, index) => mark(index + 1)).join(', ')})`,
        row.map(([, value]) => value),
      )
      const [added] = await database.query(`select ${key} as k from people where login = ${mark(1)}`, [
        person.username,
      ])
      return String(added?.['k'])
    },
    async set(username, column, value) {
      const text = `update people set ${column} = ${mark(1)} where login = ${mark(2)}`
      await database.query(text, [value, username])
    },
    async hashOf(username) {
      const text = `select password_hash from people where login = ${mark(1)}`
      const [row] = await database.query(text, [username])
      const hash = row?.['password_hash']
      return typeof hash === 'string' ? hash : null
    },
    async [Symbol.asyncDispose]() {
      await database.script(
        dialect === 'postgresql' ? `drop owned by ${user}; drop role ${user}` : `drop user ${user}`,
      )
      await database[Symbol.asyncDispose]()
    },
  }
}

/** As the loader fills them in. */
export function withDefaults(settings: object): SqlConfig {
  const password = { file: 'filled in by the loader' }
  const { password: _, ...config } = Value.Parse(
    SqlConfig,
    Value.Default(SqlConfig, { ...settings, password }),
  )
  return config
}

/** Argon2id of the least cost that the connector takes, so that nothing is to be renewed. */
async function rowOf(person: Person, dialect: Dialect) {
  const cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }
  const [email = null, secondEmail = null] = person.mails ?? []
  const [privateEmail = null, partnerEmail = null] = person.recoveryAddresses ?? []
  const truth = (is = false) => (dialect === 'postgresql' ? is : Number(is))
  const factor = dialect === 'postgresql' ? { totp_enabled: true } : { totp_secret: 'a secret of theirs' }
  return {
    login: person.username,
    full_name: person.displayName ?? null,
    email,
    second_email: secondEmail,
    sign_in_name: person.upn ?? null,
    private_email: privateEmail,
    partner_email: partnerEmail,
    mobile: person.recoveryNumbers?.[0] ?? null,
    language: person.locale ?? null,
    password_hash: await argon2idHash(Buffer.from(person.password), cost),
    uses_sso: truth(person.federated),
    is_admin: truth(person.privileged),
    ...(person.secondFactor === true ? factor : {}),
  }
}

export const openSqlDirectory = (config: SqlConfig, options: ConnectorOptions = {}): Directory =>
  sql.open(config, connectorOutside(options))
