import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const
const Cost = (description: string, bounds: { default: number; minimum: number; maximum: number }) =>
  Type.Integer({ ...bounds, description })

const bcryptCost = Cost('Logarithm of the rounds.', { default: 12, minimum: 10, maximum: 15 })

/** Format and cost of the passwords that are written. Defaults are those of the OWASP password storage cheat sheet. */
export const HashConfig = Type.Union(
  [
    Type.Object(
      {
        scheme: Type.Literal('argon2id', { description: 'Argon2id (RFC 9106).' }),
        memoryKibibytes: Cost('Memory of one hash.', { default: 19_456, minimum: 19_456, maximum: 262_144 }),
        passes: Cost('Passes over the memory.', { default: 2, minimum: 1, maximum: 16 }),
        lanes: Cost('Parallel lanes.', { default: 1, minimum: 1, maximum: 16 }),
        spelling: Type.Union([Type.Literal('phc'), Type.Literal('django')], {
          default: 'phc',
          description:
            '`phc`: `$argon2id$…`, as PHP, Laravel, Spring and most others read it. `django`: `argon2$argon2id$…`.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('bcrypt', {
          description: 'bcrypt. Passwords of more than 72 bytes are refused, since it would cut them off.',
        }),
        cost: bcryptCost,
        prefix: Type.Union([Type.Literal('2y'), Type.Literal('2b')], {
          default: '2y',
          description:
            'How the hash begins; both are the same hash. PHP and Laravel know the first only (`This password does ' +
            'not use the Bcrypt algorithm`), some libraries for Node.js the second.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('django-bcrypt-sha256', {
          description:
            'Django’s `bcrypt_sha256$…`: bcrypt of a SHA-256, which takes passwords of any length.',
        }),
        cost: bcryptCost,
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('wordpress', {
          description:
            '`$wp$2y$…`, as WordPress writes it since 6.8. Like WordPress it takes white space off both ends.',
        }),
        cost: bcryptCost,
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('scrypt', { description: 'scrypt (RFC 7914).' }),
        logN: Cost('Logarithm of the cost.', { default: 17, minimum: 14, maximum: 20 }),
        r: Cost('Block size.', { default: 8, minimum: 1, maximum: 32 }),
        p: Cost('Parallelism.', { default: 1, minimum: 1, maximum: 16 }),
        spelling: Type.Union([Type.Literal('passlib'), Type.Literal('django')], {
          default: 'passlib',
          description: '`passlib`: `$scrypt$ln=…`. `django`: `scrypt$…`.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('pbkdf2-sha256', { description: 'PBKDF2 with HMAC-SHA256 (RFC 8018).' }),
        rounds: Cost('Rounds.', { default: 600_000, minimum: 100_000, maximum: 5_000_000 }),
        spelling: Type.Union([Type.Literal('passlib'), Type.Literal('django')], {
          default: 'passlib',
          description: '`passlib`: `$pbkdf2-sha256$…`. `django`: `pbkdf2_sha256$…`.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('sha512-crypt', {
          description: '`$6$…` of crypt(3), for what reads no better one. Slower here than elsewhere.',
        }),
        rounds: Cost('Rounds.', { default: 100_000, minimum: 5_000, maximum: 1_000_000 }),
      },
      closed,
    ),
    Type.Object(
      {
        scheme: Type.Literal('aspnet-identity', {
          description: 'Version 3 of ASP.NET Core Identity: PBKDF2 with HMAC-SHA512 in base 64.',
        }),
        rounds: Cost('Rounds.', { default: 210_000, minimum: 100_000, maximum: 5_000_000 }),
      },
      closed,
    ),
  ],
  {
    default: { scheme: 'argon2id' },
    description:
      'Format and cost of the passwords that are written. Choose one that your applications read. Every format ' +
      'of the list in docs/sql.md is read.',
  },
)
export type HashConfig = Static<typeof HashConfig>
