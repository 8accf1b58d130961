import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { systemOutside } from '../../../kernel/outside.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import { HashConfig } from './config-hash.ts'
import { schemeOf } from './schemes.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
/** The cheapest that the configuration takes. */
const written: readonly [what: string, config: Record<string, unknown>, form: RegExp][] = [
  ['argon2id', { scheme: 'argon2id' }, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
  ['argon2id for Django', { scheme: 'argon2id', spelling: 'django' }, /^argon2\$argon2id\$v=19\$m=19456,/],
  ['bcrypt for PHP and Laravel', { scheme: 'bcrypt', cost: 10 }, /^\$2y\$10\$[./A-Za-z0-9]{53}$/],
  ['bcrypt for others', { scheme: 'bcrypt', cost: 10, prefix: '2b' }, /^\$2b\$10\$/],
  ['bcrypt of SHA-256', { scheme: 'django-bcrypt-sha256', cost: 10 }, /^bcrypt_sha256\$\$2b\$10\$/],
  ['what WordPress writes', { scheme: 'wordpress', cost: 10 }, /^\$wp\$2y\$10\$/],
  ['scrypt', { scheme: 'scrypt', logN: 14 }, /^\$scrypt\$ln=14,r=8,p=1\$/],
  [
    'scrypt for Django',
    { scheme: 'scrypt', logN: 14, p: 5, spelling: 'django' },
    /^scrypt\$16384\$[^$]+\$8\$5\$/,
  ],
  ['PBKDF2', { scheme: 'pbkdf2-sha256', rounds: 100_000 }, /^\$pbkdf2-sha256\$100000\$/],
  [
    'PBKDF2 for Django',
    { scheme: 'pbkdf2-sha256', rounds: 100_000, spelling: 'django' },
    /^pbkdf2_sha256\$100000\$[0-9a-f]{32}\$/,
  ],
  ['SHA-512-crypt', { scheme: 'sha512-crypt', rounds: 5_000 }, /^\$6\$rounds=5000\$[./A-Za-z0-9]{16}\$/],
  ['what ASP.NET Core Identity writes', { scheme: 'aspnet-identity', rounds: 100_000 }, /^AQAAAAIAAYag/],
]

const schemeWith = (config: Record<string, unknown>) =>
  schemeOf(Value.Parse(HashConfig, Value.Default(HashConfig, config)), systemOutside)

describe('a password that is written', () => {
  it.each(written)('as %s is read again, whole, and has a salt of its own', async (_, config, form) => {
    const scheme = schemeWith(config)
    const password = 'Blåbærgrød €, and more'

    const [first, second] = await Promise.all([scheme.hash(bytes(password)), scheme.hash(bytes(password))])

    expect(first).toMatch(form)
    expect(first).not.toBe(second)
    const check = readStoredHash(first)
    expect(await check?.(bytes(password))).toBe(true)
    expect(await check?.(bytes(password.slice(0, -1)))).toBe(false)
  })

  it.each(written)('as %s is current, and nothing else is', async (_, config) => {
    const scheme = schemeWith(config)

    const own = await scheme.hash(bytes('a password'))

    expect(scheme.isCurrent(own)).toBe(true)
    expect(scheme.isCurrent('$6$abc$lO5Dec9OpEVuhSykErIVUG8/MC951pX6wlb8N')).toBe(false)
    expect(scheme.isCurrent('')).toBe(false)
    for (const [what, other] of written) {
      if (what !== _) expect(schemeWith(other).isCurrent(own)).toBe(false)
    }
  })

  it('is none where a format would keep its beginning only', async () => {
    const bcrypt = schemeWith({ scheme: 'bcrypt', cost: 10 })

    expect(bcrypt.takes(bytes('x'.repeat(72)))).toBe(true)
    for (const cut of ['x'.repeat(73), 'é'.repeat(37), 'before\0after']) {
      expect(bcrypt.takes(bytes(cut))).toBe(false)
      await expect(bcrypt.hash(bytes(cut))).rejects.toThrow(RangeError)
    }
    for (const [what, config] of written.filter(([, { scheme }]) => scheme !== 'bcrypt')) {
      expect(schemeWith(config).takes(bytes('é'.repeat(512))), what).toBe(true)
    }
    expect(schemeWith({ scheme: 'sha512-crypt' }).takes(bytes('before\0after'))).toBe(false)
  })
})
