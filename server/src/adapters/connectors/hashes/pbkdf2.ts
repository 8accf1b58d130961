import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { fromAdaptedBase64, type ReadHash, sameBytes, toAdaptedBase64 } from './format.ts'

const derive = promisify(pbkdf2)
const roundsMax = 5_000_000

interface Parts {
  digest: string
  rounds: number
  salt: Buffer
  key: Buffer
}

/**
 * Three spellings of PBKDF2 (RFC 8018, section 5.2):
 * - passlib: `$pbkdf2-sha256$29000$salt$key`, adapted base 64, `$pbkdf2$` for SHA-1;
 * - OpenLDAP (pw-pbkdf2) and 389 Directory Server's import: `{PBKDF2-SHA256}10000$salt$key`, the same base 64;
 * - Django: `pbkdf2_sha256$600000$salt$key`, the salt as text and the key in plain base 64.
 */
export const readPbkdf2: ReadHash = (stored) => {
  const parts = passlib(stored) ?? django(stored)
  if (parts === null || parts.rounds < 1 || parts.rounds > roundsMax || parts.key.length < 16) return null
  return async (password) =>
    sameBytes(await derive(password, parts.salt, parts.rounds, parts.key.length, parts.digest), parts.key)
}

function passlib(stored: string): Parts | null {
  const match =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(\d{1,8})\$([./A-Za-z0-9]+)\$([./A-Za-z0-9]+)$/.exec(stored) ??
    /^\{PBKDF2(?:-(SHA1|SHA256|SHA512))?\}(\d{1,8})\$([./A-Za-z0-9]+)\$([./A-Za-z0-9]+)$/.exec(stored)
  if (match === null) return null
  const [, digest = 'sha1', rounds = '', salt = '', key = ''] = match
  return {
    digest: digest.toLowerCase(),
    rounds: Number(rounds),
    salt: fromAdaptedBase64(salt),
    key: fromAdaptedBase64(key),
  }
}

function django(stored: string): Parts | null {
  const match = /^pbkdf2_(sha1|sha256)\$(\d{1,8})\$([^$]+)\$([+/A-Za-z0-9]+=*)$/.exec(stored)
  if (match === null) return null
  const [, digest = '', rounds = '', salt = '', key = ''] = match
  return { digest, rounds: Number(rounds), salt: Buffer.from(salt, 'utf8'), key: Buffer.from(key, 'base64') }
}

/** As passlib and Django spell it, with SHA-256 and a key of 32 bytes. `salt`: 16 bytes. */
export async function pbkdf2Sha256Hash(
  password: Buffer,
  { rounds, salt, spelling }: { rounds: number; salt: Uint8Array; spelling: 'passlib' | 'django' },
): Promise<string> {
  if (spelling === 'passlib') {
    const key = await derive(password, salt, rounds, 32, 'sha256')
    return `$pbkdf2-sha256$${rounds}$${toAdaptedBase64(Buffer.from(salt))}$${toAdaptedBase64(key)}`
  }
  // Django's salt is a text, and its bytes are those of the text.
  const text = Buffer.from(salt).toString('hex')
  const key = await derive(password, text, rounds, 32, 'sha256')
  return `pbkdf2_sha256$${rounds}$${text}$${key.toString('base64')}`
}
