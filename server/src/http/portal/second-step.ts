import type { FastifyInstance, FastifyReply } from 'fastify'
import { enrolledMethods, type Method, type RequestOptions } from '../../core/proofs/index.ts'
import { problems } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { enter } from './change-routes.ts'
import { readPortalSession } from './cookies.ts'
import { givenAnswer } from './given-answer.ts'
import { askToSignIn, readOwn } from './own-session.ts'
import { methodNamed } from './proof-page.ts'
import { type Fields, form, page, refused } from './routes.ts'
import { nextOf } from './sign-in-page.ts'
import { proofPage } from './views/proof.tsx'
import { formPaths, type ProofNotice } from './views/props.ts'
import { secondProofPage } from './views/second-proof.tsx'
import { goOn, show, type Visit } from './visit.ts'

/** The second proof of a sign-in. It stands between the password and every page for whoever has signed in. */
export function secondStepRoutes(app: FastifyInstance, deps: PublicDeps): void {
  page(app, deps, '/sign-in/proof', (visit) => {
    const { method } = visit.request.query as { method?: unknown }
    return showStep(deps, visit, { status: 200, method: methodNamed(method), notice: null })
  })
  form(app, deps, { path: formPaths.signInProof, here: '/sign-in/proof' }, (visit, fields) =>
    prove(deps, visit, fields),
  )
}

interface Shown {
  status: number
  method: Method | null
  notice: ProofNotice | null
  triesLeft?: number
}

async function showStep(deps: PublicDeps, visit: Visit, shown: Shown): Promise<FastifyReply> {
  const own = await readOwn(deps, visit)
  if (own.is === 'open') return goOn(visit, nextOf(visit))
  if (own.is === 'none') return askToSignIn(visit)
  const method = own.methods.find((one) => one === shown.method) ?? own.methods[0]
  // The tenant takes nothing any more of what this person has set up.
  if (method === undefined) {
    return show(visit, shown.status, secondProofPage({ page: visit.page, because: ['enrolled'] }))
  }
  const { status, notice, triesLeft = 1 } = shown
  const page = { ...visit.page, query: `method=${method}` }
  const others = own.methods.filter((one) => one !== method)
  const asked = {
    page,
    step: { is: 'sign-in' },
    method,
    others,
    notice,
    triesLeft,
    validUntil: null,
    passkey: method === 'passkey' ? askedOf(deps, visit) : null,
  } as const
  return show(visit, status, proofPage(asked))
}

/** Of the session that the browser holds. */
function askedOf(deps: PublicDeps, { request, tenant }: Visit): RequestOptions | null {
  const held = readPortalSession(request)
  return held === null ? null : deps.sessions.passkeyRequest({ tenant: tenant.id, id: held.id })
}

async function prove(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const held = readPortalSession(visit.request)
  const method = enrolledMethods.find((one) => one === fields['method'])
  if (held === null || method === undefined) return goOn(visit, '/sign-in/proof')
  const answer = givenAnswer(method, fields)
  if (answer === null) return showStep(deps, visit, { status: 422, method, notice: 'code-unreadable' })
  const call = { tenant: visit.tenant.id, ...held, client: visit.client }
  const proven = await deps.sessions.prove({ ...call, ...answer })
  if (proven.ok) return enter(deps, visit, proven)
  const { status } = problems[proven.because]
  switch (proven.because) {
    case 'code-wrong': {
      const { triesLeft } = proven
      return showStep(deps, visit, { status, method, notice: 'wrong-code', triesLeft })
    }
    case 'passkey-refused':
      return showStep(deps, visit, { status, method, notice: 'wrong-code' })
    case 'too-many-requests':
      void visit.reply.header('retry-after', String(proven.retryAfterSeconds))
      return showStep(deps, visit, { status, method, notice: 'too-many-tries' })
    case 'session-unknown':
      return askToSignIn(visit)
    default:
      return refused(visit, proven)
  }
}
