import type { SrvRecord } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { withinDeadline } from '../deadline.ts'
import type { Servers } from '../ldap-wire/servers.ts'
import type { Target } from '../ldap-wire/socket.ts'
import { authoritiesIn } from '../trust.ts'
import type { ActiveDirectoryConfig } from './config.ts'

/** The controllers in the order of preference. */
export type FindControllers = (signal: AbortSignal) => Promise<readonly Target[]>

type ControllersConfig = Pick<
  ActiveDirectoryConfig,
  'domain' | 'controllers' | 'dnsServers' | 'caFile' | 'connectSeconds'
>

interface Deps extends Pick<Outside, 'now'> {
  warn(message: string, facts: Record<string, string | number | boolean>): void
}

const ldapsPort = 636
/** Controllers come and go; who is new is found within so long. */
const freshMilliseconds = 60_000

/** Throws `directory-misconfigured` for what can be known without asking. */
export function makeFindControllers(config: ControllersConfig, deps: Deps): FindControllers {
  const authorities = authoritiesIn(config.caFile)
  const resolver = new Resolver({ timeout: config.connectSeconds * 1000, tries: 2 })
  if (config.dnsServers !== undefined) resolver.setServers(config.dnsServers)
  const target = (host: string, port: number): Target => ({
    ...{ url: `ldaps://${host}:${String(port)}`, host, port, authorities },
    ...{ security: 'tls' as const, serverName: host },
    ...(config.dnsServers === undefined ? {} : { lookup: lookupBy(resolver) }),
  })
  if (config.controllers !== undefined) {
    const listed = config.controllers.map((text) => {
      const url = new URL(`ldaps://${text}`)
      return target(url.hostname.replace(/^\[(.*)\]$/, '$1'), url.port === '' ? ldapsPort : Number(url.port))
    })
    return () => Promise.resolve(listed)
  }
  return makeFindInDns(config.domain, { ...deps, resolver, target: (host) => target(host, ldapsPort) })
}

function makeFindInDns(
  domain: string,
  deps: Deps & { resolver: Resolver; target(host: string): Target },
): FindControllers {
  const { now, resolver } = deps
  let known: { targets: readonly Target[]; until: number } | null = null
  let asking: Promise<readonly Target[]> | null = null

  const isOurs = (host: string) => host.toLowerCase().endsWith(`.${domain.toLowerCase()}`)
  /**
   * DNS is not proof. Whoever can forge an answer could name a host of theirs that has a certificate; for one below
   * the domain it takes an authority that gives them one, as to whoever may enrol a machine; then `controllers` has to name
   * them (RFC 6125, section 6.2.1: the name to verify must not come from there).
   */
  const below = (records: readonly SrvRecord[]) =>
    records.filter(({ name }) => {
      if (!isOurs(name))
        deps.warn('DNS names a controller outside of the domain, which is not asked', { domain, host: name })
      return isOurs(name)
    })

  const ask = async (): Promise<readonly Target[]> => {
    const [all, pdc] = await Promise.all([
      resolver.resolveSrv(`_ldap._tcp.${domain}`),
      resolver.resolveSrv(`_ldap._tcp.pdc._msdcs.${domain}`).catch(() => []),
    ])
    // The same order for everybody who writes: RFC 2782's chance would spread writes over all of them.
    const sorted = below(all).toSorted(
      (a, b) => a.priority - b.priority || b.weight - a.weight || (a.name < b.name ? -1 : 1),
    )
    // New passwords are told to the PDC emulator at once, and others ask it before they refuse one.
    const hosts = [...new Set([...below(pdc), ...sorted].map(({ name }) => name.toLowerCase()))]
    if (hosts.length === 0) {
      throw new Fault('directory-misconfigured', { detail: `DNS names no controller of ${domain}` })
    }
    const before = known?.targets ?? []
    const isSame = before.map(({ host }) => host).join() === hosts.join()
    const targets = isSame
      ? before
      : hosts.map((host) => before.find((one) => one.host === host) ?? deps.target(host))
    known = { targets, until: now().getTime() + freshMilliseconds }
    return targets
  }

  return async (signal) => {
    if (known !== null && now().getTime() < known.until) return known.targets
    asking ??= ask().finally(() => void (asking = null))
    try {
      return await withinDeadline(asking, signal)
    } catch (error) {
      // Who was there a minute ago is asked before nobody is.
      if (known !== null) return known.targets
      throw error instanceof Fault ? error : dnsFault(error, domain)
    }
  }
}

function dnsFault(cause: unknown, domain: string): Fault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const isAbsent = code === 'ENOTFOUND' || code === 'ENODATA'
  return new Fault(isAbsent ? 'directory-misconfigured' : 'directory-unreachable', {
    cause,
    detail: isAbsent
      ? `DNS knows no _ldap._tcp.${domain}: check domain, or name DNS servers that know it in dnsServers (${code})`
      : `DNS gives no answer about _ldap._tcp.${domain}${code === '' ? '' : ` (${code})`}`,
  })
}

/** Addresses from the servers that know the domain: those of the machine may not. */
function lookupBy(resolver: Resolver): LookupFunction {
  return (host, options, callback) => {
    const addresses = async () => {
      if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }]
      const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      const found = [
        ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
        ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
      ]
      if (found.length === 0 && four.status === 'rejected') throw four.reason
      return found
    }
    addresses().then(
      (found) => {
        const [first] = found
        if (options.all === true) callback(null, found)
        else callback(null, first?.address ?? '', first?.family)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('no address'), '', 0),
    )
  }
}

/** Servers that are found when they are needed, and made anew when others are found. */
export function makeFoundServers(
  find: FindControllers,
  make: (targets: readonly Target[]) => Servers,
): Servers {
  let current: { targets: readonly Target[]; servers: Servers } | null = null
  return {
    async use(signal, work, where) {
      const targets = await find(signal)
      if (current?.targets !== targets) {
        // Whoever uses one of the old connections goes on with it.
        current?.servers.close()
        current = { targets, servers: make(targets) }
      }
      return current.servers.use(signal, work, where)
    },
    close: () => current?.servers.close(),
  }
}
