import type { FastifyInstance } from 'fastify'
import { describeApi } from './api-document.ts'
import type { ConsoleDeps } from './deps.ts'
import { type Pages, sendPage } from './pages.ts'
import { docsPage } from './views/docs.tsx'

/** A year: the path changes with the content. */
const assetSeconds = 31_536_000

/** What tools fetch, and the pages' own files. No session: there is nothing personal in any of it. */
export function machineRoutes(app: FastifyInstance, deps: ConsoleDeps, pages: Pages): void {
  app.get('/healthz', () => ({ alive: true }))

  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await deps.metrics()
    return reply.type(contentType).send(body)
  })

  app.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(deps.openapi())),
  )

  app.get('/docs', { config: { page: true } }, async (request, reply) => {
    const session = pages.sessionOf(request)
    const frame = pages.frame(session, session === null ? null : await pages.mails())
    return sendPage(reply, docsPage(frame, describeApi(deps.openapi())))
  })

  for (const [path, { body, type }] of pages.assets.files) {
    app.get(path, (_request, reply) =>
      reply.type(type).header('cache-control', `public, max-age=${assetSeconds}, immutable`).send(body),
    )
  }
}
