import { domainToASCII } from 'node:url'
import { EqualityFilter, type Filter, FilterParser } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'

/** The operator's filter; throws `directory-misconfigured` when it is none. */
export function userFilterOf(config: { userFilter: string }): Filter {
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
export const literally = (attribute: string, value: string): Filter =>
  new EqualityFilter({ attribute, value })

/** No identifier is empty or has a NUL in it, and a lone surrogate has no form that could be sent. */
export const nameable = (value: string): boolean => /^[^\0]+$/.test(value) && value.isWellFormed()

/**
 * A domain outside ASCII may be stored in either form: `mail` is an IA5 string in most schemas and knows the ASCII
 * form only (RFC 5890), other attributes hold what people write.
 */
export function mailSpellings(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || /^[\u0000-\u007f]*$/.test(domain)) return [address]
  const ascii = domainToASCII(domain)
  return ascii === '' ? [address] : [address, `${address.slice(0, at)}@${ascii}`]
}
