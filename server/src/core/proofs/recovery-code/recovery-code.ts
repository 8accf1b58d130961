import { base32 } from '../../../kernel/ids.ts'
import { constantTimeEqual } from '../../../kernel/keys.ts'

/** What is kept of a sheet of codes: slow digests under one salt, so that one try is one digest. */
export interface KeptSheet {
  /** Of the key that the digests were made with. */
  keyId: string
  salt: string
  codes: readonly { digest: string; spentAt: Date | null }[]
}

/** As many as fit on a card; each has 80 bits, so nobody guesses one (NIST SP 800-63B-4 section 4.2.1.1 asks for 64). */
const codesOnASheet = 10
const codeBytes = 10

/** Ten codes, as they are compared: sixteen letters and digits. */
export const newCodes = (randomBytes: (length: number) => Uint8Array): readonly string[] =>
  Array.from({ length: codesOnASheet }, () => base32(randomBytes(codeBytes)))

/** In four groups, to be read and typed by people. */
export const shownCode = (code: string): string => (code.match(/.{1,4}/g) ?? []).join('-')

/**
 * A typed code as it is compared: case, blanks and hyphens don't count, and the letters that the alphabet leaves out are read
 * as the digits they look like (Crockford). Null for what no code can be.
 */
export function readRecoveryCode(typed: string): string | null {
  const code = typed
    .toLowerCase()
    .replaceAll(/[\s\-‐-―]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(code) ? code : null
}

/** The sheet without the code whose digest this is; null when none has it or it was spent before. */
export function spendCode(kept: KeptSheet, digest: string, now: Date): KeptSheet | null {
  const isIt = kept.codes.map((one) => constantTimeEqual(Buffer.from(one.digest), Buffer.from(digest)))
  const at = kept.codes.findIndex((one, index) => isIt[index] === true && one.spentAt === null)
  const found = kept.codes[at]
  return found === undefined ? null : { ...kept, codes: kept.codes.with(at, { ...found, spentAt: now }) }
}

export const codesLeft = ({ codes }: KeptSheet): number =>
  codes.filter(({ spentAt }) => spentAt === null).length
