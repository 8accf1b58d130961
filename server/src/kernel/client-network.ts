import { BlockList, isIP } from 'node:net'
import { Fault } from './fault.ts'

/** The proxies whose word about a client's address is taken. */
export type TrustedProxies = BlockList

/** More proxies in a row than anybody has; the rest of a longer header is not read. */
const hopsMax = 20
const headerLengthMax = 2_048

/**
 * Reads addresses and networks in CIDR notation ("10.0.0.0/8", "2001:db8::/32", "192.0.2.7").
 *
 * @throws Fault `config-invalid` naming the entry that is neither.
 */
export function readTrustedProxies(networks: readonly string[]): TrustedProxies {
  const trusted = new BlockList()
  for (const network of networks) {
    const [text = '', prefix, ...rest] = network.trim().split('/')
    const address = normalizeAddress(text)
    const bits = address === null ? 0 : isIP(address) === 4 ? 32 : 128
    const length = prefix === undefined ? bits : Number(prefix)
    const readable = rest.length === 0 && (prefix === undefined || /^\d{1,3}$/.test(prefix))
    if (address === null || !readable || length < 1 || length > bits) {
      throw new Fault('config-invalid', { detail: `${network} is not an address or network of a proxy` })
    }
    trusted.addSubnet(address, length, familyOf(address))
  }
  return trusted
}

/**
 * The address a request came from, or null when there is none to be read.
 *
 * Everybody can write an X-Forwarded-For header, and proxies add to its right end. So it is read from the right:
 * as long as the speaker is a trusted proxy, the address that it names is believed. The first speaker that is
 * not trusted is the client, whatever it claims further left. What is not an address ends the walk, because the
 * proxy that passed it on vouches for nothing beyond.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string | null {
  let speaker = normalizeAddress(peer ?? '')
  if (speaker === null) return null
  const named = (forwardedFor ?? '').slice(-headerLengthMax).split(',').slice(-hopsMax).reverse()
  for (const text of named) {
    if (!isTrusted(speaker, trusted)) return speaker
    const next = normalizeAddress(withoutPort(text.trim()))
    if (next === null) return speaker
    speaker = next
  }
  return speaker
}

/**
 * What requests are counted by: an IPv4 address, or the network of an IPv6 address, because a single customer
 * holds at least a /64 (RFC 6177) and could use another address for every request.
 *
 * @param address as `clientAddress` gives it.
 * @param prefixLength for IPv6, 1 to 128.
 */
export function networkKey(address: string, prefixLength = 64): string {
  const normal = normalizeAddress(address)
  if (normal === null) throw new TypeError('not an IP address')
  if (isIP(normal) === 4) return normal
  const groups = groupsOf(normal).map((group, at) => {
    const kept = Math.min(16, Math.max(0, prefixLength - 16 * at))
    return group & (0xffff << (16 - kept)) & 0xffff
  })
  return `${groups.map((group) => group.toString(16)).join(':')}/${prefixLength}`
}

/**
 * What lies around a network that `networkKey` has named, narrow before wide: /24 and /16 of IPv4, /48 and /32 of IPv6. Nobody
 * who rents a block should count as everybody in it. Empty for what is no network.
 */
export function networksAround(network: string): readonly string[] {
  const address = normalizeAddress(network.replace(/\/\d+$/, ''))
  if (address === null) return []
  if (isIP(address) === 6) return [networkKey(address, 48), networkKey(address, 32)]
  const [a, b, c] = address.split('.')
  return [`${a}.${b}.${c}.0/24`, `${a}.${b}.0.0/16`]
}

/**
 * One spelling for each address: no zone, IPv4 in its own form even where a dual-stack socket maps it into IPv6
 * (RFC 4291 section 2.5.5.2); otherwise one client would be counted under two names. Null for anything else.
 */
export function normalizeAddress(text: string): string | null {
  const address = text.replace(/%.*$/s, '')
  const family = isIP(address)
  if (family === 4) return address
  if (family !== 6) return null
  const groups = groupsOf(address)
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!mapped) return groups.map((group) => group.toString(16)).join(':')
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [left = '', right] = hexadecimal.split('::')
  const read = (side: string) =>
    side === '' ? [] : side.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [read(left), read(right ?? '')]
  return right === undefined
    ? before
    : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** Some proxies write the port as well: "192.0.2.1:4711", "[2001:db8::1]:4711". */
const withoutPort = (text: string) =>
  text.replace(/^\[([^\]]*)\](?::\d{1,5})?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')

const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

const isTrusted = (address: string, trusted: TrustedProxies) => trusted.check(address, familyOf(address))
