import type { Outside } from '../../../kernel/outside.ts'
import { argon2idHash, needsUpgrade } from '../hashes/argon2.ts'
import { aspnetIdentityHash, isAspnetIdentityOf } from '../hashes/aspnet-identity.ts'
import {
  bcryptBytesMax,
  bcryptHash,
  bcryptTakes,
  djangoBcryptSha256Hash,
  wordpressHash,
} from '../hashes/bcrypt.ts'
import { pbkdf2Sha256Hash } from '../hashes/pbkdf2.ts'
import { scryptHash } from '../hashes/scrypt.ts'
import { sha512CryptHash, shaCryptTakes } from '../hashes/sha-crypt.ts'
import type { HashConfig } from './config-hash.ts'

/** The format in which passwords are written. */
export interface Scheme {
  hash(password: Buffer): Promise<string>
  /** Whether a stored hash is of this format and cost already. */
  isCurrent(stored: string): boolean
  /** False for a password of which the format would keep the beginning only. */
  takes(password: Buffer): boolean
  /** Longest password in bytes; null where the format sets no limit that a person could meet. */
  bytesMax: number | null
}

const saltBytes = 16

export function schemeOf(config: HashConfig, { randomBytes }: Pick<Outside, 'randomBytes'>): Scheme {
  const salt = () => randomBytes(saltBytes)
  const begins = (...parts: readonly (string | number)[]) => {
    const prefix = parts.join('')
    return (stored: string) => stored.startsWith(prefix)
  }
  const takesAll = { takes: () => true, bytesMax: null }
  switch (config.scheme) {
    case 'argon2id': {
      const name = config.spelling === 'django' ? 'argon2' : ''
      return {
        ...takesAll,
        hash: async (password) => `${name}${await argon2idHash(password, config)}`,
        isCurrent: (stored) =>
          stored.startsWith(`${name}$argon2id$`) && !needsUpgrade(stored.slice(name.length), config),
      }
    }
    case 'bcrypt':
      return {
        hash: (password) => bcryptHash(password, config),
        isCurrent: begins('$', config.prefix, '$', config.cost, '$'),
        takes: bcryptTakes,
        bytesMax: bcryptBytesMax,
      }
    case 'django-bcrypt-sha256':
      return {
        ...takesAll,
        hash: (password) => djangoBcryptSha256Hash(password, config.cost),
        isCurrent: begins('bcrypt_sha256$$2b$', config.cost, '$'),
      }
    case 'wordpress':
      return {
        ...takesAll,
        hash: (password) => wordpressHash(password, config.cost),
        isCurrent: begins('$wp$2y$', config.cost, '$'),
      }
    case 'scrypt': {
      const { logN, r, p, spelling } = config
      const cost = { n: 2 ** logN, r, p }
      const current = new RegExp(`^scrypt\\$${cost.n}\\$[^$]+\\$${r}\\$${p}\\$`)
      return {
        ...takesAll,
        hash: (password) => scryptHash(password, { cost, salt: salt(), spelling }),
        isCurrent:
          spelling === 'django'
            ? (stored) => current.test(stored)
            : begins('$scrypt$ln=', logN, ',r=', r, ',p=', p, '$'),
      }
    }
    case 'pbkdf2-sha256': {
      const { rounds, spelling } = config
      return {
        ...takesAll,
        hash: (password) => pbkdf2Sha256Hash(password, { rounds, salt: salt(), spelling }),
        isCurrent: begins(spelling === 'django' ? 'pbkdf2_sha256$' : '$pbkdf2-sha256$', rounds, '$'),
      }
    }
    case 'sha512-crypt':
      return {
        hash: (password) => sha512CryptHash(password, { rounds: config.rounds, salt: randomBytes(12) }),
        isCurrent: begins('$6$rounds=', config.rounds, '$'),
        takes: shaCryptTakes,
        bytesMax: null,
      }
    case 'aspnet-identity':
      return {
        ...takesAll,
        hash: (password) => aspnetIdentityHash(password, { rounds: config.rounds, salt: salt() }),
        isCurrent: (stored) => isAspnetIdentityOf(stored, config.rounds),
      }
  }
}
