import {
  Attribute,
  BerWriter,
  Change,
  type Client,
  Control,
  EqualityFilter,
  PasswordPolicyControl,
} from 'ldapts'
import type { DirectoryRefusal, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../../kernel/fault.ts'
import type { LdapConfig } from './config.ts'
import { ConnectionLost, type LdapConnection } from './connection.ts'
import { faultFor, isResultCodeError, writeMeaning } from './result-codes.ts'

const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1'

export interface PasswordWriteRequest {
  config: Pick<LdapConfig, 'passwordWrite' | 'attributes'>
  dn: string
  key: string
  password: string
}

/**
 * One write, sent at most once. Throws `directory-outcome-unknown` when it was sent and no answer came, and
 * `directory-unreachable` when it certainly was not sent.
 */
export async function writePassword(
  connection: LdapConnection,
  request: PasswordWriteRequest,
  signal: AbortSignal,
): Promise<PasswordWrite> {
  const policy = new PasswordPolicyControl()
  const send = request.config.passwordWrite === 'passmod' ? passwordModify : replacePassword
  try {
    await connection.ask(signal, (client) => send(client, request, policy))
    return { ok: true }
  } catch (error) {
    if (error instanceof ConnectionLost) {
      const code: FaultCode = error.sent ? 'directory-outcome-unknown' : 'directory-unreachable'
      const because = error.sent ? 'no answer to a password write' : 'lost before a password was written'
      throw new Fault(code, { cause: error, detail: `${connection.server}: ${because}` })
    }
    if (!isResultCodeError(error)) throw error
    const meaning = writeMeaning(error.code, policy.value?.error)
    if (isRefusal(meaning)) return { ok: false, because: meaning }
    throw faultFor(meaning, error, { server: connection.server, what: writeProblem(meaning) })
  }
}

const writeProblem = (meaning: FaultCode): string =>
  meaning === 'directory-rights-missing'
    ? 'the service account may not write passwords: give it the right to write userPassword'
    : 'a password write failed'

const isRefusal = (meaning: FaultCode | DirectoryRefusal): meaning is DirectoryRefusal =>
  meaning.startsWith('password-') || meaning === 'account-unavailable'

/** RFC 3062: SEQUENCE { [0] userIdentity, [2] newPasswd }. Without [2] the server would draw a password. */
async function passwordModify(client: Client, request: PasswordWriteRequest, policy: PasswordPolicyControl) {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(request.dn, 0x80)
  writer.writeString(request.password, 0x82)
  writer.endSequence()
  await client.exop(passwordModifyOid, unprintable(writer.buffer), policy)
}

async function replacePassword(client: Client, request: PasswordWriteRequest, policy: PasswordPolicyControl) {
  const modification = new Attribute({
    type: 'userPassword',
    values: [unprintable(Buffer.from(request.password, 'utf8'))],
  })
  const stillTheSame = new AssertionControl(
    new EqualityFilter({ attribute: request.config.attributes.key, value: request.key }),
  )
  await client.modify(
    request.dn,
    [new Change({ operation: 'replace', modification })],
    [policy, stillTheSame],
  )
}

/** ldapts prints whole requests as JSON when NODE_DEBUG=ldapts is set; these octets don't print. */
function unprintable(octets: Buffer): Buffer {
  return Object.defineProperty(octets, 'toJSON', { value: () => '[secret]' })
}

/**
 * RFC 4528: the server checks the key in the same step as it writes. Accounts are known by key, operations by
 * name, and between look-up and write another entry may have got the name.
 */
class AssertionControl extends Control {
  readonly #filter: EqualityFilter

  constructor(filter: EqualityFilter) {
    super('1.3.6.1.1.12', { critical: true })
    this.#filter = filter
  }

  protected override writeControl(writer: BerWriter): void {
    const inner = new BerWriter()
    this.#filter.write(inner)
    writer.writeBuffer(inner.buffer, 0x04)
  }
}

/**
 * A reset by a password administrator marks the entry "must change at next sign-in" (pwdReset, when the policy
 * has pwdMustChange). The person has just chosen this password, so the mark is taken off. Returns false when it
 * is there and the service account may not.
 */
export async function clearMustChange(
  connection: LdapConnection,
  dn: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { searchEntries } = await connection.ask(signal, (client) =>
      client.search(dn, { scope: 'base', attributes: ['pwdReset'], sizeLimit: 1 }),
    )
    if (searchEntries[0]?.['pwdReset'] !== 'TRUE') return true
    const modification = new Attribute({ type: 'pwdReset', values: [] })
    await connection.ask(signal, (client) =>
      client.modify(dn, new Change({ operation: 'replace', modification })),
    )
    return true
  } catch {
    // The password is written, which is what was asked for; nothing here may turn that into a failure.
    return false
  }
}
