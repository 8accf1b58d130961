import type { ResultCodeError } from 'ldapts'
import type { PasswordVerdict } from '../../../core/accounts/ports.ts'

/**
 * Why a bind was refused: the number after "data" in the text of result 49 (MS-ERREF, section 2.2; the text has been
 * the same since Windows 2000, and Samba writes it as well).
 */
export const bindSubCode = ({ message }: Pick<ResultCodeError, 'message'>): string | null =>
  /\bdata ([0-9a-f]+)\b/i.exec(message)?.[1]?.toLowerCase() ?? null

interface Row {
  verdict: PasswordVerdict
  /** For operators, about the service account. */
  words: string
}

const refused = (because: Extract<PasswordVerdict, { ok: false }>['because'], words: string): Row => ({
  verdict: { ok: false, because },
  words,
})

/**
 * 773 and 532 are said only when the password was right, and are a proof of it. 530, 531, 533 and 701 are too, but
 * whoever may not sign in is not let in by it.
 */
const rows: Readonly<Record<string, Row>> = {
  '525': refused('wrong', 'there is no such account: check bindName'),
  '52e': refused(
    'wrong',
    'wrong name or password, or a smart card is required: check bindName and bindPassword',
  ),
  '52f': refused(
    'disabled',
    'a restriction of the account forbids it (Protected Users, an authentication policy)',
  ),
  '530': refused('disabled', 'its logon hours forbid it now'),
  '531': refused('disabled', 'it may sign in at other machines only'),
  '532': refused('expired', 'its password has expired'),
  '533': refused('disabled', 'it is disabled'),
  '569': refused('disabled', 'it has not the right to sign in over the network'),
  '701': refused('disabled', 'the account has expired (accountExpires)'),
  '773': { verdict: { ok: true, mustChange: true }, words: 'its password has to be changed first' },
  '775': refused('locked', 'it is locked after failed binds'),
}

/** Null when the text tells nothing. */
export function refusedBind(error: Pick<ResultCodeError, 'message'>): Row | null {
  const code = bindSubCode(error)
  return code !== null && Object.hasOwn(rows, code) ? (rows[code] ?? null) : null
}

/** The Windows error that the text of an answer begins with, as eight upper-case digits (MS-ADTS, section 3.1.1.3.1.9). */
export const windowsError = ({ message }: Pick<ResultCodeError, 'message'>): string | null =>
  /^([0-9A-Fa-f]{8}):/.exec(message)?.[1]?.toUpperCase() ?? null
