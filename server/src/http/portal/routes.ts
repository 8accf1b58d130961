import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Method } from '../../core/proofs/index.ts'
import type { Flow, Refused, StartedKind } from '../../core/recovery/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { directoryRetrySeconds, problems, sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import {
  deviceDigest,
  forgetFlow,
  holdFlow,
  isOwnForm,
  newDevice,
  readDevice,
  rememberDevice,
} from './cookies.ts'
import { pageOf, showActivate, showFlow, shownProblem, showStart, showUntried } from './recover-page.ts'
import { typedCode } from './typed-code.ts'
import { disavowedPage, disavowPage } from './views/disavow.tsx'
import { pageHeaders } from './views/headers.ts'
import { passwordAdvice } from './views/password.tsx'
import { problemPage } from './views/problem.tsx'
import {
  formPaths,
  type PageContext,
  type PageProblem,
  type PasswordProblem,
  type ProveNotice,
} from './views/props.ts'
import { goOn, show, type Visit, visitOf } from './visit.ts'
import { giveWork, shownBy, turnedBack } from './work.ts'

export type Fields = Readonly<Record<string, string | undefined>>
type Holder = Parameters<PublicDeps['recovery']['read']>[0]
type Step = (visit: Visit, fields: Fields) => Promise<FastifyReply> | FastifyReply

/**
 * The pages people see. Every page works without JavaScript; a GET looks and changes nothing, a POST that worked
 * answers 303 to the page, a POST that did not shows the page again with what to do.
 */
export function portalRoutes(app: FastifyInstance, deps: PublicDeps): void {
  for (const [path, asset] of deps.assets) {
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.headers({ ...asset.headers, etag: asset.etag, 'content-type': asset.type }).send(asset.body),
    )
  }
  // Browsers ask for one whatever a page says; the content security policy leaves no room for an empty data: icon.
  app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) =>
    reply.code(204).header('cache-control', 'public, max-age=86400').send(),
  )
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/recover', 303))
  page(app, deps, '/recover', (visit) => recoverPage(deps, visit))
  page(app, deps, '/unlock', (visit) => recoverPage(deps, visit))
  page(app, deps, '/activate', (visit) => recoverPage(deps, visit))
  page(app, deps, '/disavow', (visit) => show(visit, 200, disavowPage({ page: visit.page, notice: null })))

  form(app, deps, { path: formPaths.start, here: '/recover' }, (visit, fields) =>
    start(deps, visit, fields, 'recovery'),
  )
  form(app, deps, { path: formPaths.startUnlock, here: '/unlock' }, (visit, fields) =>
    start(deps, visit, fields, 'unlock'),
  )
  form(app, deps, { path: formPaths.activateLink, here: '/activate' }, (visit, fields) =>
    activate(deps, visit, { token: fields['token'] ?? '', otherwise: 'link-unusable' }),
  )
  form(app, deps, { path: formPaths.activateCode, here: '/activate' }, (visit, fields) =>
    activate(deps, visit, { token: typedCode(fields['code'] ?? ''), otherwise: 'wrong-code' }),
  )
  form(app, deps, { path: formPaths.unlock, here: '/unlock' }, (visit) => unlock(deps, visit))
  form(app, deps, { path: formPaths.password, here: '/recover' }, (visit, fields) =>
    setPassword(deps, visit, fields),
  )
  form(app, deps, { path: formPaths.check, here: '/recover' }, (visit, fields) =>
    checkPassword(deps, visit, fields),
  )
  form(app, deps, { path: formPaths.work, here: '/recover' }, (visit, fields) =>
    giveWork(deps, visit, fields),
  )
  form(app, deps, { path: formPaths.disavow, here: '/disavow' }, (visit, fields) =>
    disavow(deps, visit, fields),
  )
}

async function recoverPage(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  const { again } = visit.request.query as { again?: unknown }
  if (visit.held === null || again !== undefined) return showStart(visit, 200, null)
  const answer = await deps.recovery.read({ tenant: visit.tenant.id, ...visit.held })
  if (!answer.ok) {
    forgetFlow(visit.reply)
    return showStart(visit, 200, 'flow-unknown')
  }
  const { flow } = answer
  const page = pageOf(flow.kind)
  if (page === visit.page.here) return showHeld(deps, visit, flow)
  // Who comes for something else goes on with what is open, but for a change: its password may be what was forgotten.
  const isOver = flow.state === 'completed' || flow.state === 'ended' || flow.kind === 'change'
  return isOver ? showStart(visit, 200, null) : goOn(visit, page)
}

/** To the page of the flow that the browser holds: what is over is shown there and nowhere else. */
async function goToHeld(deps: PublicDeps, visit: Visit, holder: Holder): Promise<FastifyReply> {
  const answer = await deps.recovery.read(holder)
  return goOn(visit, answer.ok ? pageOf(answer.flow.kind) : visit.page.here)
}

