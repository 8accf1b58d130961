import type { FastifyInstance, FastifyReply } from 'fastify'
import { maskAddress } from '../../core/accounts/index.ts'
import type { Flow, Refused } from '../../core/recovery/index.ts'
import type { PortalSession, SignedIn } from '../../core/sessions/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { atNextTick } from '../held-answer.ts'
import { problems, sendProblem, sendRefusal } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import {
  deviceDigest,
  forgetFlow,
  forgetPortalSession,
  type HeldFlow,
  holdFlow,
  holdPortalSession,
  newDevice,
  readDevice,
  readPortalSession,
  rememberDevice,
  rememberNext,
} from './cookies.ts'
import { askToSignIn, readOwn, withOwn } from './own-session.ts'
import { offersMethods, showFlow, shownProblem } from './recover-page.ts'
import { type Fields, form, page, refused } from './routes.ts'
import { nextOf, showSignIn } from './sign-in-page.ts'
import { changePage } from './views/change.tsx'
import { pageHeaders } from './views/headers.ts'
import { type ChangeProps, changePath, formPaths, type PasswordProblem } from './views/props.ts'
import { goOn, show, type Visit } from './visit.ts'
import { shownBy, turnedBack } from './work.ts'

/** Sign-in and the change of a password that is known, with and without JavaScript. */
export function changeRoutes(app: FastifyInstance, deps: PublicDeps): void {
  // W3C "A Well-Known URL for Changing Passwords": password managers open it and follow the redirect.
  app.get('/.well-known/change-password', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').redirect(changePath, 302),
  )
  page(app, deps, '/sign-in', (visit) => showSignIn(visit, 200, null))
  page(app, deps, '/change', (visit) => showChange(deps, visit))
  form(app, deps, { path: formPaths.signIn, here: '/sign-in' }, (visit, fields) =>
    signIn(deps, visit, fields),
  )
  form(app, deps, { path: formPaths.signOut, here: '/sign-in' }, (visit) => signOut(deps, visit))
  form(app, deps, { path: formPaths.change, here: '/change' }, (visit, fields) =>
    withOwn(deps, visit, (session) => change(deps, visit, session, fields)),
  )
  form(app, deps, { path: formPaths.action, here: '/change' }, (visit) => giveAction(deps, visit))
}

async function signIn(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const identifier = (fields['identifier'] ?? '').trim()
  const { password = '' } = fields
  if (identifier === '' || password === '') return showSignIn(visit, 422, 'missing')
  const service = visit.tenant.services.find(({ name }) => name === fields['service'])?.name ?? null
  const { tenant, client } = visit
  const call = {
    ...{ tenant: tenant.id, identifier, password: new Secret(password), service, client },
    shown: shownBy(fields),
  }
  const signed = await atNextTick(() => deps.sessions.signIn(call))
  if (signed.ok) return enter(deps, visit, signed)
  const { status } = problems[signed.because]
  switch (signed.because) {
    case 'sign-in-refused':
      return showSignIn(visit, status, 'refused')
    case 'second-factor-needed':
      return showSignIn(visit, status, 'second-factor')
    case 'work-needed':
      return showSignIn(visit, status, null, turnedBack(visit, 'sign-in', signed.asked))
    default:
      return refused(visit, signed)
  }
}

/** Gives the browser its session, and leads to what it came for: the second proof, where that is missing. */
export async function enter(
  deps: PublicDeps,
  visit: Visit,
  { session, secret }: SignedIn,
): Promise<FastifyReply> {
  holdPortalSession(visit.reply, { id: session.id, secret })
  if (session.awaits !== null) return goOn(visit, '/sign-in/proof')
  const next = nextOf(visit)
  rememberNext(visit.request, visit.reply, '/change')
  if (next === '/change') await open(deps, visit, session)
  return goOn(visit, next)
}

async function signOut(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  const held = readPortalSession(visit.request)
  // Whoever is signed out already has what they want.
  if (held !== null) await deps.sessions.signOut({ tenant: visit.tenant.id, ...held })
  forgetPortalSession(visit.reply)
  forgetFlow(visit.reply)
  return showSignIn(visit, 200, 'signed-out')
}

async function showChange(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  const { again } = visit.request.query as { again?: unknown }
  const flow = again === undefined ? await heldChange(deps, visit) : null
  if (flow !== null && flow.state !== 'proven') return showFlow(visit, flow)
  return withOwn(deps, visit, (session) => showForm(visit, session))
}

