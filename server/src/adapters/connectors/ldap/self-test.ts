import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { readBase, readEntry } from '../ldap-wire/reading.ts'
import { isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { valuesOf } from '../ldap-wire/values.ts'
import type { Condition, LdapConfig } from './config.ts'

type Named = Pick<
  LdapConfig,
  'baseDn' | 'bindDn' | 'attributes' | 'disabled' | 'privileged' | 'federated' | 'secondFactor' | 'groups'
>

/** Nobody mends a configuration that often, and monitors ask every few seconds. */
const freshMilliseconds = 60_000

/**
 * Whether what the configuration names is there. A group that can't be asked makes everybody a member, which shuts
 * everybody out, and an attribute that no schema has makes nobody privileged or leaves nobody an address: neither is
 * seen before somebody needs it. Throws the fault to fix.
 */
export function makeSelfTest(config: Named, { now }: Pick<Outside, 'now'>) {
  let goodUntil = 0
  return async (session: Session): Promise<void> => {
    await readBase(config.baseDn, session)
    if (now().getTime() < goodUntil) return
    for (const [setting, conditions] of conditionsOf(config)) {
      for (const condition of conditions) {
        if ('group' in condition) await askGroup({ setting, ...condition, member: config.bindDn }, session)
      }
    }
    await lookForAttributes(config, session)
    goodUntil = now().getTime() + freshMilliseconds
  }
}

type Question = Extract<Condition, { group: string }> & { setting: string; member: string }

async function askGroup(
  { setting, group, memberAttribute, member }: Question,
  session: Session,
): Promise<void> {
  const { connection, readSignal } = session
  try {
    await connection.ask(readSignal, (client) => client.compare(group, memberAttribute, member))
  } catch (error) {
    if (!isResultCodeError(error)) throw error
    throw misconfigured(
      session,
      `${setting}: nobody can say who is in the group "${group}" (result ${String(error.code)}), and so everybody ` +
        'counts as a member: look at its DN, at memberAttribute, and at the right to compare',
    )
  }
}

const conditionsOf = ({ disabled, privileged, federated, secondFactor, groups }: Named) =>
  Object.entries({ disabled, privileged, federated, secondFactor, groups })

/** Those without which nobody is found, written to, or told apart. Others may be missing in a schema, and do no harm. */
function attributesIn({ attributes, ...config }: Named): readonly [setting: string, name: string][] {
  const { key, username, recoveryAddresses, recoveryNumbers } = attributes
  const asked = conditionsOf({ attributes, ...config }).flatMap(([setting, conditions]) =>
    conditions.flatMap((one) => ('attribute' in one ? [[setting, one.attribute] as [string, string]] : [])),
  )
  return [
    ['attributes.key', key],
    ['attributes.username', username],
    ...recoveryAddresses.map((name): [string, string] => ['attributes.recoveryAddresses', name]),
    ...recoveryNumbers.map((name): [string, string] => ['attributes.recoveryNumbers', name]),
    ...asked,
  ]
}

async function lookForAttributes(config: Named, session: Session): Promise<void> {
  const known = await readSchema(session)
  if (known === null) return
  for (const [setting, name] of attributesIn(config)) {
    if (!known.has(name.toLowerCase())) {
      throw misconfigured(session, `${setting}: the schema has no attribute "${name}", so nobody has it`)
    }
  }
}

/** Names of all attribute types (RFC 4512 sections 4.2 and 4.4), lower case; null where the schema can't be read. */
async function readSchema(session: Session): Promise<ReadonlySet<string> | null> {
  try {
    const root = await readEntry(session, '', { attributes: ['subschemaSubentry'] })
    const [dn] = root === null ? [] : valuesOf(root)('subschemaSubentry')
    if (dn === undefined) return null
    const schema = await readEntry(session, dn, {
      filter: '(objectClass=subschema)',
      attributes: ['attributeTypes'],
    })
    const types = schema === null ? [] : valuesOf(schema)('attributeTypes')
    return types.length === 0 ? null : new Set(types.flatMap(namesOf))
  } catch (error) {
    if (error instanceof Fault && error.code !== 'directory-unreachable') return null
    throw error
  }
}

/** `NAME 'a'` or `NAME ( 'a' 'b' )` (RFC 4512 section 4.1.2). */
const namesOf = (description: string): string[] => {
  const [, one, several = ''] = /\bNAME\s+(?:'([^']+)'|\(([^)]*)\))/.exec(description) ?? []
  const names = one === undefined ? [...several.matchAll(/'([^']+)'/g)].map(([, name = '']) => name) : [one]
  return names.map((name) => name.toLowerCase())
}

const misconfigured = ({ connection }: Session, detail: string) =>
  new Fault('directory-misconfigured', { detail: `${connection.server}: ${detail}` })
