import { PasswordPolicyControl, PasswordPolicyError } from 'ldapts'
import type { PasswordVerdict } from '../../../core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { LdapConfig } from './config.ts'
import { ConnectionLost } from './connection.ts'
import type { Found } from './directory.ts'
import { bindMeaning, faultFor, isResultCodeError } from './result-codes.ts'
import type { Servers, Session } from './servers.ts'

/**
 * Proves a password by a bind over a connection of its own. A bind is sent at most once: a wrong password that
 * is sent twice counts twice towards the lockout. For an unknown account a decoy is bound, so that the way and
 * the time are the same.
 */
export function makeProvePassword(deps: {
  config: Pick<LdapConfig, 'decoyDn' | 'baseDn' | 'attributes'>
  outside: Pick<Outside, 'randomBytes'>
  guests: Servers
}) {
  const { config, outside, guests } = deps
  const decoyDn = () => {
    if (config.decoyDn !== undefined) return config.decoyDn
    const name = Buffer.from(outside.randomBytes(16)).toString('hex')
    return `${config.attributes.username}=${name},${config.baseDn}`
  }
  return async (found: Found | null, password: string, signal: AbortSignal): Promise<PasswordVerdict> => {
    const verdict = await guests.use(signal, (session) =>
      bind({ dn: found?.dn ?? decoyDn(), password, session, signal }),
    )
    if (found === null) return { ok: false, because: 'wrong' }
    if (found.entry.disabled) return { ok: false, because: 'disabled' }
    // Without ppolicy_use_lockout the control stays silent, and the entry itself is all there is to go by.
    if (!verdict.ok && verdict.because === 'wrong' && found.entry.locked)
      return { ok: false, because: 'locked' }
    return verdict
  }
}

async function bind(options: {
  dn: string
  password: string
  session: Session
  signal: AbortSignal
}): Promise<PasswordVerdict> {
  const { session } = options
  const policy = new PasswordPolicyControl()
  session.pointOfNoReturn()
  try {
    await session.connection.ask(options.signal, (client) =>
      client.bind(options.dn, options.password, policy),
    )
    return { ok: true, mustChange: policy.value?.error === PasswordPolicyError.ChangeAfterReset }
  } catch (error) {
    if (error instanceof ConnectionLost) throw new Fault('directory-unreachable', { cause: error })
    if (!isResultCodeError(error)) throw error
    const meaning = bindMeaning(error.code, policy.value?.error)
    if (isVerdict(meaning)) return { ok: false, because: meaning }
    throw faultFor(meaning, error)
  }
}

type Refused = Extract<PasswordVerdict, { ok: false }>['because']

const isVerdict = (meaning: FaultCode | Refused): meaning is Refused => !meaning.startsWith('directory-')
