import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionCall } from '../../core/sessions/index.ts'
import { sendProblem } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'

/** What the request shows of a session; null after a refusal was sent. */
export function sessionOf(
  deps: PublicDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): { tenant: PublicTenant; call: SessionCall } | null {
  const tenant = deps.tenantOf(request)
  if (tenant === null) {
    sendProblem(reply, 'host-unknown')
    return null
  }
  const [, id, secret] =
    /^Session ([a-z0-9]{1,64})\.([A-Za-z0-9_-]{1,128})$/.exec(request.headers.authorization ?? '') ?? []
  if (id === undefined || secret === undefined) {
    sendProblem(reply, 'credentials-missing')
    return null
  }
  return { tenant, call: { tenant: tenant.id, id, secret } }
}
