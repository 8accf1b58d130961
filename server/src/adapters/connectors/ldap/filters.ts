import { domainToASCII } from 'node:url'
import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from 'ldapts'
import type { IdentifierQuery } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { LdapConfig } from './config.ts'

/** The operator's filter; throws `directory-misconfigured` when it is none. */
export function userFilterOf(config: Pick<LdapConfig, 'userFilter'>): Filter {
  try {
    // ldapts overlooks parentheses that are missing at the end. A literal one is written as \28 or \29.
    const opened = config.userFilter.split('(').length
    if (opened !== config.userFilter.split(')').length) throw new Error('unbalanced parentheses')
    return FilterParser.parseString(config.userFilter)
  } catch (cause) {
    throw new Fault('directory-misconfigured', { cause, detail: 'userFilter is no LDAP filter' })
  }
}

/**
 * What a person typed becomes an assertion value, byte for byte: the filter is built as a tree and written as
 * BER, so that there is no text in which a typed character could mean anything else (CVE-2024-37393).
 */
const literally = (attribute: string, value: string): Filter => new EqualityFilter({ attribute, value })

/** Null when the directory has no such identifiers, or none could match. */
export function identifierFilter(
  query: IdentifierQuery,
  parts: { attributes: LdapConfig['attributes']; userFilter: Filter },
): Filter | null {
  const names = attributesFor(query.by, parts.attributes)
  const [first] = names
  // No identifier is empty or has a NUL in it, and a lone surrogate has no form that could be sent.
  if (first === undefined || !/^[^\0]+$/.test(query.value) || !query.value.isWellFormed()) return null
  const spellings = query.by === 'mail' ? mailSpellings(query.value) : [query.value]
  const assertions = names.flatMap((name) => spellings.map((value) => literally(name, value)))
  const identifier =
    assertions.length === 1 ? literally(first, query.value) : new OrFilter({ filters: assertions })
  return new AndFilter({ filters: [parts.userFilter, identifier] })
}

/**
 * A domain outside ASCII may be stored in either form: `mail` is an IA5 string in most schemas and knows the ASCII
 * form only (RFC 5890), other attributes hold what people write.
 */
function mailSpellings(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || /^[\u0000-\u007f]*$/.test(domain)) return [address]
  const ascii = domainToASCII(domain)
  return ascii === '' ? [address] : [address, `${address.slice(0, at)}@${ascii}`]
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
