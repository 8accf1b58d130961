import { createHmac, hash as digestOf } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import type { ReadHash } from './format.ts'

/** What the key schedule of bcrypt reads, less the NUL it ends with. */
export const bcryptBytesMax = 72
const costMax = 16

/** bcrypt stops at a NUL and at byte 72, so that of any other password it hashes the beginning only. */
export const bcryptTakes = (password: Buffer): boolean =>
  password.length <= bcryptBytesMax && !password.includes(0)

/** The two spellings of a hash without the bugs of old; PHP knows the first one only by that name. */
export type BcryptPrefix = '2y' | '2b'

/**
 * `$2a$`, `$2b$` and `$2y$`, which differ only in bugs that the text `password` below does not touch; `$2x$` is
 * one of these bugs and is not accepted. bcrypt ignores everything behind byte 72 and behind a NUL, so that a
 * longer password would be proven by its beginning: such a password is wrong here, and its owner resets it
 * (ASVS 6.2.8).
 */
export const readBcrypt: ReadHash = (stored) => {
  const match = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(stored)
  if (match === null || Number(match[1]) > costMax) return null
  const modern = `$2b$${stored.slice(4)}`
  return async (password) => {
    const faithful = bcryptTakes(password)
    // The work is done anyway, so that a long guess is no quicker to refuse.
    const right = await verify(faithful ? password : password.subarray(0, 1), modern)
    return faithful && right
  }
}

/** Throws for a password that bcrypt would cut off. */
export async function bcryptHash(
  password: Buffer,
  { cost, prefix }: { cost: number; prefix: BcryptPrefix },
): Promise<string> {
  if (!bcryptTakes(password)) throw new RangeError('bcrypt would hash only the beginning of this')
  return hash(password, { cost, version: prefix })
}

/**
 * Django's BCryptSHA256PasswordHasher: `bcrypt_sha256$$2b$12$…`, bcrypt of the SHA-256 in hexadecimal, so that every
 * byte of a long password counts.
 */
export const readDjangoBcryptSha256: ReadHash = (stored) => {
  const check = stored.startsWith('bcrypt_sha256$') ? readBcrypt(stored.slice('bcrypt_sha256$'.length)) : null
  return check === null ? null : (password) => check(inHex(password))
}

export const djangoBcryptSha256Hash = async (password: Buffer, cost: number): Promise<string> =>
  `bcrypt_sha256$${await bcryptHash(inHex(password), { cost, prefix: '2b' })}`

const inHex = (password: Buffer) => Buffer.from(digestOf('sha256', password, 'hex'))

/**
 * WordPress since 6.8: `$wp$2y$10$…`, bcrypt of an HMAC. WordPress takes white space off both ends of every password
 * before it hashes or compares it (`wp_authenticate`, `wp_hash_password`), and so does whoever reads its hashes.
 */
export const readWordpress: ReadHash = (stored) => {
  const check = stored.startsWith('$wp$2y$') ? readBcrypt(stored.slice('$wp'.length)) : null
  return check === null ? null : (password) => check(forWordpress(password))
}

export const wordpressHash = async (password: Buffer, cost: number): Promise<string> =>
  `$wp${await bcryptHash(forWordpress(password), { cost, prefix: '2y' })}`

const forWordpress = (password: Buffer) =>
  Buffer.from(createHmac('sha384', 'wp-sha384').update(phpTrimmed(password)).digest('base64'))

/** PHP's `trim` takes off these six bytes and no other white space. */
function phpTrimmed(password: Buffer): Buffer {
  const isSpace = (at: number) => [0x20, 0x09, 0x0a, 0x0d, 0x00, 0x0b].includes(password[at] ?? -1)
  let [from, to] = [0, password.length]
  while (from < to && isSpace(from)) from++
  while (to > from && isSpace(to - 1)) to--
  return password.subarray(from, to)
}
