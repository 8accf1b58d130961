import { Fault } from '../../../kernel/fault.ts'
import { authoritiesIn, isLoopback } from '../trust.ts'
import type { ScimConfig } from './config.ts'

/** One server that is asked over HTTP. */
export interface Target {
  /** `scim.example.org:443`, for operators. */
  endpoint: string
  host: string
  port: number
  /** What comes before the path of a resource, without a slash at the end. */
  path: string
  /** Null for clear text on this machine. */
  tls: { serverName: string; authorities: string | null } | null
}

/**
 * The server behind an address of the configuration. Clear text exists on the same machine only, where it was asked
 * for outright. Throws `directory-misconfigured`.
 */
export function targetOf(
  config: Pick<ScimConfig, 'caFile' | 'insecureLoopback'>,
  { address, serverName, setting }: { address: string; serverName?: string | undefined; setting: string },
): Target {
  const wrong = (words: string) => new Fault('directory-misconfigured', { detail: `${setting} ${words}` })
  const url = URL.parse(address)
  if (url === null || url.host === '') throw wrong('is not a URL')
  if (url.username !== '' || url.password !== '') throw wrong('must not contain a user name or password')
  if (url.search !== '' || url.hash !== '') throw wrong('must have neither query nor fragment')
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!isTls && !(config.insecureLoopback && isLoopback(host))) {
    throw wrong('must begin with https:// (http:// is for a loopback address with insecureLoopback alone)')
  }
  const port = Number(url.port) || (isTls ? 443 : 80)
  return {
    endpoint: `${url.hostname}:${port}`,
    host,
    port,
    path: url.pathname.replace(/\/+$/, ''),
    tls: isTls ? { serverName: serverName ?? host, authorities: authoritiesIn(config.caFile) } : null,
  }
}
