import type { FastifyInstance } from 'fastify'
import type { Tracing } from '../kernel/tracing.ts'

/**
 * One span a request, named by the route's pattern: an address may carry what people typed. A `traceparent` that a
 * request brings is not followed, because anybody may send one, and with it decide what is kept.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const span = tracing.begin({
      name: `${request.method} ${route}`,
      kind: 'server',
      facts: { 'http.request.method': request.method, 'http.route': route },
    })
    // Comes also when nobody is there any more to be answered.
    reply.raw.once('close', () => {
      const { statusCode } = reply
      const failed = statusCode >= 500 || !reply.raw.writableFinished
      span.end({ failed, facts: { 'http.response.status_code': statusCode } })
    })
    span.run(done)
  })
}
