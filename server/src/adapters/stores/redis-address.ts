import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { Fault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'

export interface RedisAddress {
  /** `rediss://user:password@host:port/number`; on this machine also `redis://` and `unix:///path/of/a/socket`. */
  url: Secret
  /** PEM file of the authority that signed the server's certificate, unless the system's own list has it. */
  caFile?: string
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * How Redis is reached: beyond this machine encrypted, with a certificate and a name that are verified. Who may use a
 * socket of this machine is said by the rights of the file and its folder.
 *
 * @throws Fault `config-invalid`; the detail never quotes the URL, which may hold a password.
 */
export function redisSocket({ url, caFile }: RedisAddress) {
  const parsed = URL.parse(url.reveal())
  if (parsed?.protocol === 'unix:') return unixSocket(parsed)
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw invalid('the Redis URL must look like rediss://user:password@host:port')
  }
  if (parsed.search !== '') throw invalid('the Redis URL takes no parameters')
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const tls = parsed.protocol === 'rediss:'
  if (!tls && !isLoopback(host)) {
    throw invalid('the Redis URL must begin with rediss:// unless the server is on this machine')
  }
  if (!tls) return { tls: false } as const
  const isName = isIP(host) === 0
  return {
    tls: true,
    ...(isName ? { servername: host } : {}),
    ...(caFile === undefined ? {} : { ca: authorityOf(caFile) }),
  } as const
}

function unixSocket({ hostname, pathname, search, hash }: URL) {
  const path = decoded(pathname)
  if (hostname !== '' || search !== '' || hash !== '' || !/^\/[^\0]+$/.test(path)) {
    throw invalid('the Redis URL of a socket must look like unix:///run/redis/redis.sock')
  }
  return { tls: false, path } as const
}

/** The empty text for what can't be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function isLoopback(host: string): boolean {
  const version = isIP(host)
  return host === 'localhost' || (version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4'))
}

function authorityOf(file: string): string {
  const text = readFileSync(file, 'utf8')
  // An empty list of authorities would trust nobody, in the best case. Say what is wrong instead.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw invalid(`${file} holds no PEM certificate`)
  return text
}

const invalid = (detail: string) => new Fault('config-invalid', { detail })
