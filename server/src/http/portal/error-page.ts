import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems, type RequestProblem } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { problemPage } from './views/problem.tsx'
import type { PageProblem } from './views/props.ts'
import { show, visitOf } from './visit.ts'

const pageProblems: Partial<Record<RequestProblem, PageProblem>> = {
  'request-invalid': 'request-unusable',
  'body-too-large': 'request-unusable',
  'media-type-unsupported': 'request-unusable',
  'not-found': 'not-found',
  unavailable: 'unavailable',
  internal: 'internal',
}

/**
 * Answers a failed request with a page when a person's browser sent it, which says so in `Accept`; null when a
 * program did, which gets a problem document. Touches no database: it is what people see when that is down.
 */
export function showErrorPage(
  deps: PublicDeps,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  code: RequestProblem,
): FastifyReply | null {
  const problem = pageProblems[code]
  const tenant = deps.tenantOf(request)
  const asksForPage = /\btext\/html\b/i.test(request.headers.accept ?? '')
  if (problem === undefined || tenant === null || !asksForPage) return null
  const { status } = problems[code]
  const here = request.url.startsWith('/disavow') ? '/disavow' : '/recover'
  const visit = visitOf(deps, { request, reply, tenant, here })
  const requestId = status >= 500 ? request.id : null
  return show(visit, status, problemPage({ page: visit.page, problem, retryAfterSeconds: null, requestId }))
}
