import { AndFilter, EqualityFilter, type Filter, NotFilter, OrFilter, PresenceFilter } from 'ldapts'
import type { IdentifierQuery } from '../../../core/accounts/ports.ts'
import { literally, mailSpellings, nameable, userFilterOf } from '../ldap-wire/filters.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import { guidOctets } from './octets.ts'

const is = (attribute: string, value: string): Filter => new EqualityFilter({ attribute, value })

/** SAM_NORMAL_USER_ACCOUNT (MS-SAMR, section 2.2.1.9): no machine, no managed service account, no trust. */
const normalAccount = String(0x30000000)

/**
 * Entries that are people. The domain's own accounts (krbtgt and the like) are critical system objects; the krbtgt of a
 * read-only controller has a number.
 */
export function peopleFilter(config: Pick<ActiveDirectoryConfig, 'userFilter'>): Filter {
  return new AndFilter({
    filters: [
      is('sAMAccountType', normalAccount),
      new NotFilter({ filter: is('isCriticalSystemObject', 'TRUE') }),
      new NotFilter({ filter: new PresenceFilter({ attribute: 'msDS-SecondaryKrbTgtNumber' }) }),
      userFilterOf(config),
    ],
  })
}

/** Null when no such identifier could match. */
export function identifierFilter(
  query: IdentifierQuery,
  parts: { mails: readonly string[]; people: Filter },
): Filter | null {
  if (!nameable(query.value)) return null
  const assertions = assertionsFor(query, parts.mails)
  if (assertions.length === 0) return null
  return new AndFilter({ filters: [parts.people, new OrFilter({ filters: assertions })] })
}

function assertionsFor({ by, value }: IdentifierQuery, mails: readonly string[]): Filter[] {
  switch (by) {
    case 'username':
      return [literally('sAMAccountName', value)]
    case 'upn':
      return [literally('userPrincipalName', value)]
    case 'mail':
      return mails.flatMap((attribute) =>
        mailSpellings(value).map((address) => literally(attribute, `${prefixIn(attribute)}${address}`)),
      )
  }
}

/** proxyAddresses holds addresses of many kinds, each with the name of its kind; the case of it means something else. */
export const prefixIn = (attribute: string): string =>
  attribute.toLowerCase() === 'proxyaddresses' ? 'smtp:' : ''

/** Null when the key is none that was ever given out. */
export function keyFilter(key: string, people: Filter): Filter | null {
  const value = guidOctets(key)
  return value === null
    ? null
    : new AndFilter({ filters: [people, new EqualityFilter({ attribute: 'objectGUID', value })] })
}

/**
 * An entry by its key and not by its name (MS-ADTS, section 3.1.1.3.1.2.4): between look-up and write another entry may
 * have got the name.
 */
export const byKey = (key: string): string => `<GUID=${key}>`
