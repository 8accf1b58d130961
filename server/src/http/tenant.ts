import type { FastifyRequest } from 'fastify'
import type { PublicTenant } from './public-deps.ts'

/**
 * Chooses the tenant. With one tenant the Host header is not looked at; with several it only selects among the
 * configured hosts. Nothing is ever built from it.
 */
export function makeTenantOf(
  tenants: readonly PublicTenant[],
): (request: FastifyRequest) => PublicTenant | null {
  const [only, second] = tenants
  if (only !== undefined && second === undefined) return () => only
  const byHost = new Map(tenants.map((tenant) => [new URL(tenant.voice.publicUrl).host, tenant]))
  return (request) => byHost.get((request.headers.host ?? '').toLowerCase()) ?? null
}
