import { describe, expect, it } from 'vitest'
import { isDistinguishedName, isWithin, sameGroup } from './place.ts'

describe('a place in a directory', () => {
  it.each([
    ['uid=ada,ou=People,dc=northwind,dc=example', 'ou=people,dc=northwind,dc=example'],
    [
      'UID=ada, OU=Finance , OU=people,DC=northwind,DC=example',
      'ou=finance,ou=people,dc=northwind,dc=example',
    ],
    ['ou=people,dc=northwind,dc=example', 'ou=people,dc=northwind,dc=example'],
    ['uid=ada,ou=K\\c3\\b6ln,dc=example', 'ou=Köln,dc=example'],
    ['uid=ada,ou=Sales\\, Europe,dc=example', 'ou=sales\\2c  europe,dc=example'],
    ['cn=Ada+uid=ada,ou=x,dc=example', 'uid=ADA + cn=ada,ou=x,dc=example'],
  ])('%s lies within %s', (place, subtree) => {
    expect(isWithin(place, subtree)).toBe(true)
  })

  it.each([
    ['uid=ada,ou=people,dc=northwind,dc=example', 'ou=finance,ou=people,dc=northwind,dc=example'],
    ['uid=ada,ou=Sales\\,ou=x,dc=example', 'ou=x,dc=example'],
    ['uid=ada,ou=mypeople,dc=example', 'ou=people,dc=example'],
    ['dc=example', 'ou=people,dc=example'],
    ['uid=ada,cn=people,dc=example', 'ou=people,dc=example'],
  ])('%s does not lie within %s', (place, subtree) => {
    expect(isWithin(place, subtree)).toBe(false)
  })

  it('that nobody can read lies in every subtree, because what is stricter there must hold', () => {
    expect(isWithin('no name at all', 'ou=people,dc=example')).toBe(true)
    expect(isWithin('uid=ada,ou=x\\', 'ou=people,dc=example')).toBe(true)
  })

  it('is told from other texts', () => {
    expect(['ou=people,dc=example', '2.5.4.11=x'].every(isDistinguishedName)).toBe(true)
    expect(['', 'people', 'ou=people,', 'ou=people,dc', 'ou=a\\'].some(isDistinguishedName)).toBe(false)
  })
})

describe('groups', () => {
  it('are the same whatever their spelling', () => {
    expect(sameGroup('CN=Admins, DC=example', 'cn=admins,dc=example')).toBe(true)
    expect(sameGroup('Finance ', 'finance')).toBe(true)
    expect(sameGroup('cn=admins,dc=example', 'admins')).toBe(false)
    expect(sameGroup('cn=admins,dc=example', 'cn=admins')).toBe(false)
  })
})
