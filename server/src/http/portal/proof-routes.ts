import type { FastifyInstance, FastifyReply } from 'fastify'
import { enrolledMethods } from '../../core/proofs/index.ts'
import type { PublicDeps } from '../public-deps.ts'
import { holdFlow } from './cookies.ts'
import { givenAnswer } from './given-answer.ts'
import { pageOf, showFlow, showStart } from './recover-page.ts'
import { type Fields, flowAgain, form, refused } from './routes.ts'
import { formPaths } from './views/props.ts'
import { goOn, type Visit } from './visit.ts'

/** How people prove themselves in a flow, with and without JavaScript. */
export function proofRoutes(app: FastifyInstance, deps: PublicDeps): void {
  form(app, deps, { path: formPaths.code, here: '/recover' }, (visit, fields) => prove(deps, visit, fields))
  form(app, deps, { path: formPaths.resend, here: '/recover' }, (visit, fields) =>
    askAgain(deps, visit, fields),
  )
  form(app, deps, { path: formPaths.link, here: '/recover' }, (visit, fields) =>
    spendLink(deps, visit, fields),
  )
}

async function prove(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  if (visit.held === null) return showStart(visit, 422, null)
  const method =
    [...enrolledMethods, 'sms_code' as const].find((one) => one === fields['method']) ?? 'email_code'
  const holder = { tenant: visit.tenant.id, ...visit.held }
  const answer = givenAnswer(method, fields)
  if (answer === null) {
    const held = await deps.recovery.read(holder)
    return held.ok
      ? showFlow(visit, held.flow, { status: 422, notice: 'code-unreadable', method })
      : refused(visit, held)
  }
  const proved = await deps.recovery.prove({ ...holder, ...answer, client: visit.client })
  if (proved.ok) {
    holdFlow(visit.reply, { id: proved.flow.id, secret: proved.secret })
    return goOn(visit, pageOf(proved.flow.kind))
  }
  const asksAgain = ['code-wrong', 'code-tries-used-up', 'code-expired', 'passkey-refused']
  const again = asksAgain.includes(proved.because)
  return again ? flowAgain(deps, visit, proved, { notice: 'wrong-code', method }) : refused(visit, proved)
}

async function askAgain(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  if (visit.held === null) return goOn(visit, '/recover')
  const method = fields['method'] === 'sms_code' ? 'sms_code' : 'email_code'
  const asked = await deps.recovery.ask({ tenant: visit.tenant.id, ...visit.held, method })
  if (asked.ok) return showFlow(visit, asked.flow, { notice: 'sent-again', method })
  if (asked.because === 'asked-too-soon') {
    void visit.reply.header('retry-after', String(asked.retryAfterSeconds))
    return flowAgain(deps, visit, asked, { notice: asked.because, method })
  }
  return asked.because === 'no-more-mails'
    ? flowAgain(deps, visit, asked, { notice: asked.because, method })
    : refused(visit, asked)
}

async function spendLink(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const spent = await deps.recovery.spendLink({
    tenant: visit.tenant.id,
    token: fields['token'] ?? '',
    client: visit.client,
    locale: visit.page.locale,
    holding: visit.held,
  })
  if (!spent.ok)
    return spent.because === 'link-unusable'
      ? flowAgain(deps, visit, spent, { notice: spent.because })
      : refused(visit, spent)
  holdFlow(visit.reply, { id: spent.flow.id, secret: spent.secret })
  return goOn(visit, pageOf(spent.flow.kind))
}
