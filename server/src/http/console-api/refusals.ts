import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ProblemCode, problems, sendProblem } from '../problems.ts'
import { BodyRefused } from '../strict-json.ts'
import { type Pages, sendPage } from './pages.ts'
import { problemPage } from './views/problem.tsx'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** People look at this route: its problems are pages. */
    page?: boolean
  }
}

export interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
}

/**
 * A problem: a page where a page was asked for, a problem document elsewhere. Without `pages` always a document,
 * which is for what happens before a session can be looked up.
 */
export function answerProblem(
  pages: Pages | null,
  { request, reply }: Exchange,
  code: ProblemCode,
): FastifyReply {
  if (pages === null || !wantsPage(request)) return sendProblem(reply, code)
  const problem = { ...problems[code], ...(code in onPages && { detail: onPages[code] }) }
  const frame = pages.frame(pages.sessionOf(request), null)
  return sendPage(reply.code(problem.status), problemPage(frame, problem, request.id))
}

/** Where the words of the API would puzzle somebody in front of a page. */
const onPages: Partial<Record<ProblemCode, string>> = {
  'not-found': 'There is no such page, or what it showed is gone.',
  'request-invalid': 'The form did not arrive as it was made. Load the page again and send it once more.',
  'body-too-large': 'The form did not arrive as it was made. Load the page again and send it once more.',
  'media-type-unsupported':
    'The form did not arrive as it was made. Load the page again and send it once more.',
  internal: 'Try again. If it stays, look for the request below in the log.',
}

/** Only what breaks on our side is logged; its cause is for the log, never for the answer. */
export function answerError(pages: Pages, at: Exchange & { error: unknown }): FastifyReply {
  const code = codeOf(at.error)
  if (code === 'internal') at.request.log.error({ err: at.error }, 'request failed')
  return answerProblem(pages, at, code)
}

const wantsPage = ({ routeOptions, is404, headers }: FastifyRequest): boolean =>
  is404 ? /\btext\/html\b/i.test(headers.accept ?? '') : routeOptions.config.page === true

const byStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'request-invalid',
  404: 'not-found',
  413: 'body-too-large',
  415: 'media-type-unsupported',
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof BodyRefused) return 'request-invalid'
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return byStatus[status] ?? 'internal'
}
