import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStoredHash } from '../../src/adapters/connectors/hashes/stored-hash.ts'
import { loadConfig } from '../../src/config/load.ts'
import { aStore } from '../contract/directory-sql.ts'
import { openSqlDirectory, type SqlStore } from '../support/sql-store.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const opened = new AsyncDisposableStack()
let store: SqlStore
let rekey: Attacked
const address = 'ada.home@example.test'
const person = { username: "o'neil", mails: ['oneil@example.test'], recoveryAddresses: [address] }

beforeAll(async () => {
  store = opened.use(await aStore('postgresql'))
  rekey = opened.use(await anAttackedRekey({ env: store.env, tenant: { directories: [store.entry] } }))
  await store.add({ ...person, password: oldPassword })
})

afterAll(() => opened.disposeAsync())

/** All that the connector may send when somebody begins. */
const statements = [
  /^\/\* rekey byUsername \*\/ select [^']* from "people" where lower\("login"\) = lower\(\$1\) limit 20$/,
  /^\/\* rekey byMail \*\/ select [^']* where lower\("email"\) = lower\(\$1\) or lower\("second_email"\) = lower\(\$2\) limit 20$/,
  /^\/\* rekey byUpn \*\/ select [^']* where lower\("sign_in_name"\) = lower\(\$1\) limit 20$/,
]

describe('[220] what is typed, on its way to a table', () => {
  const payloads = [
    "' or '1'='1",
    "o'neil' or ''='",
    "o'neil'; update people set private_email = 'thief@evil.test' where login = 'o''neil'; --",
    "o'neil' union select * from people --",
    'o$1neil',
    "o'neil'::text",
    "' or pg_sleep(5) is null --",
    "x@y.test' or email like '%@example.test",
    '%',
    "o'neil%",
    'o_neil',
    "O''NEIL",
  ]

  it('is one literal value beside the statement', async () => {
    const directory = openSqlDirectory(store.config)
    const inTime = () => AbortSignal.timeout(20_000)

    const heard = await store.database.heard(store.database.name, async () => {
      for (const value of payloads) {
        for (const by of ['username', 'mail', 'upn'] as const) {
          // What the server says to it is not the question here.
          await directory.find({ by, value }, inTime()).catch(() => [])
        }
      }
    })
    await directory.close()

    // The service beside it may give a connection back in the same moment.
    const asked = heard.filter((statement) => !statement.endsWith(' rollback'))
    expect(asked).toHaveLength(3 * payloads.length)
    for (const statement of asked) {
      expect(
        statements.some((known) => known.test(statement)),
        statement,
      ).toBe(true)
    }
  })

  it('finds nobody', async () => {
    const mails = rekey.mail.received.length

    for (const identifier of payloads) {
      expect((await rekey.post('/v1/recoveries', { identifier })).status).toBe(202)
    }
    await rekey.settled()

    expect(rekey.mail.received).toHaveLength(mails)
  })

  it('is the name of whoever is called so, and the password that was meant', async () => {
    const password = `'; update people set is_admin = true; -- $1 otters`
    const { token } = await rekey.mailed("O'Neil", address)
    const { json } = await rekey.post('/v1/links', { token })
    const { id, secret } = json as { id: string; secret: string }

    expect((await rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)).status).toBe(200)

    const [row] = await store.database.query('select password_hash, is_admin, private_email from people')
    expect(row).toMatchObject({ is_admin: false, private_email: address })
    expect(await readStoredHash(String(row?.['password_hash']))?.(Buffer.from(password))).toBe(true)
  })
})

describe('[220] a name of the configuration', () => {
  it.each([
    ['table', 'people"; drop table people; --'],
    ['table', 'people where true; --'],
    ['columns.username', 'login" = login or "login'],
    ['columns.mails.0', 'email") = lower(email) or ("email'],
    ['privileged.0.column', 'false as is_admin'],
    ['history.at', 'now()'],
  ])('%s is a name or nothing: %s', async (path, name) => {
    const changed = structuredClone(store.entry) as Record<string, unknown>
    const parts = path.split('.')
    const last = parts.pop() ?? ''
    const holder = parts.reduce<unknown>((at, part) => Reflect.get(Object(at), part), changed)
    Reflect.set(Object(holder), last, name)
    const other = anAttackedRekey({ env: store.env, tenant: { directories: [changed] } })

    await expect(other).rejects.toThrow(/must be the name of a (column|table)/)
    expect(() => loadConfig(rekey.env)).not.toThrow()
  })
})
