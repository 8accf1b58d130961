import { AndFilter, type Client, EqualityFilter, type Filter, NotFilter } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { readBase, readEntry } from '../ldap-wire/reading.ts'
import { isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { octetsIn, valuesOf } from '../ldap-wire/values.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import { FlagsControl } from './flags-control.ts'
import { sidText } from './octets.ts'
import { policyHintsAt } from './policy-hints.ts'
import { hasExtendedRight } from './security-descriptor.ts'

/** How many people are looked at: rights are given to places, and people of one place are alike. */
const samples = 8
/** Rights seldom change, and monitors ask often. */
const freshMilliseconds = 60_000

/** "Reset Password" (MS-ADTS, section 5.1.3.2.1). To change one with the old one in hand is everybody's right. */
const right = '00299570-246d-11d0-a768-00aa006e0529'
const toRead = ['sAMAccountName', 'objectSid', 'userAccountControl', 'pwdLastSet', 'tokenGroups']
const toWrite = ['pwdLastSet', 'lockoutTime']

/**
 * Says which right the service account lacks, without writing: the controller tells of attributes what may be written
 * (allowedAttributesEffective), and the access list of an entry tells of rights. Throws the fault to fix.
 */
export function makeSelfTest(
  config: Pick<ActiveDirectoryConfig, 'keepsHistory'> & { baseDn: string },
  { people, outside }: { people: Filter; outside: Pick<Outside, 'now'> },
) {
  let goodUntil = 0
  // Those that AdminSDHolder protects inherit no right, and self-service keeps away from them.
  const isProtected = new EqualityFilter({ attribute: 'adminCount', value: '1' })
  const filter = new AndFilter({ filters: [people, new NotFilter({ filter: isProtected })] })

  return async (session: Session): Promise<void> => {
    const { server } = session.connection
    await readBase(config.baseDn, session)
    if (outside.now().getTime() < goodUntil) return
    if (config.keepsHistory && (await policyHintsAt(session)) === null) {
      const detail =
        `${server}: does not enforce its history on a password that the service account sets (no ` +
        'LDAP_SERVER_POLICY_HINTS): say keepsHistory: false, and switch on the history of Rekey'
      throw new Fault('directory-misconfigured', { detail })
    }
    const sids = await ownSids(session)
    const dns = await somePeople(session, { base: config.baseDn, filter })
    for (const dn of dns) {
      const missing = await missingRights(dn, sids, session)
      if (missing.length > 0) {
        const detail = `${server}: the service account lacks rights to people in "${placeOf(dn)}": ${missing.join(', ')}`
        throw new Fault('directory-rights-missing', { detail })
      }
    }
    goodUntil = outside.now().getTime() + freshMilliseconds
  }
}

/** Everything that the service account is a member of, itself included (MS-ADTS, section 3.1.1.3.2.33). */
async function ownSids(session: Session): Promise<ReadonlySet<string>> {
  const attributes = ['tokenGroups']
  const root = await readEntry(session, '', { attributes, explicitBufferAttributes: attributes })
  const sids = root === null ? [] : octetsIn(root, 'tokenGroups').map(sidText)
  return new Set(sids.filter((sid) => sid !== null))
}

async function somePeople(
  session: Session,
  { base, filter }: { base: string; filter: Filter },
): Promise<string[]> {
  const { connection, readSignal } = session
  const options = { scope: 'sub' as const, filter, attributes: ['1.1'], paged: { pageSize: samples } }
  const first = (client: Client) => client.searchPaginated(base, options).next()
  try {
    const page = await connection.ask(readSignal, first)
    return page.done === true ? [] : page.value.searchEntries.map(({ dn }) => dn)
  } catch (error) {
    if (isResultCodeError(error)) return []
    throw error
  }
}

async function missingRights(
  dn: string,
  sids: ReadonlySet<string>,
  session: Session,
): Promise<readonly string[]> {
  const octets = ['objectSid', 'tokenGroups', 'nTSecurityDescriptor']
  const attributes = [...toRead, 'allowedAttributesEffective', 'nTSecurityDescriptor']
  const entry = await readEntry(
    session,
    dn,
    { attributes, explicitBufferAttributes: octets },
    accessListOnly(),
  )
  // Gone since a moment ago.
  if (entry === null) return []
  const values = valuesOf(entry)
  const hidden = toRead.filter((name) => values(name).length === 0 && octetsIn(entry, name).length === 0)
  const writable = values('allowedAttributesEffective').map((name) => name.toLowerCase())
  const [descriptor] = octetsIn(entry, 'nTSecurityDescriptor')
  const mayReset =
    descriptor === undefined || sids.size === 0 || hasExtendedRight(descriptor, { right, sids }) !== false
  return [
    ...hidden.map((name) => `to read ${name}`),
    ...(mayReset ? [] : ['"Reset Password"']),
    ...toWrite.filter((name) => !writable.includes(name.toLowerCase())).map((name) => `to write ${name}`),
  ]
}

/**
 * LDAP_SERVER_SD_FLAGS_OID with DACL_SECURITY_INFORMATION (MS-ADTS, section 3.1.1.3.4.1.11): nobody but administrators
 * may read the list of what is audited, which comes along by default.
 */
const accessListOnly = () => new FlagsControl('1.2.840.113556.1.4.801', 4)

/** The entry above: its name says where, and nothing about a person. */
const placeOf = (dn: string): string => /^(?:\\.|[^\\,])*,(.*)$/s.exec(dn)?.[1] ?? dn
