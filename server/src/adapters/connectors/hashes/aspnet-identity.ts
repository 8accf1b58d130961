import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { type ReadHash, sameBytes } from './format.ts'

/*
 * What PasswordHasher<TUser> of ASP.NET Core Identity stores, in base 64:
 * - version 2: 0x00, 16 bytes of salt, 32 bytes of PBKDF2 with HMAC-SHA1 and 1,000 rounds. For reading only.
 * - version 3: 0x01, then as 32-bit numbers, highest byte first, the digest (0, 1 and 2 for SHA-1, SHA-256 and
 *   SHA-512), the rounds and the length of the salt; then the salt, and the key to the end.
 */

const derive = promisify(pbkdf2)
const digests = ['sha1', 'sha256', 'sha512'] as const
const headBytes = 13
/** Both are the least that the original accepts. */
const saltBytesMin = 16
const keyBytesMin = 16
const roundsMax = 5_000_000

interface Parts {
  digest: string
  rounds: number
  salt: Buffer
  key: Buffer
}

export const readAspnetIdentity: ReadHash = (stored) => {
  const parts = partsOf(stored)
  if (parts === null) return null
  const { digest, rounds, salt, key } = parts
  return async (password) => sameBytes(await derive(password, salt, rounds, key.length, digest), key)
}

function partsOf(stored: string): Parts | null {
  if (!/^[+/A-Za-z0-9]+={0,2}$/.test(stored)) return null
  const bytes = Buffer.from(stored, 'base64')
  if (bytes[0] === 0 && bytes.length === 49) {
    return { digest: 'sha1', rounds: 1000, salt: bytes.subarray(1, 17), key: bytes.subarray(17) }
  }
  if (bytes[0] !== 1 || bytes.length < headBytes + saltBytesMin + keyBytesMin) return null
  const digest = digests[bytes.readUInt32BE(1)]
  const rounds = bytes.readUInt32BE(5)
  const keyAt = headBytes + bytes.readUInt32BE(9)
  if (digest === undefined || rounds < 1 || rounds > roundsMax) return null
  if (keyAt < headBytes + saltBytesMin || keyAt + keyBytesMin > bytes.length) return null
  return { digest, rounds, salt: bytes.subarray(headBytes, keyAt), key: bytes.subarray(keyAt) }
}

/** Version 3 as ASP.NET Core writes it since .NET 7: SHA-512, 16 bytes of salt and 32 of key. */
export async function aspnetIdentityHash(
  password: Buffer,
  { rounds, salt }: { rounds: number; salt: Uint8Array },
): Promise<string> {
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(1, 0)
  head.writeUInt32BE(digests.indexOf('sha512'), 1)
  head.writeUInt32BE(rounds, 5)
  head.writeUInt32BE(salt.length, 9)
  return Buffer.concat([head, salt, await derive(password, salt, rounds, 32, 'sha512')]).toString('base64')
}

/** Whether a hash is what would be written now. */
export function isAspnetIdentityOf(stored: string, rounds: number): boolean {
  const parts = partsOf(stored)
  return parts !== null && parts.digest === 'sha512' && parts.rounds === rounds
}
