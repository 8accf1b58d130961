import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { withinDeadline } from '../deadline.ts'
import type { ScimClient } from './client.ts'
import { isObject, type JsonObject, property } from './paths.ts'

/** What a server says that it can do (RFC 7643 section 5, RFC 9865 section 4). */
export interface Service {
  patch: boolean
  filter: boolean
  sort: boolean
  etag: boolean
  changePassword: boolean
  /** Pages by cursors. */
  cursor: boolean
  /** Most resources in an answer. */
  pageSize: number
  /** Ways to sign in, of those that have a name in RFC 7643. */
  schemes: readonly string[]
}

/** People in a page, if the server has no smaller one. */
const pageSizeMax = 200
const rememberedSeconds = 600
const patienceSeconds = 10

export interface KnownService {
  /** As it was told in the last ten minutes. */
  known(signal: AbortSignal): Promise<Service>
  /** As it is told now. */
  asked(signal: AbortSignal): Promise<Service>
}

export function makeService({
  client,
  outside,
}: {
  client: ScimClient
  outside: Pick<Outside, 'now'>
}): KnownService {
  let held: { service: Service; until: number } | null = null
  let asking: Promise<Service> | null = null

  const ask = async (signal: AbortSignal) => {
    const service = serviceIn(await client.serviceProviderConfig(signal))
    held = { service, until: outside.now().getTime() + rememberedSeconds * 1_000 }
    return service
  }

  return {
    asked: ask,
    async known(signal) {
      if (held !== null && outside.now().getTime() < held.until) return held.service
      asking ??= ask(AbortSignal.timeout(patienceSeconds * 1_000)).finally(() => {
        asking = null
      })
      // Others may wait for it when this caller no longer does.
      asking.catch(() => {})
      return withinDeadline(asking, signal).catch((cause: unknown) => {
        if (cause instanceof Fault) throw cause
        const detail = `${client.endpoint}: no answer before the deadline`
        throw new Fault('directory-unreachable', { cause, detail })
      })
    },
  }
}

function serviceIn(config: JsonObject): Service {
  const part = (name: string): JsonObject => {
    const told = property(config, name)
    return isObject(told) ? told : {}
  }
  const offers = (name: string) => property(part(name), 'supported') === true
  const pagination = part('pagination')
  const sizes = [property(part('filter'), 'maxResults'), property(pagination, 'maxPageSize')]
  const limits = sizes.filter((size) => typeof size === 'number' && Number.isInteger(size) && size > 0)
  return {
    patch: offers('patch'),
    filter: offers('filter'),
    sort: offers('sort'),
    etag: offers('etag'),
    changePassword: offers('changePassword'),
    cursor: property(pagination, 'cursor') === true,
    pageSize: Math.min(pageSizeMax, ...limits.map(Number)),
    schemes: [property(config, 'authenticationSchemes')]
      .flat()
      .flatMap((scheme) => (isObject(scheme) ? [String(property(scheme, 'type')).toLowerCase()] : []))
      .filter((type) => knownSchemes.has(type)),
  }
}

const knownSchemes = new Set(['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'])
