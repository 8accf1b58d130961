import type { FastifyReply } from 'fastify'
import { type NextPage, readNext } from './cookies.ts'
import type { Fields } from './routes.ts'
import { pageHeaders, pageHeadersWithFormsTo } from './views/headers.ts'
import type { AskedOfBrowser, SignInNotice } from './views/props.ts'
import { signInPage } from './views/sign-in.tsx'
import { show, type Visit } from './visit.ts'

/** Where somebody wants to go who has to sign in first: to the page they are on, or to the one that sent them here. */
export function nextOf({ page: { here }, request }: Pick<Visit, 'page' | 'request'>): NextPage {
  if (here === '/change') return here
  return here.startsWith('/methods') ? '/methods' : readNext(request)
}

export function showSignIn(
  visit: Visit,
  status: number,
  notice: SignInNotice | null,
  asked: AskedOfBrowser | null = visit.asked('sign-in'),
): FastifyReply {
  const query = visit.request.query as { service?: unknown }
  const fields = visit.request.body as Fields | undefined
  const named = fields?.['service'] ?? query.service
  const service = visit.tenant.services.find(({ name }) => name === named) ?? null
  const { password: takesPassword, provider } = visit.tenant.signIn
  const isForChange = nextOf(visit) === '/change'
  const page = { ...visit.page, here: '/sign-in' } as const
  const props = {
    page,
    service,
    notice,
    takesPassword,
    provider: provider?.label ?? null,
    isForChange,
    asked,
  }
  const headers = provider === null ? pageHeaders : pageHeadersWithFormsTo(provider.origins())
  return show(visit, status, signInPage(props), headers)
}
