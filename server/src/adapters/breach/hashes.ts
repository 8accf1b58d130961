import { createHash } from 'node:crypto'
import { md4 } from 'hash-wasm'
import type { Secret } from '../../kernel/secret.ts'
import type { HashKind } from './geometry.ts'

/** How a password becomes the hash that lists know it by. OpenSSL 3 has no MD4 any more. */
export const hashOf: Readonly<Record<HashKind, (password: Secret) => Promise<Uint8Array>>> = {
  sha1: async (password) => createHash('sha1').update(password.reveal(), 'utf8').digest(),
  ntlm: async (password) => Buffer.from(await md4(Buffer.from(password.reveal(), 'utf16le')), 'hex'),
}
