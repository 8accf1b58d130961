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
import { dialects } from './dialects.ts'
import { faultFor, isResultCodeError, writeMeaning } from './result-codes.ts'

const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1'

export interface PasswordWriteRequest {
  config: Pick<LdapConfig, 'dialect' | 'passwordWrite' | 'attributes'>
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
  const dialect = dialects[request.config.dialect]
  const way = request.config.passwordWrite ?? dialect.passwordWrite
  const send = way === 'passmod' ? passwordModify : replacePassword
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
    const meaning = dialect.refusal(error) ?? writeMeaning(error.code, policy.value?.error)
    if (isRefusal(meaning)) return { ok: false, because: meaning }
    throw faultFor(meaning, error, { server: connection.server, what: writeProblem(meaning, error.code) })
  }
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
  const { dialect, attributes } = request.config
  const { lockAttributes, hasAssertions } = dialects[dialect]
  const octets = unprintable(Buffer.from(request.password, 'utf8'))
  const changes = [replacing('userPassword', [octets]), ...lockAttributes.map((name) => replacing(name, []))]
  const stillTheSame = new AssertionControl(
    new EqualityFilter({ attribute: attributes.key, value: request.key }),
  )
  await client.modify(request.dn, changes, hasAssertions ? [policy, stillTheSame] : [policy])
}

const replacing = (type: string, values: Buffer[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) })

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
