import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { Fault } from '../../../kernel/fault.ts'
import type { SqlConfig } from './config.ts'
import type { Dialect, Target } from './dialect.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const version = isIP(host)
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The server that a configuration names. Clear text exists on the same machine only: over a socket, or asked for
 * outright. Throws `directory-misconfigured`.
 */
export function targetOf(config: SqlConfig, dialect: Dialect): Target {
  const wrong = (detail: string) => new Fault('directory-misconfigured', { detail })
  const { host, socket, caFile, serverName, insecureLoopback } = config
  if ((host === undefined) === (socket === undefined))
    throw wrong('give host or socket, and one of them only')
  const port = config.port ?? dialect.defaultPort
  const ofTls = { caFile, serverName, insecureLoopback: insecureLoopback || undefined }
  if (host === undefined) {
    const set = Object.entries(ofTls).find(([, value]) => value !== undefined)
    if (set !== undefined) throw wrong(`${set[0]} does not go with socket, which nobody else can listen to`)
    return { config, endpoint: socket ?? '', socket: socket ?? null, host: '', port, tls: null }
  }
  if (insecureLoopback && !isLoopback(host)) throw wrong(`insecureLoopback does not go with host ${host}`)
  return {
    config,
    endpoint: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    socket: null,
    host,
    port,
    tls: insecureLoopback
      ? null
      : {
          serverName: serverName ?? host,
          authorities: caFile === undefined ? null : readAuthorities(caFile),
        },
  }
}

function readAuthorities(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (!text.includes('-----BEGIN CERTIFICATE-----')) {
      // An empty list of authorities would trust nobody, in the best case. Say what is wrong instead.
      throw new Fault('directory-misconfigured', { detail: `${file} holds no PEM certificate` })
    }
    return text
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('directory-misconfigured', { cause, detail: `${file} can't be read` })
  }
}
