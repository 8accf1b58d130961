import type { Change, Control } from 'ldapts'
import type { DirectoryRefusal, PasswordChange } from '../../../core/accounts/ports.ts'
import type { FaultCode } from '../../../kernel/fault.ts'
import { exchanging, replacing, unprintable } from '../ldap-wire/changes.ts'
import type { LdapConnection } from '../ldap-wire/connection.ts'
import { faultFor, rowFor } from '../ldap-wire/result-codes.ts'
import { sendOnce } from '../ldap-wire/send-once.ts'
import { byKey } from './filters.ts'
import { type WriteMeaning, writeMeaning } from './refusals.ts'

export interface WriteRequest {
  connection: LdapConnection
  key: string
  signal: AbortSignal
}

/** As `PasswordChange`; `policy`: the server does not say which rule. */
export type Written = PasswordChange | { ok: false; because: 'policy' }

/**
 * The form of unicodePwd (MS-ADTS, section 3.1.1.3.1.5): in quotes, which are part of it, as UTF-16 with the low byte
 * first.
 */
const quoted = (password: string): Buffer => unprintable(Buffer.from(`"${password}"`, 'utf16le'))

/**
 * As the service account: a reset. It does not lift a lock by itself, and forgets "must change".
 */
export const resetPassword = (
  request: WriteRequest,
  { password, hints }: { password: string; hints: Control | null },
): Promise<Written> =>
  writePassword(request, 'reset', {
    changes: [replacing('unicodePwd', [quoted(password)]), replacing('lockoutTime', ['0'])],
    controls: hints === null ? [] : [hints],
  })

/** The old and the new one together: a change, for which all rules of the directory hold, whoever sends it. */
export const exchangePassword = (
  request: WriteRequest,
  { current, next }: { current: string; next: string },
): Promise<Written> =>
  writePassword(request, 'change', {
    changes: exchanging('unicodePwd', [quoted(current), quoted(next)]),
    controls: [],
  })

async function writePassword(
  { connection, key, signal }: WriteRequest,
  by: 'change' | 'reset',
  { changes, controls }: { changes: Change[]; controls: Control[] },
): Promise<Written> {
  const refused = await sendOnce(connection, { what: 'a password write', signal }, (client) =>
    client.modify(byKey(key), changes, controls),
  )
  if (refused === null) return { ok: true }
  const meaning = writeMeaning(refused, by)
  if (!isFaultCode(meaning)) return { ok: false, because: meaning }
  throw faultFor(meaning, refused, {
    server: connection.server,
    what: passwordProblem(meaning, refused.code),
  })
}

/** Attributes beside the password, written as the service account. */
export async function writeMark(
  { connection, key, signal }: WriteRequest,
  { attribute, value, what }: { attribute: 'lockoutTime' | 'pwdLastSet'; value: string; what: string },
): Promise<{ ok: true } | { ok: false; because: 'account-unavailable' }> {
  const refused = await sendOnce(connection, { what, signal }, (client) =>
    client.modify(byKey(key), replacing(attribute, [value])),
  )
  if (refused === null) return { ok: true }
  const { write } = rowFor(refused.code)
  if (write === 'account-unavailable') return { ok: false, because: write }
  const problem = `${what} failed: give the service account the right to write ${attribute} of people`
  // No password was sent, so none is too weak.
  const meaning = isFaultCode(write) ? write : 'directory-answer-unusable'
  throw faultFor(meaning, refused, { server: connection.server, what: problem })
}

const isFaultCode = (meaning: WriteMeaning | DirectoryRefusal): meaning is FaultCode =>
  meaning.startsWith('directory-')

function passwordProblem(meaning: FaultCode, code: number): string {
  if (meaning === 'directory-rights-missing') {
    return (
      'the service account may not set passwords: give it the rights "Reset Password" and to write lockoutTime of ' +
      'people'
    )
  }
  // A referral is followed nowhere: it would carry a password to a server that nobody configured.
  if (code === 10)
    return 'the controller takes no writes (is it a read-only one?): name one that does in controllers'
  return 'a password write failed'
}
