import type { FastifyInstance } from 'fastify'
import type { ConsoleDeps } from './deps.ts'
import { type Pages, sendEntry, sendPage, sessionCookie, sessionCookieOptions } from './pages.ts'
import { answerProblem } from './refusals.ts'
import { isFormOf } from './sessions.ts'
import { enterPage } from './views/enter.tsx'

const config = { page: true }

/**
 * In and out. Looking at `/enter` spends nothing; the form does. It has no guard of its own against forged forms:
 * only who knows the token can send it, and with the token they could come in themselves.
 */
export function entryRoutes(app: FastifyInstance, deps: ConsoleDeps, pages: Pages): void {
  app.get('/enter', { config }, (_request, reply) =>
    sendPage(reply, enterPage(pages.frame(null, null), 'asked')),
  )

  app.post('/enter', { config }, (request, reply) => {
    const fields = fieldsOf(request.body, ['token'])
    if (fields === null) return answerProblem(pages, { request, reply }, 'request-invalid')
    if (!deps.entry.spend(tokenIn(fields['token'] ?? ''))) return sendEntry(reply, pages, 'refused')
    // A browser that was in already leaves its old session; nothing is carried over.
    const old = request.cookies[sessionCookie]
    if (old !== undefined) pages.sessions.end(old)
    const cookie = pages.sessions.open().reveal()
    return reply.setCookie(sessionCookie, cookie, sessionCookieOptions).redirect('/', 303)
  })

  app.post('/leave', { config }, (request, reply) => {
    const session = pages.sessionOf(request)
    if (session === null) return sendEntry(reply, pages, 'no-session')
    const fields = fieldsOf(request.body, ['csrf'])
    if (fields === null) return answerProblem(pages, { request, reply }, 'request-invalid')
    if (!isFormOf(session, fields['csrf'])) return answerProblem(pages, { request, reply }, 'form-stale')
    pages.sessions.end(request.cookies[sessionCookie] ?? '')
    return reply.clearCookie(sessionCookie, sessionCookieOptions).redirect('/enter', 303)
  })
}

/** The fields of a form that has these and no others. */
function fieldsOf(body: unknown, names: readonly string[]): Readonly<Record<string, string>> | null {
  if (typeof body !== 'object' || body === null) return null
  const keys = Object.keys(body)
  const asked = keys.length === names.length && names.every((name) => keys.includes(name))
  return asked ? (body as Record<string, string>) : null
}

/** People paste the whole address as well as its last part. */
const tokenIn = (typed: string): string => typed.slice(typed.lastIndexOf('#') + 1).trim()
