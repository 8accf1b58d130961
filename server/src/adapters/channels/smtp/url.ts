import { Fault } from '../../../kernel/fault.ts'
import { Secret } from '../../../kernel/secret.ts'
import { isLoopbackHost, type SmtpConfig } from './config.ts'

/**
 * Reads `smtps://user:password@host:port` (implicit TLS, 465) or `smtp://…` (required STARTTLS, 587; no TLS on a
 * loopback host, for mail catchers). `?tls=implicit|starttls|none` overrides, `?ca=/path/to.pem` names the
 * authorities to trust. Anything else in the URL is a mistake, and said so without quoting it: it may hold a
 * password.
 */
export function smtpConfigFromUrl(text: Secret): SmtpConfig {
  const url = parse(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const secure = url.protocol === 'smtps:'
  const byDefault = secure ? 'implicit' : isLoopbackHost(host) ? 'none' : 'starttls'
  const caFile = url.searchParams.get('ca')
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    tls: tlsOf(url.searchParams.get('tls')) ?? byDefault,
    ...(caFile === null ? {} : { caFile }),
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: new Secret(decoded(url.password)) }),
  }
}

function parse(text: Secret): URL {
  const url = URL.parse(text.reveal())
  if (url === null) throw wrong('it is not a URL')
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw wrong('it starts with smtp:// or smtps://')
  if (url.hostname === '') throw wrong('the host is missing')
  if (!['', '/'].includes(url.pathname) || url.hash !== '')
    throw wrong('nothing may follow the port but ?tls= and ?ca=')
  if ([...url.searchParams.keys()].some((key) => key !== 'tls' && key !== 'ca')) {
    throw wrong('the only parameters are tls and ca')
  }
  return url
}

function tlsOf(text: string | null): SmtpConfig['tls'] | null {
  if (text === null || text === 'implicit' || text === 'starttls' || text === 'none') return text
  throw wrong('tls is implicit, starttls or none')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('user name or password is not percent-encoded')
  }
}

const wrong = (detail: string) => new Fault('config-invalid', { detail: `SMTP URL: ${detail}` })
