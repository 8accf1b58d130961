import fastifySwagger from '@fastify/swagger'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { isFault } from '../../../kernel/fault.ts'
import { ProblemDocument } from '../../api/answers.ts'
import { isConnectionError } from '../../connection-error.ts'
import { sendProblem } from '../../problems.ts'
import { BodyRefused, parseStrictJson, strictText } from '../../strict-json.ts'
import { accountRoutes } from './account-routes.ts'
import type { AdminDeps } from './deps.ts'
import { adminDocument } from './document.ts'
import { makeGate } from './gate.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { offboardingRoutes } from './offboarding-routes.ts'
import { makeRoutes } from './routes.ts'

/** What the console listener has of the admin API. */
export interface AdminApi {
  /** Its OpenAPI document, once the listener is ready. */
  document(): object
}

/**
 * The admin API, `/v1/admin`: JSON in and out, a key with every request, no cookie. It stands on the console listener, so
 * that listener's host names hold for it; what reads bodies and tells of errors is its own.
 */
export function adminApi(app: FastifyInstance, deps: AdminDeps): AdminApi {
  let document: () => object = () => ({})
  void app.register(async (api) => {
    await api.register(fastifySwagger, adminDocument)
    document = () => api.swagger()
    api.addSchema(ProblemDocument)
    api.removeAllContentTypeParsers()
    api.addContentTypeParser<Buffer>(
      'application/json',
      { parseAs: 'buffer' },
      (_request: FastifyRequest, body: Buffer) =>
        Promise.resolve(body).then(strictText).then(parseStrictJson),
    )
    const gate = makeGate(deps)
    api.addHook('onRequest', (request, reply) => gate.check(request, reply))
    api.setErrorHandler<FastifyError>((error, request, reply) => {
      const isOutside = isFault(error) || isConnectionError(error)
      if (isOutside) {
        request.log.error({ err: error }, 'request failed')
        return sendProblem(reply, 'unavailable', isFault(error) ? { because: error.code } : {})
      }
      const errors = mistakesIn(error)
      if (errors === null) throw error
      return sendProblem(reply, 'request-invalid', { errors })
    })
    const routes = makeRoutes(api, deps, gate)
    accountRoutes(routes, deps)
    invitationRoutes(routes, deps)
    offboardingRoutes(routes, deps)
  })
  return { document: () => document() }
}

/** Null for an error that is not about the content of the request: the listener's own handler knows the others. */
function mistakesIn(error: FastifyError): { pointer: string; detail: string }[] | null {
  if (error instanceof BodyRefused) return [{ pointer: error.pointer, detail: error.message }]
  const [first] = error.validation ?? []
  if (first === undefined) return null
  // Ajv's message names the rule and never repeats a value.
  return [{ pointer: first.instancePath, detail: first.message ?? 'is not valid' }]
}
