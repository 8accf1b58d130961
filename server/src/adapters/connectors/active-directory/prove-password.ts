import { type Filter, NotFilter, PresenceFilter } from 'ldapts'
import type { PasswordVerdict } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { ConnectionLost } from '../ldap-wire/connection.ts'
import { readEntry } from '../ldap-wire/reading.ts'
import { faultFor, isResultCodeError, rowFor } from '../ldap-wire/result-codes.ts'
import type { Servers, Session, Where } from '../ldap-wire/servers.ts'
import { type Values, valuesOf } from '../ldap-wire/values.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import type { Found } from './entry.ts'
import type { makeMembership } from './membership.ts'
import { refusedBind } from './sub-codes.ts'

interface Deps {
  config: Pick<ActiveDirectoryConfig, 'decoyDn' | 'disabled'> & { baseDn: string }
  outside: Pick<Outside, 'randomBytes'>
  toLookUp: Pick<Servers, 'use'>
  asGuest: Servers
  /** The controller that passwords are proven at, while others may not know the newest yet. */
  where(): Where
  findKey(key: string, session: Session): Promise<Found | null>
  attributesToProve: string[]
  membership: Pick<ReturnType<typeof makeMembership>, 'anyHolds' | 'groupsOf'>
}

/**
 * Proves a password by a bind over a connection of its own. A bind is sent at most once: a wrong password that is sent
 * twice counts twice towards the lockout. For an unknown account the same questions are asked about a decoy, and the
 * decoy is bound, so that both take the same way. An entry takes longer to send and to read than none: so one is sent
 * for everybody, the person's when the person is looked for or the decoy's right after that.
 */
export function makeProvePassword(deps: Deps) {
  const { config, outside, toLookUp, asGuest } = deps
  const asksGroups = config.disabled.some((condition) => 'group' in condition)
  const decoyDn = () => {
    if (config.decoyDn !== undefined) return config.decoyDn
    const name = Buffer.from(outside.randomBytes(16)).toString('hex')
    return `CN=${name},${config.baseDn}`
  }
  const valuesAt = async (dn: string, filter: Filter, session: Session): Promise<Values | null> => {
    const entry = await readEntry(session, dn, { filter, attributes: deps.attributesToProve })
    return entry === null ? null : valuesOf(entry)
  }
  return async (key: string, password: string, signal: AbortSignal): Promise<PasswordVerdict> => {
    const where = deps.where()
    const lookUp = async (session: Session) => {
      const found = await deps.findKey(key, session)
      const decoy = decoyDn()
      const ofDecoy = await valuesAt(decoy, found === null ? anything : nothing, session)
      const values = found?.values ?? ofDecoy ?? (() => [])
      const groups = asksGroups ? await deps.membership.groupsOf(found?.own.key ?? noKey, session) : null
      const isDisabled = await deps.membership.anyHolds(config.disabled, { values, groups }, session)
      return { dn: found?.dn ?? decoy, own: found?.own ?? null, isDisabled }
    }
    const target = await toLookUp.use(signal, lookUp, where)
    const prove = (session: Session) => bindAs({ dn: target.dn, password, session, signal })
    const verdict = await asGuest.use(signal, prove, where)
    if (target.own === null) return { ok: false, because: 'wrong' }
    if (target.isDisabled || target.own.disabled) return { ok: false, because: 'disabled' }
    return verdict
  }
}

const noKey = '00000000-0000-0000-0000-000000000000'
const anything = new PresenceFilter({ attribute: 'objectClass' })
const nothing = new NotFilter({ filter: anything })

/** One bind as a person. */
export async function bindAs(options: {
  dn: string
  password: string
  session: Session
  signal: AbortSignal
}): Promise<PasswordVerdict> {
  const { session, signal } = options
  const { server } = session.connection
  session.pointOfNoReturn()
  try {
    await session.connection.ask(signal, (client) => client.bind(options.dn, options.password))
    return { ok: true, mustChange: false }
  } catch (error) {
    if (error instanceof ConnectionLost) {
      const detail = `${server}: no answer to the bind of a person`
      throw new Fault('directory-unreachable', { cause: error, detail })
    }
    if (!isResultCodeError(error)) throw error
    const refused = error.code === 49 ? refusedBind(error) : null
    if (refused !== null) return refused.verdict
    const meaning = rowFor(error.code).bind
    if (meaning === 'wrong') return { ok: false, because: 'wrong' }
    // 19 and 53 say something else here than at other servers.
    const code = meaning === 'locked' || meaning === 'disabled' ? 'directory-answer-unusable' : meaning
    throw faultFor(code, error, { server, what: 'the bind of a person failed' })
  }
}
