import { Fault } from '../../../kernel/fault.ts'
import { authoritiesIn, isLoopback } from '../trust.ts'
import type { SqlConfig } from './config.ts'
import type { Dialect, Target } from './dialect.ts'

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
          authorities: authoritiesIn(caFile),
        },
  }
}
