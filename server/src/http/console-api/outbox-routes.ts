import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { contentPolicy, policyText } from '../hardening.ts'
import type { ConsoleDeps, OutboxMail } from './deps.ts'
import { type Pages, sendEntry, sendPage } from './pages.ts'
import { answerProblem } from './refusals.ts'
import type { Session } from './sessions.ts'
import { mailPage } from './views/mail.tsx'
import { outboxPage } from './views/outbox.tsx'
import { overviewPage } from './views/overview.tsx'

/** Both are there on the paths that have them. */
interface OfMail {
  Params: { tenant: string; id: string }
}

interface Visit {
  request: FastifyRequest<OfMail>
  reply: FastifyReply
  session: Session
}

/** Names of tenants and ids of messages; whatever has another shape never reaches the database. */
const nameShape = /^[\w.-]{1,128}$/

/**
 * A mail's own policy: nothing runs, nothing is fetched, no form, no way out of the frame (`sandbox`). Styles may
 * stand on elements, because mail programs need them there.
 */
const mailPolicy = policyText({
  sandbox: '',
  'default-src': "'none'",
  'style-src': "'unsafe-inline'",
  'img-src': 'data:',
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'self'",
})

/** What needs a session: the overview, and the demo's mails with the links and codes in them. */
export function outboxRoutes(app: FastifyInstance, deps: ConsoleDeps, pages: Pages): void {
  const { outbox } = deps

  page('/', async ({ reply, session }) => {
    const mails = await pages.mails()
    return sendPage(reply, overviewPage(pages.frame(session, mails), mails))
  })

  page('/outbox', async ({ request, reply, session }) => {
    const mails = await pages.mails()
    if (mails === null) return answerProblem(pages, { request, reply }, 'not-found')
    return sendPage(reply, outboxPage(pages.frame(session, mails), mails, deps.now()))
  })

  page('/outbox/:tenant/:id', async ({ request, reply, session }) => {
    const mail = await find(request.params)
    if (mail === null) return answerProblem(pages, { request, reply }, 'not-found')
    void reply.header('content-security-policy', contentPolicy({ 'frame-src': "'self'" }))
    return sendPage(reply, mailPage(pages.frame(session, await pages.mails()), mail, request.params))
  })

  page('/outbox/:tenant/:id/html', async ({ request, reply }) => {
    const mail = await find(request.params)
    if (mail === null) return answerProblem(pages, { request, reply }, 'not-found')
    void reply.headers({ 'content-security-policy': mailPolicy, 'x-frame-options': 'SAMEORIGIN' })
    return sendPage(reply, mail.html)
  })

  async function find({ tenant, id }: OfMail['Params']): Promise<OutboxMail | null> {
    if (outbox === null || !nameShape.test(tenant) || !nameShape.test(id)) return null
    return outbox.show(tenant, id)
  }

  function page(path: string, show: (visit: Visit) => Promise<FastifyReply>): void {
    app.get<OfMail>(path, { config: { page: true } }, async (request, reply) => {
      const session = pages.sessionOf(request)
      return session === null ? sendEntry(reply, pages, 'no-session') : show({ request, reply, session })
    })
  }
}
