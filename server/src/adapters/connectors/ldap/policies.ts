import type { DirectoryPasswordRules } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { LdapConnection } from '../ldap-wire/connection.ts'
import { isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { type Values, valuesOf } from '../ldap-wire/values.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'

/** A policy seldom changes, and everybody's entry leads to the same few. */
const freshMilliseconds = 60_000
const policiesMax = 1_000

/**
 * The rules that hold for an entry, from the policy that it names or, when it names none, from the one that the
 * configuration does (the server does not tell its default). Null when there is none that could be read.
 */
export function makePolicies(
  config: Pick<LdapConfig, 'dialect' | 'passwordPolicyDn'>,
  { now }: Pick<Outside, 'now'>,
) {
  const dialect = dialects[config.dialect]
  const known = new Map<string, { rules: DirectoryPasswordRules | null; until: number }>()
  /** A page of people asks for the same one all at once. Only who shares a connection shares its fate. */
  const underWay = new WeakMap<LdapConnection, Map<string, Promise<DirectoryPasswordRules | null>>>()

  const read = async (dn: string, session: Session): Promise<DirectoryPasswordRules | null> => {
    const policy = await readPolicy(dn, dialect.policy.attributes, session)
    const rules = policy === null ? null : someOf(dialect.policy.rules(policy))
    if (known.size >= policiesMax) known.clear()
    known.set(dn, { rules, until: now().getTime() + freshMilliseconds })
    return rules
  }

  return async (values: Values, session: Session): Promise<DirectoryPasswordRules | null> => {
    const dn = values('pwdPolicySubentry')[0] ?? config.passwordPolicyDn
    if (dn === undefined) return null
    const kept = known.get(dn)
    if (kept !== undefined && now().getTime() < kept.until) return kept.rules
    const here = underWay.get(session.connection) ?? new Map<string, Promise<DirectoryPasswordRules | null>>()
    underWay.set(session.connection, here)
    const reading = here.get(dn) ?? read(dn, session).finally(() => here.delete(dn))
    here.set(dn, reading)
    return reading
  }
}

const someOf = (rules: DirectoryPasswordRules) =>
  Object.values(rules).some((rule) => rule !== null) ? rules : null

async function readPolicy(
  dn: string,
  attributes: readonly string[],
  session: Session,
): Promise<Values | null> {
  const options = { scope: 'base' as const, attributes: [...attributes], sizeLimit: 1 }
  try {
    const { searchEntries } = await session.connection.ask(session.readSignal, (client) =>
      client.search(dn, options),
    )
    return searchEntries[0] === undefined ? null : valuesOf(searchEntries[0])
  } catch (error) {
    // It may not be readable, or not be there: then nobody tells. What the server demands is not changed by that.
    if (isResultCodeError(error)) return null
    throw error
  }
}
