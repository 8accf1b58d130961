import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Refused } from '../../core/recovery/index.ts'
import { problems, sendProblem } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { enter } from './change-routes.ts'
import { holdJourney, takeJourney } from './cookies.ts'
import { type Fields, form, refused } from './routes.ts'
import { showSignIn } from './sign-in-page.ts'
import { formPaths } from './views/props.ts'
import { goOn, type Visit, visitOf } from './visit.ts'

/** Sign-in through the company's own provider, with and without JavaScript. */
export function providerRoutes(app: FastifyInstance, deps: PublicDeps): void {
  form(app, deps, { path: formPaths.provider, here: '/sign-in' }, (visit, fields) =>
    depart(deps, visit, fields),
  )
  /*
   * The one GET here that changes something. The provider sends browsers back by a redirect, which is a GET (RFC 6749
   * section 4.1.2), and an answer in a form of its own would come without our SameSite cookies. What comes of looking
   * twice is bounded: the answer counts once, in the browser alone that holds what was kept at departure, and opens no
   * more than the form for a change, which asks for the password. No HEAD: that is a look and nothing else.
   */
  app.get(
    `${formPaths.provider}/callback`,
    { exposeHeadRoute: false, schema: { hide: true } },
    (request, reply) => {
      const tenant = deps.tenantOf(request)
      if (tenant === null) return sendProblem(reply, 'host-unknown')
      return arrive(deps, visitOf(deps, { request, reply, tenant, here: '/sign-in' }))
    },
  )
}

async function depart(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const { tenant, client } = visit
  // A name out of the configuration or nothing: no address of a request leads anywhere.
  const service = tenant.services.find(({ name }) => name === fields['service'])?.name ?? null
  const departed = await deps.sessions.depart({ tenant: tenant.id, service, client })
  if (!departed.ok) return turnedAway(visit, departed)
  holdJourney(visit.reply, departed.kept, departed.keptSeconds)
  return goOn(visit, departed.url)
}

async function arrive(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  const { request, reply, tenant, client } = visit
  const [, query = ''] = (request.raw.url ?? '').split('?', 2)
  const kept = takeJourney(request, reply)
  const answer = new URLSearchParams(query)
  const signed = await deps.sessions.signInAs({ tenant: tenant.id, kept, answer, client })
  return signed.ok ? enter(deps, visit, signed) : turnedAway(visit, signed)
}

function turnedAway(visit: Visit, refusal: Refused): FastifyReply | Promise<FastifyReply> {
  const { status } = problems[refusal.because]
  switch (refusal.because) {
    case 'provider-answer-unusable':
      return showSignIn(visit, status, 'not-finished')
    case 'provider-account-unknown':
      return showSignIn(visit, status, 'no-account')
    case 'provider-unreachable':
      return showSignIn(visit, status, 'provider-unreachable')
    default:
      return refused(visit, refusal)
  }
}
