import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type Caller,
  callerMay,
  type DeskCall,
  knowsTenant,
  type Permission,
} from '../../../core/helpdesk/index.ts'
import { networkKey } from '../../../kernel/client-network.ts'
import { Secret } from '../../../kernel/secret.ts'
import { sendProblem } from '../../problems.ts'
import type { AdminDeps } from './deps.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Permissions of the admin API, any of which lets a key through. */
    anyOf?: readonly Permission[]
  }
}

/** Keys have 256 bits: the limit is for the log and the processor, and the right key is never counted. */
const wrongKeysPerNetwork = { max: 30, windowSeconds: 600 }
/** Counts over all tenants: who brings no key has none. No tenant can be named like this. */
const everyTenant = '*'

/** Lets a request through to its route, or answers it. Nothing of the body has been read yet. */
export interface Gate {
  check(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>
  /** Of a request that was let through. */
  callOf(request: FastifyRequest): DeskCall
}

/**
 * Whoever calls shows a key as `Authorization: Bearer …`, and nothing else counts: no cookie, no address. A tenant that
 * the key does not know is answered like one that does not exist.
 */
export function makeGate(deps: AdminDeps): Gate {
  const calls = new WeakMap<FastifyRequest, DeskCall>()
  return {
    async check(request, reply) {
      const network = networkOf(request)
      const tenant = tenantOf(request)
      const caller = bearerOf(request, deps)
      if (caller === null) return refuseKey(deps, { request, reply, network, tenant })
      const exists = deps.tenants.has(tenant) && knowsTenant(caller, tenant)
      if (!exists) return sendProblem(reply, 'not-found')
      const call = { tenant, caller, network }
      const anyOf = request.routeOptions.config.anyOf ?? []
      if (!anyOf.some((permission) => callerMay(caller, permission))) {
        await deps.record([refused(deps, { ...call, by: caller.name, because: 'permission' })])
        return sendProblem(reply, 'permission-missing', { because: anyOf.join(' or ') })
      }
      calls.set(request, call)
      return undefined
    },
    callOf(request) {
      const call = calls.get(request)
      if (call === undefined) throw new RangeError('the request was not let through')
      return call
    },
  }
}

function bearerOf({ headers }: FastifyRequest, deps: AdminDeps): Caller | null {
  // The scheme in any case (RFC 9110 section 11.1), the key as RFC 6750 section 2.1 spells it.
  const key = /^bearer +([A-Za-z0-9._~+/=-]{1,256})$/i.exec(headers.authorization ?? '')?.[1]
  return key === undefined ? null : deps.callerOf(new Secret(key))
}

async function refuseKey(
  deps: AdminDeps,
  of: { request: FastifyRequest; reply: FastifyReply; network: string; tenant: string },
): Promise<FastifyReply> {
  const { reply, network, tenant } = of
  const taken = await deps.limiter.take(everyTenant, `admin-key:${network}`, wrongKeysPerNetwork)
  if (!taken.ok) {
    return sendProblem(reply, 'too-many-requests', { retryAfterSeconds: taken.retryAfterSeconds })
  }
  if (deps.tenants.has(tenant)) await deps.record([refused(deps, { tenant, network, because: 'key' })])
  void reply.header('www-authenticate', 'Bearer realm="Rekey admin API"')
  return sendProblem(reply, 'key-unknown')
}

const refused = (
  deps: AdminDeps,
  { tenant, network, because, by }: { tenant: string; network: string; because: string; by?: string },
) => ({
  name: 'admin.refused' as const,
  tenant,
  at: deps.now(),
  subject: null,
  flow: null,
  facts: { because, ...(by === undefined ? {} : { by }) },
  personal: { network },
})

/** The peer's own address: nothing stands before this listener that could be believed about another. */
function networkOf({ socket }: FastifyRequest): string {
  const { remoteAddress } = socket
  return remoteAddress === undefined ? 'unknown' : networkKey(remoteAddress)
}

function tenantOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'tenant' in params ? String(params.tenant) : ''
}
