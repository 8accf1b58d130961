import { Fault } from '../../../kernel/fault.ts'
import type { Target } from '../ldap-wire/socket.ts'
import { authoritiesIn, isLoopback } from '../trust.ts'
import type { LdapConfig } from './config.ts'

type TargetConfig = Pick<LdapConfig, 'urls' | 'caFile' | 'serverName' | 'insecureLoopback'>

/**
 * The servers a configuration names. Clear text exists for one case only: a server on the same machine, asked
 * for outright. Throws `directory-misconfigured`.
 */
export function targetsOf(config: TargetConfig): Target[] {
  const authorities = authoritiesIn(config.caFile)
  return config.urls.map((text) => {
    const url = parsed(text)
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const tls = url.protocol === 'ldaps:'
    if (config.insecureLoopback && (tls || !isLoopback(host))) {
      throw new Fault('directory-misconfigured', { detail: `insecureLoopback does not go with ${text}` })
    }
    return {
      url: text,
      host,
      port: url.port === '' ? (tls ? 636 : 389) : Number(url.port),
      security: tls ? 'tls' : config.insecureLoopback ? 'none-on-loopback' : 'starttls',
      serverName: config.serverName ?? host,
      authorities,
    }
  })
}

function parsed(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new Fault('directory-misconfigured', { detail: `${text} is no URL` })
  return url
}
