import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for `localhost`, names below it (RFC 6761, section 6.3) and loopback addresses, with or without brackets. */
export function isLoopbackHost(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (plain === 'localhost' || plain.endsWith('.localhost')) return true
  const family = isIP(plain)
  return family !== 0 && loopback.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}

/** What is wrong with an address that people or services are sent to; null when it is https or on this machine. */
export function webAddressProblem(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || url.host === '') return 'is not a URL'
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  if (url.protocol === 'https:') return null
  return url.protocol === 'http:' && isLoopbackHost(url.hostname) ? null : 'must begin with https://'
}

/** As `webAddressProblem`, and nothing behind the host: links are built by putting a path after it. */
export function publicUrlProblem(text: string): string | null {
  const problem = webAddressProblem(text)
  if (problem !== null) return problem
  const url = new URL(text)
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && !/[?#]$/.test(text)
  return bare ? null : 'must end after the host, without path, query or fragment'
}

/** The origin in the form browsers send it: lower-case, punycode, no default port, no slash at the end. */
export const originOf = (publicUrl: string): string => new URL(publicUrl).origin

const label = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/

/** A host name of RFC 1123: labels of letters, digits and hyphens, 253 characters at most. */
export const isHostName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => label.test(part))

/**
 * What is wrong with an address that mail is sent from or to. Stricter than RFC 5321 on purpose: an operator
 * writes it, and quoted local parts, comments and address literals are what header injections are made of.
 */
export function mailAddressProblem(text: string): string | null {
  const [local = '', domain = '', ...rest] = text.split('@')
  if (
    rest.length > 0 ||
    !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)
  ) {
    return 'must be a plain mail address such as `recovery@example.org`'
  }
  if (local.length > 64 || !isHostName(domain))
    return 'must be a plain mail address such as `recovery@example.org`'
  if (!domain.includes('.') || isIP(domain) !== 0 || /\.\d+$/.test(domain)) {
    return 'must have a full domain behind the @, not a machine name or number'
  }
  return /\.(localhost|local|invalid)$/i.test(domain) ? 'has a domain that no mail server can answer' : null
}

/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
