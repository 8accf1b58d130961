import { readArgon2 } from './argon2.ts'
import { readAspnetIdentity } from './aspnet-identity.ts'
import { readBcrypt, readDjangoBcryptSha256, readWordpress } from './bcrypt.ts'
import type { Check, ReadHash } from './format.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readPhpass } from './phpass.ts'
import { readScrypt } from './scrypt.ts'
import { readShaCrypt } from './sha-crypt.ts'

const formats: readonly ReadHash[] = [
  readArgon2,
  readBcrypt,
  readScrypt,
  readPbkdf2,
  readShaCrypt,
  readDjangoBcryptSha256,
  readWordpress,
  readPhpass,
  readAspnetIdentity,
]

/** Schemes that say nothing more than what the hash behind them says itself: Django's, LDAP's and Dovecot's. */
const wrappers =
  /^(?:\{(?:CRYPT|ARGON2|ARGON2ID|ARGON2I|BCRYPT|BLF-CRYPT|SHA256-CRYPT|SHA512-CRYPT)\}|argon2(?=\$argon2)|bcrypt\$(?=\$2))/i

/** How to check a stored hash; null when it is of no accepted format. Plain and unsalted ones are not. */
export function readStoredHash(stored: string): Check | null {
  const text = stored.replace(wrappers, '')
  for (const read of formats) {
    const check = read(text)
    if (check !== null) return check
  }
  return null
}
