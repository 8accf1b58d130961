import type { Secret } from '../../kernel/secret.ts'
import type { Directory, PasswordVerdict } from './ports.ts'

/** One sign-in with a password that may have been written. */
export type Probe = (password: Secret, signal: AbortSignal) => Promise<PasswordVerdict>

/** Null where the directory can't be asked. */
export const probeOf = (directory: Directory, key: string): Probe | null =>
  directory.abilities.verifies ? (password, signal) => directory.verifyPassword(key, password, signal) : null
