import { AndFilter, type Filter, OrFilter } from 'ldapts'
import type { IdentifierQuery } from '../../../core/accounts/ports.ts'
import { literally, mailSpellings, nameable } from '../ldap-wire/filters.ts'
import type { LdapConfig } from './config.ts'

/** Null when the directory has no such identifiers, or none could match. */
export function identifierFilter(
  query: IdentifierQuery,
  parts: { attributes: LdapConfig['attributes']; userFilter: Filter },
): Filter | null {
  const names = attributesFor(query.by, parts.attributes)
  const [first] = names
  if (first === undefined || !nameable(query.value)) return null
  const spellings = query.by === 'mail' ? mailSpellings(query.value) : [query.value]
  const assertions = names.flatMap((name) => spellings.map((value) => literally(name, value)))
  const identifier =
    assertions.length === 1 ? literally(first, query.value) : new OrFilter({ filters: assertions })
  return new AndFilter({ filters: [parts.userFilter, identifier] })
}

function attributesFor(by: IdentifierQuery['by'], attributes: LdapConfig['attributes']): readonly string[] {
  switch (by) {
    case 'username':
      return [attributes.username]
    case 'mail':
      return attributes.mails
    case 'upn':
      return attributes.upn === undefined ? [] : [attributes.upn]
  }
}

export function keyFilter(
  key: string,
  parts: { attributes: Pick<LdapConfig['attributes'], 'key'>; userFilter: Filter },
): Filter {
  return new AndFilter({ filters: [parts.userFilter, literally(parts.attributes.key, key)] })
}
