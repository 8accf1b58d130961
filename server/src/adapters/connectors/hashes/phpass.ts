import { hash } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import { type ReadHash, sameBytes } from './format.ts'

/*
 * The portable hashes of phpass, `$P$` (WordPress before 6.8) and `$H$` (phpBB), after its public-domain source,
 * PasswordHash.php 0.5 (Solar Designer). For reading only: MD5 is not what a new hash is made of. Own code because
 * there is no library that is kept.
 */

/** 2^20 rounds of MD5 are about a second. */
const roundsLog2Max = 20
const passwordBytesMax = 4096
/** About a millisecond of work between two looks at other requests. */
const roundsAtOnce = 1000

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const readPhpass: ReadHash = (stored) => {
  const match = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/.exec(stored)
  if (match === null) return null
  const [, cost = '', salt = '', encoded = ''] = match
  const roundsLog2 = alphabet.indexOf(cost)
  // The original refuses less than 2^7.
  if (roundsLog2 < 7 || roundsLog2 > roundsLog2Max) return null
  return async (password) => {
    if (password.length > passwordBytesMax) return false
    const digest = await phpass(password, { salt: Buffer.from(salt), rounds: 2 ** roundsLog2 })
    return sameBytes(Buffer.from(encode(digest)), Buffer.from(encoded))
  }
}

async function phpass(password: Buffer, { salt, rounds }: { salt: Buffer; rounds: number }): Promise<Buffer> {
  let digest = hash('md5', Buffer.concat([salt, password]), 'buffer')
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % roundsAtOnce === 0) await pause()
    digest = hash('md5', Buffer.concat([digest, password]), 'buffer')
  }
  return digest
}

/** `encode64`: three bytes, the lowest first, make four characters, the lowest six bits first. */
function encode(digest: Buffer): string {
  let text = ''
  for (let at = 0; at < digest.length; at += 3) {
    const bytes = digest.subarray(at, at + 3)
    let value = bytes.reduceRight((sum, byte) => (sum << 8) | byte, 0)
    for (let left = bytes.length + 1; left > 0; left--, value >>= 6) text += alphabet.charAt(value & 0x3f)
  }
  return text
}
