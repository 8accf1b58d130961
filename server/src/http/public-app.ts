import cookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify'
import { isFault } from '../kernel/fault.ts'
import type { Tracing } from '../kernel/tracing.ts'
import { changeRoutes } from './api/changes.ts'
import { apiDocument } from './api/document.ts'
import { methodRoutes } from './api/methods.ts'
import { policyCheckRoutes } from './api/policy-checks.ts'
import { receiptRoutes } from './api/receipts.ts'
import { recoveryRoutes } from './api/recoveries.ts'
import { workRoutes } from './api/work.ts'
import { isConnectionError } from './connection-error.ts'
import { hardened, hardenedOptions } from './hardening.ts'
import { passkeyEndpoints } from './passkey-endpoints.ts'
import { changeRoutes as changePages } from './portal/change-routes.ts'
import { showErrorPage } from './portal/error-page.ts'
import { methodPages } from './portal/method-routes.ts'
import { proofRoutes } from './portal/proof-routes.ts'
import { providerRoutes } from './portal/provider-routes.ts'
import { portalRoutes } from './portal/routes.ts'
import { secondStepRoutes } from './portal/second-step.ts'
import { problemPage } from './problem-reference.ts'
import { type RequestProblem, sendProblem } from './problems.ts'
import type { PublicDeps } from './public-deps.ts'
import { parseStrictForm } from './strict-form.ts'
import { BodyRefused, parseStrictJson, strictText } from './strict-json.ts'
import { traceRequests } from './trace-requests.ts'

const bodyBytesMax = 16 * 1_024

export interface PublicAppOptions {
  logger: FastifyBaseLogger
  https: boolean
  problemBase: string
  /** Absent when nothing is traced. */
  tracing?: Tracing | undefined
  /** Told about every answer. */
  observe(request: { route: string; method: string; status: number; seconds: number }): void
}

/** The public listener: portal, self-service API, readiness. It trusts nothing in a request but its peer's address. */
export async function buildPublicApp(deps: PublicDeps, options: PublicAppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    ...hardenedOptions({ https: options.https, randomBytes: deps.randomBytes }),
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 128 },
    // Fastify's default Ajv drops unknown fields and coerces types; both would hide an attack.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false },
    },
    exposeHeadRoutes: true,
    requestTimeout: 30_000,
  })
  app.decorate('problemBase', options.problemBase)
  hardened(app, { https: options.https })
  app.removeAllContentTypeParsers()
  await app.register(cookie)
  await app.register(fastifySwagger, apiDocument({ server: new URL(options.problemBase).origin }))
  if (options.tracing !== undefined) traceRequests(app, options.tracing)
  logRequests(app, options.observe)
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = codeOf(error)
    if (code === 'internal' || code === 'unavailable') request.log.error({ err: error }, 'request failed')
    return showErrorPage(deps, { request, reply }, code) ?? sendProblem(reply, code, detailsOf(error, code))
  })
  app.setNotFoundHandler(
    (request, reply) =>
      showErrorPage(deps, { request, reply }, 'not-found') ?? sendProblem(reply, 'not-found'),
  )
  app.get('/healthz', { schema: { hide: true } }, () => ({ alive: true }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const ready = await deps.ready()
    return reply.code(ready ? 200 : 503).send({ ready })
  })
  app.get('/problems', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(problemPage()),
  )
  passkeyEndpoints(app, deps)
  await app.register((api, _options, done) => {
    parse(api, 'application/json', parseStrictJson)
    recoveryRoutes(api, deps)
    policyCheckRoutes(api, deps)
    changeRoutes(api, deps)
    methodRoutes(api, deps)
    workRoutes(api, deps)
    done()
  })
  await app.register((portal, _options, done) => {
    parse(portal, 'application/x-www-form-urlencoded', parseStrictForm)
    portalRoutes(portal, deps)
    changePages(portal, deps)
    providerRoutes(portal, deps)
    proofRoutes(portal, deps)
    secondStepRoutes(portal, deps)
    methodPages(portal, deps)
    done()
  })
  await app.register((receipts, _options, done) => {
    receiptRoutes(receipts, deps)
    done()
  })
  await app.ready()
  return app
}

/**
 * Our own parsers: the usual ones repair what should be refused. Each half of the listener reads one kind of body: a
 * form of somebody else's page must not reach the API, and JSON must not bring objects to steps that read texts.
 */
function parse(app: FastifyInstance, type: string, read: (text: string) => unknown): void {
  app.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (_request, body, done) => {
    settle(() => read(strictText(body)), done)
  })
}

function settle(run: () => unknown, done: (error: Error | null, value?: unknown) => void): void {
  try {
    done(null, run())
  } catch (error) {
    done(error instanceof Error ? error : new Error('unreadable body'))
  }
}

/** One line a request, with the route's pattern in place of the address: an address may carry what people typed. */
function logRequests(app: FastifyInstance, observe: PublicAppOptions['observe']): void {
  app.addHook('onResponse', (request, reply, done) => {
    const answered = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
    }
    observe({ ...answered, seconds: reply.elapsedTime / 1_000 })
    request.log.info({ ...answered, milliseconds: Math.round(reply.elapsedTime * 10) / 10 }, 'request')
    done()
  })
}

function codeOf(error: FastifyError): RequestProblem {
  if (error instanceof BodyRefused || error.validation !== undefined) return 'request-invalid'
  if (isFault(error, 'database-unavailable', 'redis-unavailable') || isConnectionError(error))
    return 'unavailable'
  switch (error.statusCode) {
    case 400:
      return 'request-invalid'
    case 413:
      return 'body-too-large'
    case 415:
      return 'media-type-unsupported'
    case 404:
      return 'not-found'
    default:
      return 'internal'
  }
}

function detailsOf(error: FastifyError, code: RequestProblem) {
  if (code !== 'request-invalid') return {}
  if (error instanceof BodyRefused) return { errors: [{ pointer: error.pointer, detail: error.message }] }
  const [first] = error.validation ?? []
  if (first === undefined) return {}
  // Ajv's message names the rule and never repeats a value.
  return { errors: [{ pointer: first.instancePath, detail: first.message ?? 'is not valid' }] }
}
