import { type ScryptOptions, scrypt } from 'node:crypto'
import { type ReadHash, sameBytes } from './format.ts'

const memoryBytesMax = 256 * 1024 * 1024
const parallelMax = 16

interface Parts {
  n: number
  r: number
  p: number
  salt: Buffer
  key: Buffer
}

/**
 * Three spellings of scrypt (RFC 7914):
 * - passlib: `$scrypt$ln=16,r=8,p=1$salt$key`, base 64 without padding;
 * - Django: `scrypt$16384$salt$8$5$key`, the salt as text and the key in base 64;
 * - Werkzeug: `scrypt:32768:8:1$salt$key`, the salt as text and the key in hexadecimal.
 */
export const readScrypt: ReadHash = (stored) => {
  const parts = passlib(stored) ?? django(stored) ?? werkzeug(stored)
  if (parts === null) return null
  const { n, r, p, salt, key } = parts
  const memory = 128 * n * r + 128 * r * p
  if (!isCost(n) || r < 1 || p < 1 || p > parallelMax || memory > memoryBytesMax || key.length < 16)
    return null
  // OpenSSL counts its own working space towards `maxmem`.
  const options = { N: n, r, p, maxmem: memory + 1024 * 1024 }
  return async (password) => sameBytes(await derive({ password, salt, length: key.length, options }), key)
}

/** RFC 7914, section 2: a power of two larger than 1. */
const isCost = (n: number) => n > 1 && n <= 2 ** 24 && (n & (n - 1)) === 0

function derive(input: {
  password: Buffer
  salt: Buffer
  length: number
  options: ScryptOptions
}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(input.password, input.salt, input.length, input.options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

function passlib(stored: string): Parts | null {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([+/A-Za-z0-9]+)\$([+/A-Za-z0-9]+)$/.exec(
    stored,
  )
  if (match === null) return null
  const [, ln, r, p, salt = '', key = ''] = match
  return {
    n: 2 ** Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}

function django(stored: string): Parts | null {
  const match = /^scrypt\$(\d{1,8})\$([^$]+)\$(\d{1,3})\$(\d{1,3})\$([+/A-Za-z0-9]+=*)$/.exec(stored)
  if (match === null) return null
  const [, n, salt = '', r, p, key = ''] = match
  return {
    n: Number(n),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt),
    key: Buffer.from(key, 'base64'),
  }
}

function werkzeug(stored: string): Parts | null {
  const match = /^scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3})\$([^$]+)\$([0-9a-f]+)$/.exec(stored)
  if (match === null) return null
  const [, n, r, p, salt = '', key = ''] = match
  return { n: Number(n), r: Number(r), p: Number(p), salt: Buffer.from(salt), key: Buffer.from(key, 'hex') }
}
