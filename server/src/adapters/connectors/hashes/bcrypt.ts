import { verify } from '@node-rs/bcrypt'
import type { ReadHash } from './format.ts'

/** What the key schedule of bcrypt reads, less the NUL it ends with. */
const bytesMax = 72
const costMax = 16

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
    const faithful = password.length <= bytesMax && !password.includes(0)
    // The work is done anyway, so that a long guess is no quicker to refuse.
    const right = await verify(faithful ? password : password.subarray(0, 1), modern)
    return faithful && right
  }
}
