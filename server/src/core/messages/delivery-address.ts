import { domainToASCII, domainToUnicode } from 'node:url'

/** RFC 5321 section 4.5.3.1, in octets. */
const addressBytesMax = 254
const localPartBytesMax = 64
const labelLengthMax = 63

/**
 * Whether an address is exactly one plain mailbox that can be handed to a mail server as it is.
 *
 * Rekey sends to the stored address and never repairs one. So nothing is parsed here: an address that would need
 * a parser (quotes, comments, groups, lists, angle brackets, address literals, control characters) is refused,
 * because two parsers that disagree about it deliver a way into an account to somebody else (CVE-2020-7769,
 * CVE-2025-14874 and relatives). Each character is looked at once; there is nothing to nest.
 *
 * Letters of all scripts are welcome. A domain in them (RFC 5890) is accepted only in the form in which IDNA
 * changes nothing: full-width, enclosed or upper-case look-alikes that a resolver would fold into *another*
 * domain are refused. A local part in them needs a mail server with SMTPUTF8 (RFC 6531).
 */
export function isPlainMailbox(address: string): boolean {
  if (address.length > addressBytesMax || Buffer.byteLength(address) > addressBytesMax) return false
  const at = address.indexOf('@')
  if (at < 1 || at !== address.lastIndexOf('@')) return false
  return isPlainLocalPart(address.slice(0, at)) && isPlainDomain(address.slice(at + 1))
}

/** RFC 5322's dot-atom, widened by letters, digits and marks of other scripts (RFC 6531 section 3.3). */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+)*$/u

/** A leading hyphen is legal and used by nobody; programs behind a mail server read it as an option. */
const isPlainLocalPart = (local: string) =>
  Buffer.byteLength(local) <= localPartBytesMax && !local.startsWith('-') && dotAtom.test(local)

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

function isPlainDomain(domain: string): boolean {
  const ascii = domainToASCII(domain)
  const unchanged = isAscii(domain) ? ascii === domain.toLowerCase() : domainToUnicode(ascii) === domain
  if (!unchanged) return false
  const labels = ascii.split('.')
  const last = labels.at(-1) ?? ''
  return labels.every((part) => part.length <= labelLengthMax && label.test(part)) && !/^\d+$/.test(last)
}

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text)