async function showForm(
  visit: Visit,
  session: PortalSession,
  more: { status?: number; problems?: readonly PasswordProblem[]; notice?: ChangeProps['notice'] } = {},
): Promise<FastifyReply> {
  const { status = 200, problems: wrong = [], notice = null } = more
  const { mustChange, passwordEndsAt, flaw } = session
  const maskedIdentifier = maskAddress(session.username)
  const rules = await visit.passwordRules()
  const asked = { mustChange, passwordEndsAt, flaw }
  const offers = { offersMethods: offersMethods(visit.tenant) }
  const props = { page: visit.page, maskedIdentifier, rules, problems: wrong, notice, ...asked, ...offers }
  return show(visit, status, changePage(props))
}

async function change(
  deps: PublicDeps,
  visit: Visit,
  session: PortalSession,
  fields: Fields,
): Promise<FastifyReply> {
  const { current = '', password = '', again } = fields
  if (again !== undefined && again !== password) {
    return showForm(visit, session, { status: 422, problems: [{ code: 'password-repeat-differs' }] })
  }
  const device = readDevice(visit.request) ?? newDevice(deps)
  const opened = await heldOrOpened(deps, visit, session)
  if (!opened.ok) return refused(visit, opened)
  const { holder } = opened
  const { action = '' } = fields
  const changed = await deps.recovery.changePassword({
    ...holder,
    current: new Secret(current),
    password: new Secret(password),
    actionToken: action === '' ? await issueAction(deps, holder) : action,
    keepsSession: fields['keep'] !== undefined,
    client: { ...visit.client, deviceDigest: deviceDigest(visit.tenant.id, device) },
  })
  if (changed.ok) {
    rememberDevice(visit.reply, device)
    if (fields['keep'] === undefined) forgetPortalSession(visit.reply)
    return goOn(visit, '/change')
  }
  return notChanged(visit, session, changed)
}

function notChanged(
  visit: Visit,
  session: PortalSession,
  refusal: Refused,
): FastifyReply | Promise<FastifyReply> {
  const { status } = problems[refusal.because]
  switch (refusal.because) {
    case 'password-refused':
      return showForm(visit, session, { status, problems: refusal.reasons.flatMap(shownProblem) })
    case 'current-password-wrong':
    case 'action-token-unusable':
      return showForm(visit, session, { status, notice: refusal.because })
    case 'session-unknown':
      return askToSignIn(visit)
    default:
      return refused(visit, refusal)
  }
}

/** For the script alone. It opens what is missing, as the form would without it. */
async function giveAction(deps: PublicDeps, visit: Visit): Promise<FastifyReply> {
  const own = await readOwn(deps, visit)
  if (own.is !== 'open') return sendProblem(visit.reply, 'session-unknown')
  const { session } = own
  const opened = await heldOrOpened(deps, visit, session)
  if (!opened.ok) return sendRefusal(visit.reply, opened)
  const issued = await deps.recovery.issueAction(opened.holder)
  if (!issued.ok) return sendRefusal(visit.reply, issued)
  return visit.reply
    .headers({ ...pageHeaders, 'content-type': 'application/json; charset=utf-8' })
    .send({ token: issued.token })
}

type Holder = HeldFlow & { tenant: string }
type Opened = { ok: true; holder: Holder } | Refused

/** Without one, the empty text: no token is that, and the change says why it can't be made. */
async function issueAction(deps: PublicDeps, holder: Holder): Promise<string> {
  const issued = await deps.recovery.issueAction(holder)
  return issued.ok ? issued.token : ''
}

async function open(deps: PublicDeps, visit: Visit, session: PortalSession): Promise<Opened> {
  const { client, page: shown, tenant } = visit
  const opened = await deps.recovery.openChange({ session, client, locale: shown.locale })
  if (!opened.ok) return opened
  const held = { id: opened.flow.id, secret: opened.secret }
  holdFlow(visit.reply, held)
  return { ok: true, holder: { tenant: tenant.id, ...held } }
}

/** The change that the browser holds, if it is of this session and can still be made; else a new one. */
async function heldOrOpened(deps: PublicDeps, visit: Visit, session: PortalSession): Promise<Opened> {
  const flow = await heldChange(deps, visit)
  const isOurs = flow?.change?.session === session.id && (flow.state === 'proven' || flow.state === 'writing')
  return isOurs && visit.held !== null
    ? { ok: true, holder: { tenant: visit.tenant.id, ...visit.held } }
    : open(deps, visit, session)
}

async function heldChange(deps: PublicDeps, visit: Visit): Promise<Flow | null> {
  if (visit.held === null) return null
  const read = await deps.recovery.read({ tenant: visit.tenant.id, ...visit.held })
  return read.ok && read.flow.kind === 'change' ? read.flow : null
}
