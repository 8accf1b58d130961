import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problems.ts'
import type { PublicDeps } from './public-deps.ts'

/**
 * W3C "A Well-Known URL for Passkey Endpoints": password managers offer to add a passkey here. Answered at the relying party's own
 * host, by no redirect.
 */
export function passkeyEndpoints(app: FastifyInstance, deps: PublicDeps): void {
  app.get('/.well-known/passkey-endpoints', { schema: { hide: true } }, (request, reply) => {
    const tenant = deps.tenantOf(request)
    if (tenant === null) return sendProblem(reply, 'host-unknown')
    if (!tenant.methods.includes('passkey')) return sendProblem(reply, 'not-found')
    const methods = `${tenant.voice.publicUrl}/methods`
    return reply.send({ enroll: methods, manage: methods })
  })
}
