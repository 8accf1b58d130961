import { describe, expect, it } from 'vitest'
import { valuesOf } from '../ldap-wire/values.ts'
import { generalizedTime } from './generalized-time.ts'

describe('an LDAP entry', () => {
  it('is read whatever the case in which the server spells its attributes', () => {
    const values = valuesOf({ dn: 'uid=ada', displayname: 'Ada', Mail: ['a@one.test', 'b@two.test'] })

    expect(values('displayName')).toEqual(['Ada'])
    expect(values('mail')).toEqual(['a@one.test', 'b@two.test'])
    expect(values('uid')).toEqual([])
  })

  it('has no values that are no text', () => {
    const values = valuesOf({ dn: 'uid=ada', mail: Buffer.from([0xff]), jpegPhoto: [Buffer.from([0xfe])] })

    expect(values('mail')).toEqual([])
    expect(values('jpegPhoto')).toEqual([])
  })

  it.each([
    ['20260102030405Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['20260102030405.123456Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['20260102030405+0100', null],
    ['tomorrow', null],
    ['', null],
  ])('has the time %s', (text, time) => {
    expect(generalizedTime(text)).toBe(time)
  })
})
