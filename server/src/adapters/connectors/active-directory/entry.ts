import type { Entry } from 'ldapts'
import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { firstLanguage, octetsIn, type Values, valuesOf } from '../ldap-wire/values.ts'
import {
  isDisabled,
  isLocked,
  needsSmartCard,
  passwordAttributes,
  passwordFacts,
  stateAttributes,
} from './account-control.ts'
import type { ActiveDirectoryConfig, Condition } from './config.ts'
import { prefixIn } from './filters.ts'
import { guidText, sidText } from './octets.ts'

/** Attributes that are asked for as octets. */
export const octetAttributes = ['objectGUID', 'objectSid', 'tokenGroups']

/**
 * What is asked for when an entry is read; never the password. To prove one, no more is asked than decides whether it
 * may sign in: a person's entry must not grow with their failures while a decoy's stays as it is.
 */
export function attributesToRead(config: ActiveDirectoryConfig, why: 'to tell' | 'to prove'): string[] {
  const { displayName, mails, recoveryAddresses, recoveryNumbers, locale, contextWords, groups } =
    config.attributes
  const attributes: readonly Condition[] = [
    ...config.disabled,
    ...config.privileged,
    ...config.federated,
    ...config.secondFactor,
  ]
  const named = attributes.flatMap((condition) => ('attribute' in condition ? [condition.attribute] : []))
  const toTell = [...groups, ...passwordAttributes, 'adminCount', 'primaryGroupID', 'msDS-ResultantPSO']
  return [
    ...new Set([
      ...['objectGUID', 'objectSid', 'sAMAccountName', 'userPrincipalName'],
      ...displayName,
      ...mails,
      ...recoveryAddresses,
      ...recoveryNumbers,
      ...(locale === undefined ? [] : [locale]),
      ...contextWords,
      ...stateAttributes,
      ...(why === 'to tell' ? toTell : []),
      ...named,
    ]),
  ]
}

/** The facts that the entry itself tells; what its groups decide is answered elsewhere. */
export type OwnFacts = Omit<DirectoryEntry, 'privileged' | 'federated'>

/** An entry as it was found; questions that need another round trip are not answered yet. */
export interface Found {
  dn: string
  /** Null when it does not show it. */
  sid: string | null
  values: Values
  own: OwnFacts
}

export function foundIn(
  entry: Entry,
  options: { config: ActiveDirectoryConfig; now: Date; server: string },
): Found {
  const { config, now, server } = options
  const { attributes } = config
  const values = valuesOf(entry)
  const all = (names: readonly string[]) => names.flatMap((name) => values(name))
  const username = required(values('sAMAccountName')[0], 'sAMAccountName', server)
  const [guid] = octetsIn(entry, 'objectGUID')
  const [sid] = octetsIn(entry, 'objectSid')
  const own: OwnFacts = {
    key: required(guid === undefined ? null : guidText(guid), 'objectGUID', server),
    username,
    displayName: all(attributes.displayName)[0] ?? username,
    mails: [...new Set(attributes.mails.flatMap((name) => addressesIn(name, values)))],
    upn: values('userPrincipalName')[0] ?? null,
    recoveryAddresses: all(attributes.recoveryAddresses),
    recoveryNumbers: all(attributes.recoveryNumbers),
    locale: attributes.locale === undefined ? null : firstLanguage(values(attributes.locale)[0]),
    disabled: isDisabled(values, now),
    locked: isLocked(values),
    secondFactor: needsSmartCard(values),
    contextWords: [...new Set([username, ...all(attributes.contextWords)])],
    password: passwordFacts(values),
    place: entry.dn,
    groups: all(attributes.groups),
  }
  return { dn: entry.dn, sid: sid === undefined ? null : sidText(sid), values, own }
}

function addressesIn(attribute: string, values: Values): readonly string[] {
  const prefix = prefixIn(attribute)
  return values(attribute)
    .filter((value) => value.slice(0, prefix.length).toLowerCase() === prefix)
    .map((value) => value.slice(prefix.length))
}

/** Without its key or name an entry can't be told from others; the service account may not read the attribute. */
function required(value: string | null | undefined, attribute: string, server: string): string {
  if (value !== null && value !== undefined) return value
  throw new Fault('directory-misconfigured', {
    detail: `${server}: an entry shows no ${attribute}: check what the service account may read`,
  })
}