/** The page of the flow that the browser holds. What it offers is asked of the directory. */
async function showHeld(
  deps: PublicDeps,
  visit: Visit,
  flow: Flow,
  more: Parameters<typeof showFlow>[2] = {},
): Promise<FastifyReply> {
  const { held, tenant } = visit
  const offersUnlock =
    held !== null &&
    flow.state === 'proven' &&
    (await deps.recovery.offersUnlock({ tenant: tenant.id, ...held }))
  return showFlow(visit, flow, { ...more, offersUnlock })
}

async function start(
  deps: PublicDeps,
  visit: Visit,
  fields: Fields,
  kind: StartedKind,
): Promise<FastifyReply> {
  if (kind === 'unlock' && !visit.tenant.offersUnlock) return showStart(visit, 200, null)
  const identifier = (fields['identifier'] ?? '').trim()
  if (identifier === '') return showStart(visit, 422, 'identifier-missing')
  if (identifier.length > 512) return showStart(visit, 422, 'identifier-unreadable')
  const named = visit.tenant.services.find(({ name }) => name === fields['service'])
  const started = await deps.recovery.start({
    tenant: visit.tenant.id,
    identifier,
    kind,
    service: named?.name ?? null,
    locale: visit.page.locale,
    client: visit.client,
    shown: shownBy(fields),
  })
  if (!started.ok) return refused(visit, started)
  holdFlow(visit.reply, { id: started.flow.id, secret: started.secret })
  return goOn(visit, visit.page.here)
}

async function activate(
  deps: PublicDeps,
  visit: Visit,
  { token, otherwise }: { token: string; otherwise: 'link-unusable' | 'wrong-code' },
): Promise<FastifyReply> {
  const { tenant, client, page } = visit
  const spent = await deps.recovery.activate({ tenant: tenant.id, token, client, locale: page.locale })
  if (spent.ok) {
    holdFlow(visit.reply, { id: spent.flow.id, secret: spent.secret })
    return goOn(visit, pageOf(spent.flow.kind))
  }
  if (spent.because !== 'link-unusable') return refused(visit, spent)
  return showActivate(visit, problems[spent.because].status, otherwise)
}

async function setPassword(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  if (visit.held === null) return showStart(visit, 422, null)
  const holder = { tenant: visit.tenant.id, ...visit.held }
  const { password = '', again } = fields
  if (again !== undefined && again !== password) {
    return passwordAgain(deps, visit, holder, [{ code: 'password-repeat-differs' }])
  }
  const device = readDevice(visit.request) ?? newDevice(deps)
  const client = { ...visit.client, deviceDigest: deviceDigest(visit.tenant.id, device) }
  const written = await deps.recovery.setPassword({ ...holder, password: new Secret(password), client })
  const isRest = fields['rest'] !== undefined
  if (written.ok) {
    rememberDevice(visit.reply, device)
    const { flow } = written
    // The page looks as it did before the button was pressed: it must say that something was done.
    return isRest && flow.state === 'proven'
      ? showFlow(visit, flow, { triedAgain: { leads: 'reached' } })
      : goOn(visit, pageOf(flow.kind))
  }
  if (written.because === 'password-refused') {
    return passwordAgain(deps, visit, holder, written.reasons.flatMap(shownProblem))
  }
  if (written.because === 'current-password-wrong') {
    const { status } = problems[written.because]
    const held = await deps.recovery.read(holder)
    return held.ok ? showFlow(visit, held.flow, { status, isAnother: true }) : refused(visit, held)
  }
  const held = isRest ? await deps.recovery.read(holder) : null
  const untried = held?.ok === true ? showUntried(visit, held.flow, written) : null
  if (untried !== null) return untried
  if (written.because === 'write-in-progress' || written.because === 'already-completed')
    return goToHeld(deps, visit, holder)
  return refused(visit, written)
}

async function unlock(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  if (visit.held === null) return showStart(visit, 422, null)
  const holder = { tenant: visit.tenant.id, ...visit.held }
  const device = readDevice(visit.request) ?? newDevice(deps)
  const client = { ...visit.client, deviceDigest: deviceDigest(visit.tenant.id, device) }
  const unlocked = await deps.recovery.unlock({ ...holder, client })
  if (unlocked.ok) {
    rememberDevice(visit.reply, device)
    return goOn(visit, pageOf(unlocked.flow.kind))
  }
  if (unlocked.because === 'already-completed') return goToHeld(deps, visit, holder)
  if (unlocked.because !== 'unlock-not-offered') return refused(visit, unlocked)
  const { status } = problems[unlocked.because]
  const held = await deps.recovery.read(holder)
  return held.ok ? showFlow(visit, held.flow, { status, offersUnlock: false }) : refused(visit, held)
}

