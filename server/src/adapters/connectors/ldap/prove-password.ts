import { type Filter, NotFilter, PasswordPolicyControl, PasswordPolicyError, PresenceFilter } from 'ldapts'
import type { PasswordVerdict } from '../../../core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { ConnectionLost } from '../ldap-wire/connection.ts'
import { bindMeaning, faultFor, isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Servers, Session } from '../ldap-wire/servers.ts'
import type { Values } from '../ldap-wire/values.ts'
import type { makeAnyHolds } from './conditions.ts'
import type { LdapConfig } from './config.ts'
import type { Found } from './search.ts'

interface Deps {
  config: Pick<LdapConfig, 'decoyDn' | 'baseDn' | 'attributes' | 'disabled'>
  outside: Pick<Outside, 'randomBytes'>
  toLookUp: Pick<Servers, 'use'>
  asGuest: Servers
  /** True while a replica may not know the newest passwords yet. */
  replicasLag(): boolean
  findKey(key: string, session: Session): Promise<Found | null>
  readValues(dn: string, filter: Filter, session: Session): Promise<Values | null>
  anyHolds: ReturnType<typeof makeAnyHolds>
}

/**
 * Proves a password by a bind over a connection of its own. A bind is sent at most once: a wrong password that
 * is sent twice counts twice towards the lockout. For an unknown account the same questions are asked about a
 * decoy, and the decoy is bound, so that both take the same way. An entry takes longer to send and to read than none:
 * so one is sent for everybody, the person's when the person is looked for or the decoy's right after that.
 */
export function makeProvePassword(deps: Deps) {
  const { config, outside, toLookUp, asGuest } = deps
  const decoyDn = () => {
    if (config.decoyDn !== undefined) return config.decoyDn
    const name = Buffer.from(outside.randomBytes(16)).toString('hex')
    return `${config.attributes.username}=${name},${config.baseDn}`
  }
  return async (key: string, password: string, signal: AbortSignal): Promise<PasswordVerdict> => {
    // Asked of the whole directory and not of this account: an unknown one has to take the same way.
    const where = { providersOnly: deps.replicasLag() }
    const lookUp = async (session: Session) => {
      const found = await deps.findKey(key, session)
      const decoy = decoyDn()
      const ofDecoy = await deps.readValues(decoy, found === null ? anything : nothing, session)
      const asked = found ?? { dn: decoy, values: ofDecoy ?? (() => []) }
      const disabled = await deps.anyHolds(config.disabled, asked, session)
      return { dn: asked.dn, own: found?.own ?? null, disabled: disabled || found?.own.disabled === true }
    }
    const target = await toLookUp.use(signal, lookUp, where)
    const prove = (session: Session) => bindAs({ dn: target.dn, password, session, signal })
    const verdict = await asGuest.use(signal, prove, where)
    if (target.own === null) return { ok: false, because: 'wrong' }
    if (target.disabled) return { ok: false, because: 'disabled' }
    // Without ppolicy_use_lockout the control stays silent, and the entry itself is all there is to go by.
    if (!verdict.ok && verdict.because === 'wrong' && target.own.locked)
      return { ok: false, because: 'locked' }
    return verdict
  }
}

const anything = new PresenceFilter({ attribute: 'objectClass' })
const nothing = new NotFilter({ filter: anything })

/** One bind as a person, after which the connection is theirs if it succeeded. */
export async function bindAs(options: {
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
    if (error instanceof ConnectionLost) {
      const detail = `${session.connection.server}: no answer to the bind of a person`
      throw new Fault('directory-unreachable', { cause: error, detail })
    }
    if (!isResultCodeError(error)) throw error
    const meaning = bindMeaning(error.code, policy.value?.error)
    if (isVerdict(meaning)) return { ok: false, because: meaning }
    throw faultFor(meaning, error, {
      server: session.connection.server,
      what: 'the bind of a person failed',
    })
  }
}

type Refused = Extract<PasswordVerdict, { ok: false }>['because']

const isVerdict = (meaning: FaultCode | Refused): meaning is Refused => !meaning.startsWith('directory-')
