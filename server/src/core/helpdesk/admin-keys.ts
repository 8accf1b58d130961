import { createHash } from 'node:crypto'
import { constantTimeEqual } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import type { Caller } from './permissions.ts'

/** A key of the admin API as the configuration knows it: what it may do, and its digest in place of itself. */
export interface AdminKey extends Caller {
  /** SHA-256 of the key's text, in lower-case hex. */
  digest: string
}

const keyBytes = 32
/** Begins every key, so that scanners of repositories and logs know one when they see it. */
const prefix = 'rka_'

/** A new key, 256 random bits, to be shown once. Nothing but its digest is ever kept. */
export function drawAdminKey({ randomBytes }: Pick<Outside, 'randomBytes'>): { key: Secret; digest: string } {
  const key = `${prefix}${Buffer.from(randomBytes(keyBytes)).toString('base64url')}`
  return { key: new Secret(key), digest: digestOf(key).toString('hex') }
}

/**
 * Whose key this is; null: nobody's. Every key is compared, in constant time, so that the answer does not tell how
 * near a guess was or where in the list a key stands.
 */
export function callerOf(keys: readonly AdminKey[], presented: Secret): Caller | null {
  const digest = digestOf(presented.reveal())
  const found = keys.filter((key) => constantTimeEqual(Buffer.from(key.digest, 'hex'), digest))
  const [only] = found
  return only === undefined ? null : { name: only.name, tenants: only.tenants, may: only.may }
}

/** Plain SHA-256: 256 random bits can't be guessed from their digest, so it needs neither salt nor stretching. */
const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()
