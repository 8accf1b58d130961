import { describe, expect, it } from 'vitest'
import { holds } from './conditions.ts'
import { attributeName, equals, pathPattern, readPath, textsAt, valuesAt } from './paths.ts'

const extension = 'urn:ietf:params:scim:schemas:extension:account:2.0:User'
const ada = {
  schemas: [extension],
  userName: 'ada',
  Name: { familyName: 'Lovelace' },
  emails: [
    { type: 'work', value: 'ada@work.example' },
    { type: 'HOME', value: 'Ada@Home.example' },
    { value: '' },
    { type: 'home' },
  ],
  groups: [{ value: '1', display: 'Admins' }],
  roles: ['user', 'admin'],
  active: false,
  odd: { neither: 'nor' },
  nothing: null,
  [extension]: { locked: true, tries: 3, address: { value: 'x' } },
}
const at = (path: string) => valuesAt(ada, readPath(path))

describe('a path', () => {
  it.each([
    ['userName', ['ada']],
    ['USERNAME', ['ada']],
    ['name.familyName', ['Lovelace']],
    ['emails[type eq "home"].value', ['Ada@Home.example']],
    ['emails[type eq "home"]', ['Ada@Home.example', { type: 'home' }]],
    ['emails.type', ['work', 'HOME', 'home']],
    ['roles', ['user', 'admin']],
    ['active', [false]],
    ['odd', [{ neither: 'nor' }]],
    ['nothing', []],
    ['missing.sub', []],
    ['userName.sub', []],
    [`${extension}:locked`, [true]],
    [`${extension.toUpperCase()}:tries`, [3]],
    [`${extension}:address`, ['x']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName', ['ada']],
    ['urn:other:User:locked', []],
  ])('%s leads to what stands there', (path, values) => {
    expect(path).toMatch(new RegExp(pathPattern))
    expect(at(path)).toEqual(values)
  })

  it.each([
    '',
    'a b',
    'emails[type eq "home]',
    'emails[type co "x"]',
    'a.b.c',
    'a eq "x" or b',
    'a"',
    '[x]',
    '.a',
  ])('is not %s', (text) => {
    expect(text).not.toMatch(new RegExp(pathPattern))
    expect(() => readPath(text)).toThrow(RangeError)
  })

  it('gives texts byte for byte, and only what has any', () => {
    expect(textsAt(ada, readPath('emails.value'))).toEqual(['ada@work.example', 'Ada@Home.example'])
    expect(textsAt(ada, readPath('active'))).toEqual([])
  })

  it('is asked for whole, and compared with a text between two quotes', () => {
    const home = readPath('emails[type eq "home"].value')

    expect(attributeName(home)).toBe('emails')
    expect(attributeName(readPath(`${extension}:locked`))).toBe(`${extension}:locked`)
    expect(equals(home, 'a@b')).toBe('emails[type eq "home" and value eq "a@b"]')
    expect(equals(readPath('flags[primary eq true]'), 'x')).toBe('flags[primary eq true and value eq "x"]')
    expect(equals(readPath(`${extension}:name`), 'é')).toBe(`${extension}:name eq "é"`)
    expect(equals(readPath('userName'), 'a" or "b\\\n\0')).toBe(
      'userName eq "a\\u0022 or \\u0022b\\u005c\\u000a\\u0000"',
    )
  })
})

describe('a condition', () => {
  it.each([
    [{ path: 'active' }, false],
    [{ path: `${extension}:locked` }, true],
    [{ path: 'userName' }, true],
    [{ path: 'missing' }, false],
    [{ path: 'roles', values: ['ADMIN'] }, true],
    [{ path: 'roles', values: ['guest'] }, false],
    [{ path: 'active', values: ['false'] }, true],
    [{ path: 'roles', except: ['user'] }, true],
    [{ path: 'roles', except: ['user', 'Admin'] }, false],
    [{ path: 'missing', except: ['employee'] }, true],
    // What can't be answered.
    [{ path: 'odd' }, true],
    [{ path: 'odd', values: ['x'] }, true],
  ])('%j is answered %s', (condition, answer) => {
    expect(holds(condition, ada)).toBe(answer)
  })
})
