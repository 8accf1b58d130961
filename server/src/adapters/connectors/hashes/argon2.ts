import { hash, parseOptions, verify } from '@node-rs/argon2'
import type { ReadHash } from './format.ts'

/** Cost of a new hash. */
export interface Argon2Cost {
  memoryKibibytes: number
  passes: number
  lanes: number
}

const memoryKibibytesMax = 262_144
const passesMax = 64
const lanesMax = 64

/** Argon2id (the library's default) in PHC form, off the event loop, with a salt of 16 random bytes. */
export const argon2idHash = (password: Uint8Array, cost: Argon2Cost): Promise<string> =>
  hash(password, { memoryCost: cost.memoryKibibytes, timeCost: cost.passes, parallelism: cost.lanes })

/** True for anything but argon2id of exactly this cost: a cost that was lowered counts as well. */
export function needsUpgrade(stored: string, cost: Argon2Cost): boolean {
  const found = stored.startsWith('$argon2id$') ? parsed(stored) : null
  return (
    found === null ||
    found.memoryCost !== cost.memoryKibibytes ||
    found.timeCost !== cost.passes ||
    found.parallelism !== cost.lanes
  )
}

/** `$argon2id$`, `$argon2i$` and `$argon2d$` (PHC string format), as OpenLDAP's `{ARGON2}` has them as well. */
export const readArgon2: ReadHash = (stored) => {
  if (!/^\$argon2(id|i|d)\$/.test(stored)) return null
  const found = parsed(stored)
  if (found === null) return null
  // A hash that was imported must not be able to use the machine up.
  if (found.memoryCost > memoryKibibytesMax || found.timeCost > passesMax || found.parallelism > lanesMax)
    return null
  return (password) => verify(stored, password)
}

function parsed(stored: string) {
  try {
    return parseOptions(stored)
  } catch {
    return null
  }
}
