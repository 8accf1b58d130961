import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { hardened, hardenedOptions, onlyHosts, sentFromElsewhere } from '../hardening.ts'
import { parseStrictForm } from '../strict-form.ts'
import { BodyRefused } from '../strict-json.ts'
import { adminApi } from './admin/api.ts'
import { withAdminApi } from './admin/document.ts'
import type { ConsoleDeps } from './deps.ts'
import { entryRoutes } from './entry-routes.ts'
import { machineRoutes } from './machine-routes.ts'
import { outboxRoutes } from './outbox-routes.ts'
import { makePages } from './pages.ts'
import { answerError, answerProblem } from './refusals.ts'

const bodyBytesMax = 4 * 1024
const requestSecondsMax = 30

/** What the console has; everything else is refused before it is looked at. */
const methods = ['GET', 'HEAD', 'POST']

/**
 * The console listener: what operators and their tools look at. It answers to its host names only and trusts
 * nothing in a request; pages need a session, machine-readable routes hold nothing personal and need none.
 */
export function buildConsole(deps: ConsoleDeps): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...hardenedOptions(deps),
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestSecondsMax * 1000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 128 },
    // Fastify's default Ajv drops unknown fields and coerces types; both would hide an attack.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    exposeHeadRoutes: true,
  })
  const pages = makePages(deps)
  app.decorate('problemBase', `${deps.portalUrl}/problems`)
  hardened(app, deps)
  onlyHosts(app, deps.hostNames)
  refuseOthers(app)
  parseForms(app)
  logRequests(app)
  void app.register(cookie)
  app.setErrorHandler((error, request, reply) => answerError(pages, { error, request, reply }))
  app.setNotFoundHandler((request, reply) => answerProblem(pages, { request, reply }, 'not-found'))
  app.after(() => {
    const admin = deps.admin === null ? null : adminApi(app, deps.admin)
    const openapi = () => (admin === null ? deps.openapi() : withAdminApi(deps.openapi(), admin.document()))
    machineRoutes(app, { ...deps, openapi }, pages)
    entryRoutes(app, deps, pages)
    outboxRoutes(app, deps, pages)
  })
  return app
}

/** Methods that nothing here has, and forms that another origin made a browser send. */
function refuseOthers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!methods.includes(request.method)) {
      void reply.header('allow', methods.join(', '))
      answerProblem(null, { request, reply }, 'method-not-allowed')
    } else if (request.method === 'POST' && sentFromElsewhere(request)) {
      answerProblem(null, { request, reply }, 'form-stale')
    } else done()
  })
}

/** Forms and nothing else; what is broken is refused and not repaired. */
function parseForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, parseStrictForm(String(body)))
    } catch (error) {
      done(error instanceof BodyRefused ? error : new BodyRefused('The form is unreadable.'))
    }
  })
}

/** One line a request, with the route's pattern in place of the address. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, log } = request
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10
    log.info({ method, route: routeOptions.url ?? 'none', status: reply.statusCode, milliseconds }, 'request')
    done()
  })
}