/** For the script alone, which shows nothing when it gets no answer: the password is judged again when it is sent. */
async function checkPassword(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  if (visit.held === null) return sendProblem(visit.reply, 'flow-unknown')
  const password = new Secret(fields['password'] ?? '')
  const checked = await deps.recovery.checkPassword({ tenant: visit.tenant.id, ...visit.held, password })
  if (!checked.ok && unanswerable.has(checked.because)) return visit.reply.code(204).send()
  if (!checked.ok) return sendRefusal(visit.reply, checked)
  return visit.reply
    .headers({ ...pageHeaders, 'content-type': 'application/json; charset=utf-8' })
    .send(passwordAdvice(visit.page, checked))
}

/** Nothing is wrong with the question: the page does without an answer, and a browser need not log an error. */
const unanswerable: ReadonlySet<Refused['because']> = new Set([
  'directory-unreachable',
  'directory-not-writable',
  'too-many-requests',
])

async function disavow(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const { token, code } = fields
  const said = await deps.recovery.disavow({
    tenant: visit.tenant.id,
    token: token ?? typedCode(code ?? ''),
    client: visit.client,
  })
  if (said.ok) {
    forgetFlow(visit.reply)
    return show(visit, 200, disavowedPage({ page: visit.page, passwordWasChanged: said.written }))
  }
  if (said.because !== 'disavowal-unusable') return refused(visit, said)
  const notice = token === undefined || token === '' ? 'wrong-code' : 'link-unusable'
  return show(visit, 422, disavowPage({ page: visit.page, notice }))
}

/** The page of the flow that the browser holds, with a notice; without a flow, the first page. */
export async function flowAgain(
  deps: PublicDeps,
  visit: Visit,
  refusal: Refused,
  more: { notice: ProveNotice; method?: Method },
): Promise<FastifyReply> {
  const { status } = problems[refusal.because]
  const held =
    visit.held === null ? null : await deps.recovery.read({ tenant: visit.tenant.id, ...visit.held })
  return held?.ok === true
    ? showHeld(deps, visit, held.flow, { status, ...more })
    : showStart(visit, status, more.notice === 'link-unusable' ? more.notice : null)
}

async function passwordAgain(
  deps: PublicDeps,
  visit: Visit,
  holder: Holder,
  reasons: readonly PasswordProblem[],
): Promise<FastifyReply> {
  const held = await deps.recovery.read(holder)
  return held.ok ? showHeld(deps, visit, held.flow, { status: 422, problems: reasons }) : refused(visit, held)
}

/** A refusal that no form can show. */
export function refused(visit: Visit, refusal: Refused): FastifyReply | Promise<FastifyReply> {
  const { status } = problems[refusal.because]
  switch (refusal.because) {
    case 'flow-ended':
      return showFlow(visit, refusal.flow, { status })
    case 'work-needed':
      return showStart(visit, status, null, turnedBack(visit, 'start', refusal.asked))
    case 'too-many-requests':
      return showProblem(visit, 'too-many-requests', status, refusal.retryAfterSeconds)
    case 'directory-unreachable':
      return showProblem(visit, refusal.because, status, refusal.retryAfterSeconds ?? directoryRetrySeconds)
    case 'directory-not-writable':
      return showProblem(visit, refusal.because, status, null)
    case 'flow-unknown':
      return showStart(visit, status, 'flow-unknown')
    default:
      return goOn(visit, visit.page.here)
  }
}

function showProblem(
  visit: Visit,
  problem: PageProblem,
  status: number,
  retryAfterSeconds: number | null,
): FastifyReply {
  if (retryAfterSeconds !== null) void visit.reply.header('retry-after', String(retryAfterSeconds))
  const requestId = status >= 500 ? visit.request.id : null
  return show(visit, status, problemPage({ page: visit.page, problem, retryAfterSeconds, requestId }))
}

export function page(
  app: FastifyInstance,
  deps: PublicDeps,
  path: PageContext['here'],
  run: (visit: Visit) => ReturnType<Step>,
): void {
  app.get(path, { schema: { hide: true } }, (request, reply) =>
    withTenant(deps, request, reply, (tenant) => run(visitOf(deps, { request, reply, tenant, here: path }))),
  )
}

export function form(
  app: FastifyInstance,
  deps: PublicDeps,
  at: { path: string; here: PageContext['here'] },
  step: Step,
): void {
  // A refused form leaves its address in the address bar; who opens that again wants the page, not an error.
  if (at.path !== at.here) {
    app.get(at.path, { schema: { hide: true } }, (_request, reply) => reply.redirect(at.here, 303))
  }
  app.post(at.path, { schema: { hide: true } }, (request, reply) =>
    withTenant(deps, request, reply, (tenant) => {
      const visit = visitOf(deps, { request, reply, tenant, here: at.here })
      const fields = (request.body ?? {}) as Fields
      if (!isOwnForm(request, fields['csrf'])) return showProblem(visit, 'form-stale', 403, null)
      return step(visit, fields)
    }),
  )
}

function withTenant(
  deps: PublicDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  run: (tenant: PublicTenant) => ReturnType<Step>,
): ReturnType<Step> {
  const tenant = deps.tenantOf(request)
  return tenant === null ? sendProblem(reply, 'host-unknown') : run(tenant)
}
