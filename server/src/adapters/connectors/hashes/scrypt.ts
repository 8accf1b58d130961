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
  const options = optionsOf({ n, r, p })
  return async (password) => sameBytes(await derive({ password, salt, length: key.length, options }), key)
}

export interface ScryptCost {
  /** A power of two. */
  n: number
  r: number
  p: number
}

/** As passlib and Django spell it, with a key of 64 bytes for Django and 32 for passlib. `salt`: 16 bytes. */
export async function scryptHash(
  password: Buffer,
  { cost, salt, spelling }: { cost: ScryptCost; salt: Uint8Array; spelling: 'passlib' | 'django' },
): Promise<string> {
  const { n, r, p } = cost
  const options = optionsOf(cost)
  if (spelling === 'passlib') {
    const key = await derive({ password, salt: Buffer.from(salt), length: 32, options })
    return `$scrypt$ln=${Math.log2(n)},r=${r},p=${p}$${unpadded(Buffer.from(salt))}$${unpadded(key)}`
  }
  // Django's salt is a text, and its bytes are those of the text.
  const text = Buffer.from(salt).toString('hex')
  const key = await derive({ password, salt: Buffer.from(text), length: 64, options })
  return `scrypt$${n}$${text}$${r}$${p}$${key.toString('base64')}`
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** OpenSSL counts its own working space towards `maxmem`. */
const optionsOf = ({ n, r, p }: ScryptCost): ScryptOptions => ({
  ...{ N: n, r, p },
  maxmem: 128 * n * r + 128 * r * p + 1024 * 1024,
})

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
