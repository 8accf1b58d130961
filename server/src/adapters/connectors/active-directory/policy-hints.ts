import type { Control } from 'ldapts'
import type { LdapConnection } from '../ldap-wire/connection.ts'
import { readEntry } from '../ldap-wire/reading.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { valuesOf } from '../ldap-wire/values.ts'
import { FlagsControl } from './flags-control.ts'

/** LDAP_SERVER_POLICY_HINTS_OID and, before Windows Server 2012, LDAP_SERVER_POLICY_HINTS_DEPRECATED_OID. */
const oids = ['1.2.840.113556.1.4.2239', '1.2.840.113556.1.4.2066']

/**
 * MS-ADTS, section 3.1.1.3.4.1.27: with flag 1 a password that is set, and not changed, has to keep history and minimum
 * age as well. Without it both are for people only.
 */
const withHistory = 1

const known = new WeakMap<LdapConnection, string | null>()

/** The control in the form that this controller offers, or null when it offers none. Asked once a connection. */
export async function policyHintsAt(session: Session): Promise<Control | null> {
  const { connection } = session
  let oid = known.get(connection)
  if (oid === undefined) {
    const root = await readEntry(session, '', { attributes: ['supportedControl'] })
    const offered = root === null ? [] : valuesOf(root)('supportedControl')
    oid = oids.find((one) => offered.includes(one)) ?? null
    known.set(connection, oid)
  }
  return oid === null ? null : new FlagsControl(oid, withHistory)
}
