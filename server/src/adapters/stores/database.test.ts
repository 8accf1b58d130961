import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import { externalConnection } from './database.ts'

const connect = (url: string, certificateAuthority?: string) =>
  externalConnection({
    url: new Secret(url),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  })

describe('the connection to an external database', () => {
  it('is encrypted and verified without being asked to', () => {
    expect(connect('postgresql://rekey:p%40ss@db.example.test:5433/rekey%20one', 'PEM')).toEqual({
      host: 'db.example.test',
      port: 5433,
      user: 'rekey',
      password: 'p@ss',
      database: 'rekey one',
      ssl: { rejectUnauthorized: true, ca: 'PEM' },
    })
  })

  it('can not be weakened beyond this machine', () => {
    for (const sslmode of ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify']) {
      expect(() => connect(`postgresql://rekey@db.example.test/rekey?sslmode=${sslmode}`)).toThrow(
        'verify-full',
      )
    }
    expect(() => connect('postgresql://rekey@127.0.0.1/rekey?sslmode=require')).toThrow('verify-full')
  })

  it('may be in the clear on this machine when that is said, and is so on a socket', () => {
    expect(connect('postgresql://rekey@127.0.0.1/rekey')).toMatchObject({ ssl: { rejectUnauthorized: true } })
    expect(connect('postgresql://rekey@[::1]/rekey?sslmode=disable')).toMatchObject({
      host: '::1',
      ssl: false,
    })
    expect(connect('postgresql://rekey@localhost/rekey?host=%2Frun%2Fpg')).toMatchObject({
      host: '/run/pg',
      ssl: false,
    })
  })

  it('is refused with a reason that quotes nothing of the URL when it can not be understood', () => {
    for (const url of [
      'canary',
      'mysql://canary@db/x',
      'postgresql://u:canary@db/x?sslcert=canary',
      'postgresql:///x',
    ]) {
      expect(() => connect(url)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
      expect(() => connect(url)).not.toThrow('canary')
    }
  })
})
