import { describe, expect, it } from 'vitest'
import type { Cell } from './dialect.ts'
import { mariadb } from './dialects/mariadb.ts'
import { postgresql } from './dialects/postgresql.ts'
import { holds, withoutYes, yesOf } from './marks.ts'
import { readTime } from './times.ts'

const now = new Date('2026-03-01T12:00:00Z')
const answer = (condition: Omit<Parameters<typeof holds>[0], 'column'>, cell: Cell) =>
  holds({ column: 'x', ...condition }, { x: cell }, now)

describe('a question about a row', () => {
  it.each([
    [{}, ['t', 'true', '1', 'Y', 'yes', '2'], ['f', 'false', '0', 'N', 'off', '', null]],
    [{ is: 'set' }, ['2020-01-01 00:00:00', 'x'], ['', ' ', '0000-00-00 00:00:00', null]],
    [
      { is: 'future' },
      ['2026-03-01 12:00:01', '2026-03-01 13:30:00+01', 'infinity', '1772366401'],
      ['2026-03-01 12:00:00', '2026-03-01 12:30:00+01', '1772366400', '0', '0000-00-00 00:00:00', null],
    ],
    [{ is: 'past' }, ['2026-03-01 12:00:00', '2020-01-01', '-infinity'], ['2026-03-01 12:00:01.5', '', null]],
    [{ values: ['Locked', 'closed'] }, ['locked', 'LOCKED', 'closed  '], ['active', '', null]],
    [{ except: ['active'] }, ['suspended', '', null], ['active', 'Active ']],
    [
      { values: ['admin', '7', 'a,b'] },
      [
        ['user', 'Admin'],
        '["user", "ADMIN"]',
        '[[7]]',
        '"admin"',
        ['a', 'b'],
        '[{"role":"user"}]',
        '{"user":true}',
      ],
      [['user', 'administrator'], [], '["user"]', '[]', '[null]', 'null', '[admin', '"user"'],
    ],
    [
      { except: ['active', 'old'] },
      [['active', 'gone'], [], '["active","gone"]', '[]', '[null]', '[{}]', '[active'],
      [['active', 'OLD'], '["Active", null]', '"active"'],
    ],
    [{ atLeast: 5 }, ['5', '6', '1e3', 'not a number'], ['4', '0', '', null]],
  ] as const)('%o is answered', (condition, yes, no) => {
    const asked = condition as Parameters<typeof answer>[0]

    for (const cell of yes) expect(answer(asked, cell), JSON.stringify(cell)).toBe(true)
    for (const cell of no) expect(answer(asked, cell), JSON.stringify(cell)).toBe(false)
  })

  it('that can’t be asked counts as yes', () => {
    for (const column of ['y', 'toString', '__proto__']) expect(holds({ column }, { x: '0' }, now)).toBe(true)
  })

  it('is asked in one way', () => {
    expect(() => answer({ is: 'set', values: ['x'] }, 'x')).toThrow(/column "x" says set and values/)
  })
})

describe('a mark that is written', () => {
  const mark = { column: 'status', values: ['locked'], on: 'locked', off: 'active' }

  it('takes back only what means yes', () => {
    expect(withoutYes(mark, postgresql)).toEqual({
      texts: ['case when lower("status"::text) in (', ') then ', ' else "status" end'],
      places: [{ constant: 'locked' }, { constant: 'active' }],
    })
    expect(withoutYes({ column: 'ok', except: ['yes'], off: 'yes' }, mariadb).texts.join('?')).toBe(
      'case when `ok` in (?) then `ok` else ? end',
    )
  })

  it('has to be told what to write where nothing says so', () => {
    expect(() => yesOf({ column: 'status', values: ['locked'] }, postgresql)).toThrow(/say with "on"/)
    expect(() => withoutYes({ column: 'status', values: ['locked'] }, postgresql)).toThrow(/say with "off"/)
    expect(yesOf({ column: 'b' }, mariadb).places).toEqual([{ constant: 1 }])
    expect(yesOf({ column: 'b' }, postgresql).places).toEqual([{ constant: true }])
    expect(yesOf({ column: 'b', on: 'Y' }, postgresql).places).toEqual([{ constant: 'Y' }])
  })
})

it.each([
  ['2026-03-01 12:00:00', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01 12:00:00.123456', '2026-03-01T12:00:00.123Z'],
  ['2026-03-01 12:00:00.5+00', '2026-03-01T12:00:00.500Z'],
  ['2026-03-01 12:00:00+05:30', '2026-03-01T06:30:00.000Z'],
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['1772366400', '2026-03-01T12:00:00.000Z'],
  ['1772366400123', '2026-03-01T12:00:00.123Z'],
  ['infinity', null],
  ['0000-00-00 00:00:00', null],
  ['yesterday', null],
])('the time %s is read as %s', (told, expected) => {
  expect(readTime(told)?.toISOString() ?? null).toBe(expected)
})
