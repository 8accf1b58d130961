import { BerWriter, type Client, EqualityFilter, PasswordPolicyControl, type ResultCodeError } from 'ldapts'
import type { DirectoryRefusal, PasswordChange, PasswordWrite } from '../../../core/accounts/ports.ts'
import type { FaultCode } from '../../../kernel/fault.ts'
import { exchanging, replacing, unprintable } from '../ldap-wire/changes.ts'
import type { LdapConnection } from '../ldap-wire/connection.ts'
import { faultFor, writeMeaning } from '../ldap-wire/result-codes.ts'
import { sendOnce } from '../ldap-wire/send-once.ts'
import { AssertionControl } from './changes.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'

const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1'

export interface PasswordWriteRequest {
  config: Pick<LdapConfig, 'dialect' | 'passwordWrite' | 'attributes'>
  dn: string
  key: string
  password: string
}

/** As the service account, as `sendOnce` sends it. */
export async function writePassword(
  connection: LdapConnection,
  request: PasswordWriteRequest,
  signal: AbortSignal,
): Promise<PasswordWrite> {
  const policy = new PasswordPolicyControl()
  const send = wayOf(request) === 'passmod' ? passwordModify : replacePassword
  const refused = await sendOnce(connection, { what, signal }, (client) => send(client, request, policy))
  if (refused === null) return { ok: true }
  return refusalOf(refused, { ...request, policy, server: connection.server, problem: writeProblem })
}

/** The same as the person, over a connection that the current password was just proven on; both go together. */
export async function writeOwnPassword(
  connection: LdapConnection,
  request: PasswordWriteRequest & { current: string },
  signal: AbortSignal,
): Promise<PasswordChange> {
  const policy = new PasswordPolicyControl()
  const send = wayOf(request) === 'passmod' ? passwordModify : exchangePassword
  const refused = await sendOnce(connection, { what, signal }, (client) => send(client, request, policy))
  if (refused === null) return { ok: true }
  // Somebody else has set another one in between.
  if (dialects[request.config.dialect].currentIsWrong(refused)) {
    return { ok: false, because: 'current-password-wrong' }
  }
  return refusalOf(refused, { ...request, policy, server: connection.server, problem: ownWriteProblem })
}

const what = 'a password write'

const wayOf = ({ config }: PasswordWriteRequest) =>
  config.passwordWrite ?? dialects[config.dialect].passwordWrite

function refusalOf(
  error: ResultCodeError,
  from: Pick<PasswordWriteRequest, 'config'> & {
    policy: PasswordPolicyControl
    server: string
    problem(meaning: FaultCode, code: number): string
  },
): PasswordWrite {
  const meaning =
    dialects[from.config.dialect].refusal(error) ?? writeMeaning(error.code, from.policy.value?.error)
  if (isRefusal(meaning)) return { ok: false, because: meaning }
  throw faultFor(meaning, error, { server: from.server, what: from.problem(meaning, error.code) })
}

function ownWriteProblem(meaning: FaultCode, code: number): string {
  return meaning === 'directory-rights-missing'
    ? 'people may not write their own passwords: give "self" the right to write userPassword, or set changeAs: service'
    : writeProblem(meaning, code)
}

function writeProblem(meaning: FaultCode, code: number): string {
  if (meaning === 'directory-rights-missing') {
    return 'the service account may not write passwords: give it the right to write userPassword'
  }
  // A referral is followed nowhere: it would carry a password to a server that nobody configured.
  if (code === 10 || code === 53) {
    return 'the server takes no writes: name the one that does first in urls, and count it in providers'
  }
  return 'a password write failed'
}

const isRefusal = (meaning: FaultCode | DirectoryRefusal): meaning is DirectoryRefusal =>
  meaning.startsWith('password-') || meaning === 'account-unavailable'

/**
 * RFC 3062: SEQUENCE { [0] userIdentity, [1] oldPasswd, [2] newPasswd }. Without [2] the server would draw a password.
 */
async function passwordModify(
  client: Client,
  request: PasswordWriteRequest & { current?: string },
  policy: PasswordPolicyControl,
) {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(request.dn, 0x80)
  if (request.current !== undefined) writer.writeString(request.current, 0x81)
  writer.writeString(request.password, 0x82)
  writer.endSequence()
  await client.exop(passwordModifyOid, unprintable(writer.buffer), policy)
}

async function replacePassword(client: Client, request: PasswordWriteRequest, policy: PasswordPolicyControl) {
  const { dialect, attributes } = request.config
  const { lock, hasAssertions } = dialects[dialect]
  const lifted = lock.outlivesNewPassword ? lock.attributes : []
  const octets = unprintable(Buffer.from(request.password, 'utf8'))
  const changes = [replacing('userPassword', [octets]), ...lifted.map((name) => replacing(name, []))]
  const stillTheSame = new AssertionControl(
    new EqualityFilter({ attribute: attributes.key, value: request.key }),
  )
  await client.modify(request.dn, changes, hasAssertions ? [policy, stillTheSame] : [policy])
}

/** Whoever may not replace passwords proves the one that goes by naming it (draft-behera, pwdSafeModify). */
async function exchangePassword(
  client: Client,
  request: PasswordWriteRequest & { current: string },
  policy: PasswordPolicyControl,
) {
  const octets = (password: string) => unprintable(Buffer.from(password, 'utf8'))
  const changes = exchanging('userPassword', [octets(request.current), octets(request.password)])
  await client.modify(request.dn, changes, policy)
}

/**
 * A reset by a password administrator marks the entry "must change at next sign-in". The person has just chosen this
 * password, so the mark is taken off. Returns false when it is there and the service account may not.
 */
export async function clearMustChange(
  connection: LdapConnection,
  request: Pick<PasswordWriteRequest, 'config' | 'dn'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { mustChange } = dialects[request.config.dialect]
  if (mustChange === null) return true
  const { attribute, value } = mustChange
  try {
    const { searchEntries } = await connection.ask(signal, (client) =>
      client.search(request.dn, { scope: 'base', attributes: [attribute], sizeLimit: 1 }),
    )
    if (searchEntries[0]?.[attribute] !== value) return true
    await connection.ask(signal, (client) => client.modify(request.dn, replacing(attribute, [])))
    return true
  } catch {
    // The password is written, which is what was asked for; nothing here may turn that into a failure.
    return false
  }
}
