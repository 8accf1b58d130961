import { describe, expect, it } from 'vitest'
import { readNamed } from './named.ts'

const read = (statement: string, dialect: 'postgresql' | 'mariadb' = 'postgresql') =>
  readNamed(statement, { dialect, what: 'queries.read', known: ['key', 'value'], needed: ['key'] })
const placesIn = (...asked: Parameters<typeof read>) =>
  read(...asked).places.map((place) => ('name' in place ? place.name : ''))

describe('a statement of the configuration', () => {
  it('is sent as it stands, but for its values', () => {
    const { texts, places } = read('select * from t where a = :value and id = :key;')

    expect(texts).toEqual(['select * from t where a = ', ' and id = ', ''])
    expect(places).toEqual([{ name: 'value' }, { name: 'key' }])
  })

  it.each([
    "select ':value' from t where id = :key",
    "select 'it''s :value' from t where id = :key",
    'select ":value" from t where id = :key',
    'select 1 -- :value, or not\nfrom t where id = :key',
    'select /* :value; */ 1 from t where id = :key',
    'select $$:value;$$ from t where id = :key',
    'select $a$ :value $b$ $a$ from t where id = :key',
    "select a::text, ';' from t where id = :key::bigint",
  ])('has no values within texts, names and comments: %s', (statement) => {
    expect(placesIn(statement)).toEqual(['key'])
  })

  it.each([
    "select 'it\\'s :value' from t where id = :key",
    'select `:value` from t where id = :key',
    'select 1 # :value\nfrom t where id = :key',
    'select "a \\" :value" from t where id = :key',
  ])('has none within MariaDB’s own quotes either: %s', (statement) => {
    expect(placesIn(statement, 'mariadb')).toEqual(['key'])
  })

  it.each([
    ['select 1; drop table t where id = :key', /must be one statement/],
    ['select * from t where id = :id', /has no value ":id"; it may use :key, :value/],
    ['select * from t where a = :value', /does not use :key/],
    ["select ':key' from t", /does not use :key/],
  ])('is refused with what is wrong: %s', (statement, words) => {
    expect(() => read(statement)).toThrow(
      expect.objectContaining({ code: 'directory-misconfigured', message: expect.stringMatching(words) }),
    )
  })
})
