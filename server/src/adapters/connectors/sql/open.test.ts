import type { Kysely } from 'kysely'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { systemOutside } from '../../../kernel/outside.ts'
import { SqlConfig } from './config.ts'
import { mariadb } from './dialects/mariadb.ts'
import { listed, postgresql } from './dialects/postgresql.ts'
import { openSql } from './directory.ts'
import { entryOf } from './rows.ts'

const least = {
  dialect: 'postgresql',
  host: 'db.example.org',
  database: 'shop',
  user: 'rekey',
  table: 'people',
  columns: { key: 'id', username: 'login', password: 'hash' },
  privileged: 'nobody',
}
const complete = (changes: object = {}): unknown => Value.Default(SqlConfig, { ...least, ...changes })
const configOf = (changes: object = {}): SqlConfig => Value.Parse(SqlConfig, complete(changes))
const open = (changes: object = {}) =>
  openSql(configOf(changes), {
    ...systemOutside,
    ...{ tenant: 'example', name: 'people', warn: () => {} },
    database: null as unknown as Kysely<unknown>,
  })
const fits = (changes: object) => Value.Check(SqlConfig, complete(changes))

describe('a directory in SQL', () => {
  it('is opened without asking a server, and has the abilities that its columns give it', () => {
    const columns = { ...least.columns, locked: { column: 'locked' }, mustChange: { column: 'must' } }

    expect(open().abilities).toEqual({
      ...{ unlock: false, history: false, lockedIsVisible: false, changeAsUser: false, mustChange: false },
      verifies: true,
    })
    expect(open({ columns }).abilities).toMatchObject({
      unlock: true,
      lockedIsVisible: true,
      mustChange: true,
    })
  })

  it('is none before it is said who is privileged', () => {
    const { privileged: _, ...silent } = least

    expect(Value.Check(SqlConfig, Value.Default(SqlConfig, silent))).toBe(false)
    expect(fits({ privileged: [] })).toBe(false)
    expect(fits({ privileged: [{ column: 'is_admin' }] })).toBe(true)
  })

  it.each([
    [{ host: undefined }, /host or socket/],
    [{ socket: '/run/postgresql' }, /host or socket, and one of them only/],
    [{ insecureLoopback: true }, /insecureLoopback does not go with host db.example.org/],
    [{ host: undefined, socket: '/run/x', caFile: '/ca.pem' }, /caFile does not go with socket/],
    [{ caFile: '/nowhere/ca.pem' }, /\/nowhere\/ca.pem can't be read/],
    [{ caFile: import.meta.filename.replace('open.test', 'config') }, /holds no PEM certificate/],
    [{ table: undefined }, /give table, or queries\.byUsername/],
    [{ queries: { read: 'select 1; select :key' } }, /queries\.read must be one statement/],
    [
      { queries: { setPassword: 'update t set h = :hash where id = :key' } },
      /setPassword does not use :expectedHash/,
    ],
    [{ columns: { ...least.columns, mustChange: { column: 's', values: ['x'] } } }, /say with "off"/],
  ])('is refused before any server is asked: %o', (changes, words) => {
    const given = Object.entries({ ...least, ...changes }).filter(([, value]) => value !== undefined)
    const config = Value.Parse(SqlConfig, Value.Default(SqlConfig, Object.fromEntries(given)))
    const opening = () =>
      openSql(config, {
        ...systemOutside,
        ...{ tenant: 'example', name: 'people', warn: () => {} },
        database: null as unknown as Kysely<unknown>,
      })

    expect(opening).toThrow(
      expect.objectContaining({ code: 'directory-misconfigured', message: expect.stringMatching(words) }),
    )
  })

  it('takes no name that would have to be quoted, and quotes every name all the same', () => {
    for (const name of [
      'a"b',
      'a`b',
      'a;b',
      "a'b",
      'a b',
      'a)',
      'a\0b',
      'a.b.c',
      '',
      'a\n',
      '1a',
      'é',
      'x'.repeat(64),
    ]) {
      expect(fits({ columns: { ...least.columns, username: name } }), name).toBe(false)
      expect(fits({ table: name }), name).toBe(false)
    }
    expect(fits({ table: 'hr.people' })).toBe(true)
    expect(postgresql.quote('a"; drop table people; --')).toBe('"a""; drop table people; --"')
    expect(mariadb.quote('a`; drop table people; --')).toBe('`a``; drop table people; --`')
  })
})

describe('a row', () => {
  const config = configOf({
    columns: {
      ...least.columns,
      ...{
        mails: ['mail', 'mails'],
        displayName: ['name'],
        locale: 'lang',
        groups: ['teams'],
        failedTries: 'tries',
      },
    },
    secondFactor: [{ column: 'totp' }],
  })
  const row = {
    id: '7',
    login: 'ada',
    mail: null,
    mails: null,
    name: null,
    lang: null,
    teams: null,
    tries: null,
    totp: '0',
  }
  const entry = (changes: Readonly<Record<string, string | null>> = {}) =>
    entryOf({ ...row, ...changes }, config, new Date())

  it('gives lists from several columns, and from JSON in one of them', () => {
    expect(entry({ mail: 'a@example.test', mails: '["b@example.test","c@example.test"]' }).mails).toEqual([
      'a@example.test',
      'b@example.test',
      'c@example.test',
    ])
    expect(entry({ mail: '', mails: '[]' }).mails).toEqual([])
    expect(entry({ teams: '[1, 2]' }).groups).toEqual(['[1, 2]'])
    expect(entry({ teams: '[red] team' }).groups).toEqual(['[red] team'])
  })

  it('gives what is left out as nothing', () => {
    expect(entry()).toMatchObject({
      displayName: 'ada',
      locale: null,
      secondFactor: false,
      upn: null,
      place: null,
    })
    expect(entry().password).toEqual({ changedAt: null, mustChange: false, expiresAt: null, failedTries: 0 })
  })

  it('gives languages as BCP 47 has them', () => {
    expect([entry({ lang: 'de_AT.UTF-8' }).locale, entry({ lang: 'fr' }).locale]).toEqual(['de-AT', 'fr'])
    expect(entry({ lang: 'none of your business' }).locale).toBeNull()
  })

  it('without a key or a name is refused, and a column that is missing is no "no"', () => {
    for (const column of ['id', 'login']) {
      expect(() => entry({ [column]: null })).toThrow(
        expect.objectContaining({ code: 'directory-misconfigured' }),
      )
    }
    const { totp: _, ...without } = row
    expect(entryOf(without, config, new Date()).secondFactor).toBe(true)
  })
})

it('a list of PostgreSQL is read item by item', () => {
  expect(listed('{a,"b \\"c\\", d",NULL,"NULL","x\\\\y"}')).toEqual(['a', 'b "c", d', 'NULL', 'x\\y'])
  expect(listed('{}')).toEqual([])
})
