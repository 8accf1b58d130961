import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { firstLanguage, type Values } from '../ldap-wire/values.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'

/**
 * What is asked for when an entry is read; never the password. To prove one, no more is asked than decides whether it
 * may sign in: a person's entry must not grow with their failures while a decoy's stays as it is.
 */
export function attributesToRead(config: LdapConfig, why: 'to tell' | 'to prove'): string[] {
  const {
    key,
    username,
    displayName,
    mails,
    recoveryAddresses,
    recoveryNumbers,
    upn,
    locale,
    contextWords,
    groups,
  } = config.attributes
  const dialect = dialects[config.dialect]
  const conditions = [...config.disabled, ...config.privileged, ...config.federated, ...config.secondFactor]
  const named = conditions.flatMap((condition) => ('attribute' in condition ? [condition.attribute] : []))
  const single = [key, username, upn, locale].filter((name) => name !== undefined)
  return [
    ...new Set([
      ...single,
      ...displayName,
      ...mails,
      ...recoveryAddresses,
      ...recoveryNumbers,
      ...contextWords,
      ...dialect.stateAttributes,
      ...(why === 'to tell' ? [...groups, ...dialect.passwordAttributes] : []),
      ...named,
    ]),
  ]
}

/** The facts that the entry itself tells; the conditions of the configuration are answered elsewhere. */
export type OwnFacts = Omit<DirectoryEntry, 'privileged' | 'federated' | 'secondFactor'>

export function ownFacts(
  values: Values,
  options: { config: LdapConfig; dn: string; now: Date; server: string },
): OwnFacts {
  const { config, dn, now, server } = options
  const { attributes } = config
  const dialect = dialects[config.dialect]
  const all = (names: readonly string[]) => names.flatMap((name) => values(name))
  const username = required(values, attributes.username, server)
  return {
    key: required(values, attributes.key, server),
    username,
    displayName: all(attributes.displayName)[0] ?? username,
    mails: all(attributes.mails),
    upn: attributes.upn === undefined ? null : (values(attributes.upn)[0] ?? null),
    recoveryAddresses: all(attributes.recoveryAddresses),
    recoveryNumbers: all(attributes.recoveryNumbers),
    locale: attributes.locale === undefined ? null : firstLanguage(values(attributes.locale)[0]),
    disabled: dialect.isDisabled(values, now),
    locked: dialect.isLocked(values, { lockoutSeconds: config.lockoutSeconds, now }),
    contextWords: [...new Set([username, ...all(attributes.contextWords)])],
    password: dialect.passwordFacts(values),
    place: dn,
    groups: all(attributes.groups),
  }
}

/** Without its key or name an entry can't be told from others; the service account may not read the attribute. */
function required(values: Values, attribute: string, server: string): string {
  const value = values(attribute)[0]
  if (value === undefined) {
    throw new Fault('directory-misconfigured', {
      detail: `${server}: an entry shows no ${attribute}: check attributes and what the service account may read`,
    })
  }
  return value
}
