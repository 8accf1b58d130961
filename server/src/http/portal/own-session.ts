import type { FastifyReply } from 'fastify'
import type { Method } from '../../core/proofs/index.ts'
import type { PortalSession } from '../../core/sessions/index.ts'
import type { PublicDeps } from '../public-deps.ts'
import { forgetPortalSession, readPortalSession, rememberNext } from './cookies.ts'
import { nextOf, showSignIn } from './sign-in-page.ts'
import { goOn, type Visit } from './visit.ts'

export type Own =
  | { is: 'open'; session: PortalSession }
  /** The second proof is missing. */
  | { is: 'awaiting'; methods: readonly Method[] }
  | { is: 'none' }

/** The session that the browser holds. */
export async function readOwn(deps: PublicDeps, visit: Visit): Promise<Own> {
  const held = readPortalSession(visit.request)
  if (held === null) return { is: 'none' }
  const read = await deps.sessions.read({ tenant: visit.tenant.id, ...held })
  if (read.ok) return { is: 'open', session: read.session }
  return read.because === 'second-proof-needed' ? { is: 'awaiting', methods: read.methods } : { is: 'none' }
}

/** A step for whoever has signed in, in full. Everybody else is led to what is missing, and comes back. */
export async function withOwn(
  deps: PublicDeps,
  visit: Visit,
  run: (session: PortalSession) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const own = await readOwn(deps, visit)
  return own.is === 'open' ? run(own.session) : askToSignIn(visit, own)
}

/** Whoever had a session is told that it is over; whoever comes for the first time is just asked. */
export function askToSignIn(visit: Visit, own: Own = { is: 'none' }): FastifyReply {
  const { request, reply } = visit
  rememberNext(request, reply, nextOf(visit))
  if (own.is === 'awaiting') return goOn(visit, '/sign-in/proof')
  if (readPortalSession(request) === null) {
    const { service } = request.query as { service?: unknown }
    const known = visit.tenant.services.find(({ name }) => name === service)
    return goOn(
      visit,
      known === undefined ? '/sign-in' : `/sign-in?service=${encodeURIComponent(known.name)}`,
    )
  }
  forgetPortalSession(reply)
  return showSignIn(visit, 200, 'session-over')
}

/** What is asked is for somebody who has just signed in. */
export function askToSignInAgain(visit: Visit, status: number): FastifyReply {
  rememberNext(visit.request, visit.reply, nextOf(visit))
  return showSignIn(visit, status, 'again')
}
