import { hash } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import { type ReadHash, sameBytes } from './format.ts'

/*
 * `$5$` and `$6$` of crypt(3), after the public specification "Unix crypt using SHA-256 and SHA-512" (U. Drepper,
 * version 0.6). Step numbers below are those of the specification. Own code because the libraries there are hash
 * without a pause, and a hash of many rounds would hold every other request up.
 */

const roundsDefault = 5000
const roundsMin = 1000
/** The specification goes to 999,999,999, which is minutes; nobody signs in for minutes. */
const roundsMax = 2_000_000
/** Its cost grows with the square of the password's length, so that a long guess would be a weapon. */
const passwordBytesMax = 1024
/** About a millisecond of work between two looks at other requests. */
const roundsAtOnce = 500

type Kind = 'sha256' | 'sha512'

export const readShaCrypt: ReadHash = (stored) => {
  const match = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$:\n]{0,16})\$([./A-Za-z0-9]+)$/.exec(stored)
  if (match === null) return null
  const [, id, roundsText, salt = '', encoded = ''] = match
  const kind: Kind = id === '5' ? 'sha256' : 'sha512'
  const rounds = roundsText === undefined ? roundsDefault : Math.max(roundsMin, Number(roundsText))
  if (rounds > roundsMax || encoded.length !== encodedLength[kind]) return null
  return async (password) => {
    if (!shaCryptTakes(password)) return false
    const digest = await shaCrypt(password, { kind, salt: Buffer.from(salt, 'utf8'), rounds })
    return sameBytes(Buffer.from(encode(digest, kind)), Buffer.from(encoded))
  }
}

/** What a C string holds, and no more of it than is hashed in reasonable time. */
export const shaCryptTakes = (password: Buffer): boolean =>
  password.length <= passwordBytesMax && !password.includes(0)

/** `$6$rounds=…$`. `salt`: 12 bytes, which are 16 characters. */
export async function sha512CryptHash(
  password: Buffer,
  { rounds, salt: bytes }: { rounds: number; salt: Uint8Array },
): Promise<string> {
  if (!shaCryptTakes(password)) throw new RangeError('crypt would hash only the beginning of this')
  const salt = Buffer.from(bytes).toString('base64').replaceAll('+', '.')
  const digest = await shaCrypt(password, { kind: 'sha512', salt: Buffer.from(salt), rounds })
  return `$6$rounds=${rounds}$${salt}$${encode(digest, 'sha512')}`
}

async function shaCrypt(
  password: Buffer,
  options: { kind: Kind; salt: Buffer; rounds: number },
): Promise<Buffer> {
  const { kind, salt, rounds } = options
  const digestOf = (...parts: Buffer[]) => hash(kind, Buffer.concat(parts), 'buffer')
  const b = digestOf(password, salt, password) // Steps 4 to 8.
  const a = digestOf(password, salt, repeated(b, password.length), ...byBits(password, b)) // 1 to 3, 9 to 12.
  const p = repeated(digestOf(repeated(password, password.length * password.length)), password.length) // 13 to 16.
  const s = repeated(digestOf(repeated(salt, salt.length * (16 + (a[0] ?? 0)))), salt.length) // 17 to 20.
  let c = a
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % roundsAtOnce === 0) await pause()
    const odd = round % 2 === 1
    const middle = [...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p])]
    c = digestOf(odd ? p : c, ...middle, odd ? c : p) // Step 21.
  }
  return c
}

const repeated = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes)

/** Step 11: for every bit of the password's length, lowest first, the digest for a 1 and the password for a 0. */
function byBits(password: Buffer, digest: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? digest : password)
  return parts
}

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const encodedLength = { sha256: 43, sha512: 86 } as const

/** Step 22: three bytes make four characters; which three, the specification lists, and the lists are regular. */
const order: Record<Kind, readonly (readonly number[])[]> = {
  sha256: [
    ...Array.from({ length: 10 }, (_, index) => rotated([0, 10, 20], { turns: 2 * index, offset: index })),
    [31, 30], // Two bytes are left over.
  ],
  sha512: [
    ...Array.from({ length: 21 }, (_, index) => rotated([0, 21, 42], { turns: index, offset: index })),
    [63],
  ],
}

/** The triple of a line: its columns change places from line to line, and each counts up by one. */
function rotated(first: readonly number[], by: { turns: number; offset: number }): number[] {
  return first.map((_, column) => (first[(column + by.turns) % 3] ?? 0) + by.offset)
}

function encode(digest: Buffer, kind: Kind): string {
  let text = ''
  for (const bytes of order[kind]) {
    let value = 0
    for (const index of bytes) value = (value << 8) | (digest[index] ?? 0)
    const characters = Math.ceil((bytes.length * 8) / 6)
    for (let i = 0; i < characters; i++, value >>= 6) text += alphabet.charAt(value & 0x3f)
  }
  return text
}
